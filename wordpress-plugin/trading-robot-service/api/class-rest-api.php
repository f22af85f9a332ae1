<?php
/**
 * Browser to WordPress to backend.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Public answers from the cache, and the signed-in user's own from the backend. */
final class TRP_Rest_Api {

	public const BASE = 'trading-robot-service/v1';

	private const ID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

	/** Paths of the backend that a signed-in user may use, with their methods. */
	private const ALLOWED = array(
		'dashboard'                                            => array( 'GET' ),
		'users/me'                                             => array( 'GET' ),
		'plans'                                                => array( 'GET' ),
		'robots'                                               => array( 'GET' ),
		'bots'                                                 => array( 'GET', 'POST' ),
		'bots/' . self::ID                                     => array( 'GET', 'PUT', 'DELETE' ),
		'bots/' . self::ID . '/(?:status|clone|rotate-secret)' => array( 'POST' ),
		'bots/' . self::ID . '/(?:signals|trades|positions|performance)' => array( 'GET' ),
		'signals/' . self::ID                                  => array( 'GET' ),
		'signals/' . self::ID . '/(?:replay|discard)'          => array( 'POST' ),
		'performance/me/(?:daily|weekly|monthly|all-time)'     => array( 'GET' ),
	);

	/** Query parameters that are passed on, with the pattern of their values. */
	private const QUERY = array(
		'page'       => '/^[0-9]{1,6}$/',
		'limit'      => '/^[0-9]{1,3}$/',
		'status'     => '/^[a-z_,]{1,60}$/',
		'symbol'     => '/^[A-Z0-9.\/-]{1,20}$/',
		'period'     => '/^(?:daily|weekly|monthly|all-time)$/',
		'date'       => '/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/',
		'start_date' => '/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/',
		'end_date'   => '/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/',
		'mode'       => '/^(?:paper|live|backtest)$/',
	);

	/** Registers the routes. */
	public static function register_routes(): void {
		foreach ( array( 'plans', 'robots', 'leaderboard', 'performance' ) as $name ) {
			register_rest_route(
				self::BASE,
				'/public/' . $name,
				array(
					'methods'             => 'GET',
					'callback'            => array( self::class, 'public_' . $name ),
					'permission_callback' => '__return_true',
					'args'                => self::public_args( $name ),
				)
			);
		}
		register_rest_route(
			self::BASE,
			'/me/(?P<path>[a-z0-9/-]{1,120})',
			array(
				'methods'             => array( 'GET', 'POST', 'PUT', 'DELETE' ),
				'callback'            => array( self::class, 'me' ),
				'permission_callback' => array( self::class, 'may_use_own' ),
				'args'                => array(
					'path' => array(
						'type'     => 'string',
						'required' => true,
					),
				),
			)
		);
	}

	/** Signed in, which the REST API grants only with a valid nonce. */
	public static function may_use_own(): bool {
		return is_user_logged_in();
	}

	/** The plans. */
	public static function public_plans(): WP_REST_Response {
		return self::cached( TRP_Public_Data::plans() );
	}

	/** The robots. */
	public static function public_robots(): WP_REST_Response {
		return self::cached( TRP_Public_Data::robots() );
	}

	/**
	 * The leaderboard.
	 *
	 * @param WP_REST_Request $request The request.
	 */
	public static function public_leaderboard( WP_REST_Request $request ): WP_REST_Response {
		return self::cached( TRP_Public_Data::leaderboard( $request['period'] ) );
	}

	/**
	 * The record of one robot of the marketplace.
	 *
	 * @param WP_REST_Request $request The request.
	 */
	public static function public_performance( WP_REST_Request $request ): WP_REST_Response {
		$known = array_column( (array) ( TRP_Public_Data::robots()['data']['robots'] ?? array() ), 'id' );
		if ( ! in_array( $request['plugin_id'], $known, true ) ) {
			return self::failure( 404, 'not_found', __( 'There is no such robot.', 'trading-robot-service' ) );
		}
		return self::cached( TRP_Public_Data::robot_record( $request['plugin_id'], $request['period'] ) );
	}

