<?php
/**
 * The way to the backend's login page, for a user who has an account there.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** One route; the way back is a page and not a route. */
final class TRP_Link_Routes {

	/** Registers the route. */
	public static function register_routes(): void {
		register_rest_route(
			TRP_Rest_Api::BASE,
			'/link/start',
			array(
				'methods'             => 'POST',
				'callback'            => array( self::class, 'start' ),
				'permission_callback' => array( TRP_Own_Routes::class, 'may_use_own' ),
			)
		);
	}

	/** The address to send the browser to. */
	public static function start(): WP_REST_Response {
		$url = TRP_Account_Link::begin();
		if ( is_wp_error( $url ) ) {
			return TRP_Rest_Api::failure( $url->get_error_data()['status'], (string) $url->get_error_code(), $url->get_error_message() );
		}
		return TRP_Rest_Api::private( new WP_REST_Response( array( 'url' => $url ) ), '' );
	}
}
