<?php
/**
 * The `wp trp` command.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Connects the site to the trading service and looks after the cache. */
final class TRP_CLI_Command {

	/**
	 * Shows the connection, whether the service answers, and how old the cached answers are.
	 */
	public function status(): void {
		$state = TRP_Connection::state();
		WP_CLI::log( 'Service:    ' . ( TRP_Settings::base_url() ?: 'no address set' ) );
		WP_CLI::log( 'Connection: ' . ( $state['connected'] ? 'site ' . $state['site_id'] . ( $state['copy'] ? ' (copy: read-only)' : '' ) : 'not connected' ) );
		$answer = TRP_Api_Client::send( 'GET', '/api/status' );
		WP_CLI::log( 'Answers:    ' . ( is_wp_error( $answer ) ? $answer->get_error_message() : 'status ' . $answer['status'] ) );
		foreach ( TRP_Public_Data::state() as $name => $kept ) {
			WP_CLI::log( 'Cache:      ' . $name . ' ' . ( $kept['as_of'] ? 'as of ' . gmdate( 'c', $kept['as_of'] ) : 'empty' ) );
		}
	}

	/**
	 * Connects the site with a one-time code.
	 *
	 * ## OPTIONS
	 *
	 * <code>
	 * : The code that the operator of the service gave.
	 *
	 * [--url-of-service=<address>]
	 * : The address of the service, to be stored first.
	 *
	 * @param string[]              $args  Positional.
	 * @param array<string, string> $named Named.
	 */
	public function connect( array $args, array $named ): void {
		if ( isset( $named['url-of-service'] ) ) {
			update_option( TRP_Settings::OPTION, array( 'base_url' => esc_url_raw( $named['url-of-service'] ) ) + TRP_Settings::all() );
		}
		$done = TRP_Connection::connect( $args[0] );
		is_wp_error( $done ) ? WP_CLI::error( $done->get_error_message() ) : WP_CLI::success( 'Connected as site ' . TRP_Connection::site_id() . '.' );
	}

	/**
	 * Ends the registration at the service and forgets the key pair of this site.
	 */
	public function disconnect(): void {
		if ( TRP_Connection::disconnect() ) {
			WP_CLI::success( 'Disconnected; the key pair is deleted.' );
			return;
		}
		WP_CLI::warning( 'The key pair is deleted here, but the service could not be told: its operator should remove the site there.' );
	}

	/**
	 * Looks after the cache of public answers.
	 *
	 * ## OPTIONS
	 *
	 * <action>
	 * : What to do.
	 * ---
	 * options:
	 *   - flush
	 * ---
	 */
	public function cache(): void {
		TRP_Public_Data::flush();
		WP_CLI::success( 'The cache is empty.' );
	}
}
