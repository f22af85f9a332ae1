<?php
/**
 * Signing up, in and out from the dashboard page.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** The three routes; each needs the nonce of the uncached dashboard page. */
final class TRP_Sign_In_Routes {

	/** Registers the routes. */
	public static function register_routes(): void {
		self::add(
			'sign-up',
			array(
				'email'    => self::text( true, 254 ),
				'username' => self::text( false, 60 ),
				'password' => self::text( true, 1024 ),
				'website'  => self::text( false, 200 ),
			)
		);
		self::add(
			'sign-in',
			array(
				'login'    => self::text( true, 254 ),
				'password' => self::text( true, 1024 ),
			)
		);
		self::add( 'sign-out', array() );
	}

	/**
	 * Whether the request carries the nonce of the dashboard page.
	 *
	 * @param WP_REST_Request $request The request.
	 */
	public static function has_nonce( WP_REST_Request $request ): bool {
		return (bool) wp_verify_nonce( (string) $request->get_header( 'x_wp_nonce' ), 'wp_rest' );
	}

	/**
	 * Makes an account and signs it in.
	 *
	 * @param WP_REST_Request $request The request.
	 */
	public static function sign_up( WP_REST_Request $request ): WP_REST_Response {
		if ( '' !== trim( (string) $request['website'] ) ) {
			return TRP_Rest_Api::failure( 400, 'invalid', __( 'The form was not filled in by hand.', 'trading-robot-service' ) );
		}
		$email    = sanitize_email( (string) $request['email'] );
		$username = sanitize_user( (string) $request['username'], true );
		return self::answer( TRP_User_Manager::sign_up( $email, $username, (string) $request['password'] ) );
	}

	/**
	 * Signs in.
	 *
	 * @param WP_REST_Request $request The request.
	 */
	public static function sign_in( WP_REST_Request $request ): WP_REST_Response {
		return self::answer( TRP_User_Manager::sign_in( sanitize_text_field( (string) $request['login'] ), (string) $request['password'] ) );
	}

	/** Signs out; the backend's session ends in the logout hook. */
	public static function sign_out(): WP_REST_Response {
		wp_logout();
		return self::answer( true );
	}

	/**
	 * The answer to the browser.
	 *
	 * @param true|WP_Error $result What happened.
	 */
	private static function answer( bool|WP_Error $result ): WP_REST_Response {
		if ( is_wp_error( $result ) ) {
			return TRP_Rest_Api::failure( (int) ( $result->get_error_data()['status'] ?? 400 ), (string) $result->get_error_code(), $result->get_error_message() );
		}
		return TRP_Rest_Api::private( new WP_REST_Response( array( 'ok' => true ) ), '' );
	}

	/**
	 * Registers a route.
	 *
	 * @param string                              $name Its name.
	 * @param array<string, array<string, mixed>> $args Its arguments.
	 */
	private static function add( string $name, array $args ): void {
		register_rest_route(
			TRP_Rest_Api::BASE,
			'/' . $name,
			array(
				'methods'             => 'POST',
				'callback'            => array( self::class, str_replace( '-', '_', $name ) ),
				'permission_callback' => array( self::class, 'has_nonce' ),
				'args'                => $args,
			)
		);
	}

	/**
	 * A text argument.
	 *
	 * @param bool $required Whether it must be there.
	 * @param int  $longest  Characters at most.
	 * @return array<string, mixed>
	 */
	private static function text( bool $required, int $longest ): array {
		return array(
			'type'      => 'string',
			'required'  => $required,
			'minLength' => $required ? 1 : 0,
			'maxLength' => $longest,
		);
	}
}
