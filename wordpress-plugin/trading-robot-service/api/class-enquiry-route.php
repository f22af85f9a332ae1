<?php
/**
 * Questions about plans, from visitors and users.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Passes a question on to the backend, which keeps it and mails it to the operator. */
final class TRP_Enquiry_Route {

	private const PATH = '/api/enquiries';

	/** Registers the route. It needs no nonce: cached pages hold none, and it does nothing in a user's name but say whose question it is. */
	public static function register_routes(): void {
		register_rest_route(
			TRP_Rest_Api::BASE,
			'/enquiry',
			array(
				'methods'             => 'POST',
				'callback'            => array( self::class, 'ask' ),
				'permission_callback' => '__return_true',
				'args'                => array(
					'name'    => self::text( 120 ),
					'email'   => self::text( 254 ),
					'message' => self::text( 4000 ),
					'plan'    => self::text( 32 ),
					'website' => array( 'required' => false ) + self::text( 200 ),
				),
			)
		);
	}

	/**
	 * Passes a question on.
	 *
	 * @param WP_REST_Request $request The request.
	 */
	public static function ask( WP_REST_Request $request ): WP_REST_Response {
		if ( TRP_Connection::is_copy() ) {
			return TRP_Rest_Api::failure( 409, 'read_only', __( 'This site was copied from another address and only reads until it is connected again.', 'trading-robot-service' ) );
		}
		if ( TRP_Tries::used_up( 'enquiry' ) ) {
			return TRP_Rest_Api::failure( 429, 'too_many', TRP_Tries::slow_down()->get_error_message() );
		}
		TRP_Tries::count( 'enquiry' );
		$fields = array_intersect_key( $request->get_params(), array_flip( array( 'name', 'email', 'message', 'plan', 'website' ) ) );
		$answer = self::as_user( $fields ) ?? TRP_Api_Client::send( 'POST', self::PATH, array( 'body' => $fields ) );
		if ( is_wp_error( $answer ) ) {
			return TRP_Rest_Api::failure( 503, 'unavailable', __( 'Your question could not be sent right now. Please try again in a moment.', 'trading-robot-service' ) );
		}
		return TRP_Rest_Api::private( new WP_REST_Response( $answer['body'], $answer['status'] ), $answer['request_id'] );
	}

	/**
	 * The answer to a signed-in user's question; null where it is to be asked as a visitor's.
	 *
	 * @param array<string, mixed> $fields The question.
	 * @return array<string, mixed>|null
	 */
	private static function as_user( array $fields ): ?array {
		$answer = is_user_logged_in() ? TRP_User_Tokens::send( 'POST', self::PATH, (object) $fields ) : null;
		$known  = is_array( $answer ) && ! in_array( $answer['status'], array( 401, 403, 409 ), true );
		return $known ? $answer : null;
	}

	/**
	 * A text argument.
	 *
	 * @param int $longest Characters at most.
	 * @return array<string, mixed>
	 */
	private static function text( int $longest ): array {
		return array(
			'type'      => 'string',
			'required'  => true,
			'maxLength' => $longest,
		);
	}
}
