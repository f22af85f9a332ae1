<?php
/**
 * The plugin's first page in the administration: how things stand.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Adds the menu and prints the overview. */
final class TRP_Admin_Dashboard {

	private const SLUG = 'trp-overview';

	/** Adds the menu with the overview, the mailbox and the settings. */
	public static function add_menu(): void {
		$name = __( 'Trading Robots', 'trading-robot-service' );
		add_menu_page( $name, $name, TRP_Admin_Settings::CAPABILITY, self::SLUG, array( self::class, 'render' ), 'dashicons-chart-line', 58 );
		add_submenu_page( self::SLUG, __( 'Overview', 'trading-robot-service' ), __( 'Overview', 'trading-robot-service' ), TRP_Admin_Settings::CAPABILITY, self::SLUG, array( self::class, 'render' ) );
		TRP_Admin_Mailbox::add_menu( self::SLUG );
		add_submenu_page( self::SLUG, __( 'Settings', 'trading-robot-service' ), __( 'Settings', 'trading-robot-service' ), TRP_Admin_Settings::CAPABILITY, TRP_Admin_Settings::SLUG, array( TRP_Admin_Settings::class, 'render' ) );
	}

	/** Prints the overview. */
	public static function render(): void {
		if ( ! current_user_can( TRP_Admin_Settings::CAPABILITY ) ) {
			return;
		}
		$state  = TRP_Connection::state();
		$paused = TRP_Api_Client::paused();
		$status = TRP_Api_Client::send( 'GET', '/api/status' );
		$cache  = TRP_Public_Data::state();
		$pages  = TRP_Pages::ids();
		include TRP_DIR . 'admin/views/overview.php';
	}
}
