<?php
/**
 * Sets the site up; run inside WordPress by start.mjs at each start. Every step can be repeated.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

require '/wordpress/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/plugin.php';

/**
 * Gives the administrator the generated password.
 *
 * @param string $password The password.
 */
function trp_setup_admin( string $password ): void {
	$admin = get_user_by( 'login', 'admin' );
	if ( $admin && ! wp_check_password( $password, $admin->user_pass, $admin->ID ) ) {
		wp_set_password( $password, $admin->ID );
	}
}

/** Switches the plugin on; says why when that fails. */
function trp_setup_plugin(): void {
	$plugin = 'trading-robot-service/trading-robot-service.php';
	if ( is_plugin_active( $plugin ) ) {
		return;
	}
	$result = activate_plugin( $plugin );
	if ( is_wp_error( $result ) ) {
		throw new RuntimeException( $result->get_error_message() );
	}
}

/**
 * Tells the plugin where the backend is and connects it, unless it is connected already.
 *
 * @param string $api_url The backend's address.
 * @param string $code    One-time code.
 */
function trp_setup_connection( string $api_url, string $code ): void {
	if ( TRP_Settings::base_url() !== $api_url ) {
		update_option( TRP_Settings::OPTION, array( 'base_url' => $api_url ) + TRP_Settings::all() );
	}
	TRP_Public_Data::flush();
	if ( ( TRP_Connection::is_connected() && TRP_Connection::can_sign() ) || '' === $code ) {
		return;
	}
	$done = TRP_Connection::connect( $code );
	echo is_wp_error( $done ) ? 'not connected: ' . $done->get_error_message() : 'connected as site ' . TRP_Connection::site_id(), "\n";
}

/** Makes the pages, the front page and readable addresses. */
function trp_setup_pages(): void {
	if ( array() !== TRP_Pages::ids() ) {
		return;
	}
	update_option( 'blogname', 'Trading Robot Plug' );
	update_option( 'blogdescription', '' );
	update_option( 'timezone_string', 'UTC' );
	update_option( 'show_avatars', 0 ); // Pictures would be asked for at another host.
	update_option( 'permalink_structure', '/%postname%/' );
	TRP_Pages::make();
	TRP_Pages::make_front_page();
	flush_rewrite_rules();
}

/**
 * Makes the demo user, or brings the password and the identifier up to date.
 *
 * @param array<string, string> $given Email, password, subject.
 */
function trp_setup_demo( array $given ): void {
	if ( '' === $given['demo_email'] ) {
		return;
	}
	$user = get_user_by( 'email', $given['demo_email'] );
	$id   = $user ? $user->ID : wp_insert_user(
		array(
			'user_login'   => 'demo',
			'display_name' => 'Demo',
			'user_email'   => $given['demo_email'],
			'user_pass'    => $given['demo_password'],
			'role'         => 'subscriber',
		)
	);
	if ( is_wp_error( $id ) ) {
		throw new RuntimeException( $id->get_error_message() );
	}
	if ( $user && ! wp_check_password( $given['demo_password'], $user->user_pass, $id ) ) {
		wp_set_password( $given['demo_password'], $id );
	}
	if ( '' !== $given['demo_subject'] ) {
		update_user_meta( $id, TRP_User_Manager::SUBJECT, $given['demo_subject'] );
	}
}

$given = json_decode( (string) getenv( 'TRP_SETUP' ), true );
trp_setup_admin( $given['admin_password'] );
trp_setup_plugin();
trp_setup_pages();
trp_setup_connection( $given['api_url'], $given['code'] );
trp_setup_demo( $given );
echo "done\n";
