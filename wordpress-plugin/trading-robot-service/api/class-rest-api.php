<?php
/**
 * Public answers for the browser, and the form of every answer.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Public answers from the cache; no visitor reaches the backend through them. */
final class TRP_Rest_Api {

	public const BASE = 'trading-robot-service/v1';

	/** Registers the routes. */
	public static function register_routes(): void {
		foreach ( array( 'plans', 'robots', 'leaderboard', 'performance', 'chain', 'chain-lines' ) as $name ) {
			register_rest_route(
				self::BASE,
				'/public/' . $name,
				array(
					'methods'             => 'GET',
					'callback'            => array( self::class, 'public_' . str_replace( '-', '_', $name ) ),
					'permission_callback' => '__return_true',
					'args'                => self::public_args( $name ),
				)
			);
		}
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
		$asked = array_intersect_key( $request->get_params(), self::public_args( 'leaderboard' ) );
		return self::cached( TRP_Performance_Tracker::leaderboard( $asked ) );
	}

	/** The published days of the record and their hashes. */
	public static function public_chain(): WP_REST_Response {
		return self::cached( TRP_Public_Data::chain() );
	}

	/**
	 * What was published of a day, exactly as it was hashed.
	 *
	 * @param WP_REST_Request $request The request.
	 */
	public static function public_chain_lines( WP_REST_Request $request ): WP_REST_Response {
		$answer = TRP_Public_Data::chain_lines( $request['day'], $request['page'] );
		return null === $answer ? self::failure( 404, 'not_found', __( 'There is no such page of a published day.', 'trading-robot-service' ) ) : self::cached( $answer );
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
	 * The arguments of a public route.
	 *
	 * @param string $name Its name.
	 * @return array<string, array<string, mixed>>
	 */
	private static function public_args( string $name ): array {
		$period = self::one_of( TRP_Performance_Tracker::PERIODS, 'all-time' );
		$text   = static fn( string $pattern ): array => array(
			'type'     => 'string',
			'required' => true,
			'pattern'  => $pattern,
		);
		$number = static fn( int $most ): array => array(
			'type'    => 'integer',
			'minimum' => 1,
			'maximum' => $most,
			'default' => 1,
		);
		return match ( $name ) {
			'leaderboard' => array(
				'period' => $period,
				'mode'   => self::one_of( TRP_Performance_Tracker::MODES, 'paper' ),
				'sort'   => self::one_of( TRP_Performance_Tracker::SORTS, TRP_Performance_Tracker::SORTS[0] ),
				'place'  => $number( TRP_Performance_Tracker::MOST_PAGES ),
			),
			'performance' => array(
				'period'    => $period,
				'plugin_id' => $text( '^[a-z0-9_-]{1,64}$' ),
			),
			'chain-lines' => array(
				'day'  => $text( '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' ),
				'page' => $number( 100_000 ),
			),
			default       => array(),
		};
	}

	/**
	 * An argument that is one of these words.
	 *
	 * @param string[] $words    The words.
	 * @param string   $standard The one that is meant where none is given.
	 * @return array<string, mixed>
	 */
	private static function one_of( array $words, string $standard ): array {
		return array(
			'type'    => 'string',
			'enum'    => $words,
			'default' => $standard,
		);
	}
}