	/**
	 * Passes a request of the signed-in user on to the backend.
	 *
	 * @param WP_REST_Request $request The request.
	 */
	public static function me( WP_REST_Request $request ): WP_REST_Response {
		$path   = (string) $request->get_url_params()['path'];
		$method = $request->get_method();
		if ( ! self::allowed( $method, $path ) ) {
			return self::failure( 404, 'not_found', __( 'There is no such address.', 'trading-robot-service' ) );
		}
		if ( 'GET' !== $method && TRP_Connection::is_copy() ) {
			return self::failure( 409, 'read_only', __( 'This site was copied from another address and only reads until it is connected again.', 'trading-robot-service' ) );
		}
		$body   = json_decode( $request->get_body() );
		$answer = TRP_User_Tokens::send( $method, '/api/' . $path . self::query( $request ), is_object( $body ) ? $body : new stdClass() );
		if ( is_wp_error( $answer ) ) {
			return self::failure( 503, $answer->get_error_code() === 'not_connected' ? 'not_connected' : 'unavailable', $answer->get_error_message() );
		}
		return self::private( new WP_REST_Response( $answer['body'], $answer['status'] ), $answer['request_id'] );
	}

	/**
	 * An error in the backend's form.
	 *
	 * @param int    $status  HTTP status.
	 * @param string $code    Code.
	 * @param string $message Sentence.
	 */
	public static function failure( int $status, string $code, string $message ): WP_REST_Response {
		$body = array(
			'error'      => $code,
			'message'    => $message,
			'request_id' => '',
		);
		return self::private( new WP_REST_Response( $body, $status ), '' );
	}

	/**
	 * Marks an answer as nobody else's.
	 *
	 * @param WP_REST_Response $response   The answer.
	 * @param string           $request_id The backend's request id.
	 */
	public static function private( WP_REST_Response $response, string $request_id ): WP_REST_Response {
		$response->header( 'Cache-Control', 'private, no-store' );
		$response->header( 'Vary', 'Cookie' );
		if ( '' !== $request_id ) {
			$response->header( 'X-Request-Id', $request_id );
		}
		return $response;
	}

	/**
	 * An answer from the public cache.
	 *
	 * @param array{data: ?array, as_of: int, stale: bool} $answer What the cache gave.
	 */
	private static function cached( array $answer ): WP_REST_Response {
		if ( null === $answer['data'] ) {
			return self::failure( 503, 'unavailable', __( 'The trading service cannot be reached right now.', 'trading-robot-service' ) );
		}
		$answer['as_of'] = gmdate( 'Y-m-d\TH:i:s\Z', $answer['as_of'] );
		return new WP_REST_Response( $answer );
	}

	/**
	 * Whether a path may be used with a method.
	 *
	 * @param string $method The method.
	 * @param string $path   The path.
	 */
	private static function allowed( string $method, string $path ): bool {
		foreach ( self::ALLOWED as $pattern => $methods ) {
			if ( 1 === preg_match( '#^' . $pattern . '$#D', $path ) ) {
				return in_array( $method, $methods, true );
			}
		}
		return false;
	}

	/**
	 * The query to pass on: known names with well-formed values.
	 *
	 * @param WP_REST_Request $request The request.
	 */
	private static function query( WP_REST_Request $request ): string {
		$kept = array();
		foreach ( $request->get_query_params() as $name => $value ) {
			if ( isset( self::QUERY[ $name ] ) && is_string( $value ) && preg_match( self::QUERY[ $name ], $value ) ) {
				$kept[ $name ] = $value;
			}
		}
		return array() === $kept ? '' : '?' . http_build_query( $kept );
	}

	/**
	 * The arguments of a public route.
	 *
	 * @param string $name Its name.
	 * @return array<string, array<string, mixed>>
	 */
	private static function public_args( string $name ): array {
		$period = array(
			'type'    => 'string',
			'enum'    => TRP_Performance_Tracker::PERIODS,
			'default' => 'all-time',
		);
		$robot  = array(
			'type'     => 'string',
			'required' => true,
			'pattern'  => '^[a-z0-9_-]{1,64}$',
		);
		return match ( $name ) {
			'leaderboard' => array( 'period' => $period ),
			'performance' => array(
				'period'    => $period,
				'plugin_id' => $robot,
			),
			default       => array(),
		};
	}
}
