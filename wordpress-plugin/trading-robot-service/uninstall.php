<?php
/**
 * Ends the registration at the trading service and removes what the plugin stored: secrets and
 * caches always, the rest if the site asked for it.
 *
 * @package TradingRobotService
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

defined( 'TRP_VERSION' ) || define( 'TRP_VERSION', '1.0.0' );
foreach ( array( 'settings', 'secret-box', 'lock', 'api-client', 'public-data', 'user-tokens', 'connection' ) as $trp_class ) {
	require_once __DIR__ . '/includes/class-' . $trp_class . '.php';
}

/** Removes the plugin's data of this site. */
function trp_uninstall() {
	global $wpdb;
	$settings = get_option( 'trp_settings', array() );
	TRP_Connection::disconnect();
	foreach ( array( '_transient_trp_', '_transient_timeout_trp_', 'trp_lock_' ) as $prefix ) {
		// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- once, at uninstall.
		$wpdb->query( $wpdb->prepare( "DELETE FROM {$wpdb->options} WHERE option_name LIKE %s", $wpdb->esc_like( $prefix ) . '%' ) );
	}
	if ( empty( $settings['remove_data'] ) ) {
		return;
	}
	foreach ( (array) get_option( 'trp_pages', array() ) as $page_id ) {
		wp_delete_post( (int) $page_id, true );
	}
	wp_delete_nav_menu( (int) get_option( 'trp_menu', 0 ) );
	delete_metadata( 'user', 0, 'trp_subject', '', true );
	foreach ( array( 'trp_settings', 'trp_pages', 'trp_menu' ) as $option ) {
		delete_option( $option );
	}
}

trp_uninstall();
