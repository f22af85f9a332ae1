<?php
/**
 * What a signed-in user asks of the backend through this site.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** One route that passes listed paths on, with the user's own token and nothing kept. */
final class TRP_Own_Routes {

	private const ID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

	/** Paths of the backend that a signed-in user may use, with their methods. */
	private const ALLOWED = array(
		'dashboard'                                            => array( 'GET' ),
		'plans(?:/missing)?'                                   => array( 'GET' ),
		'robots'                                               => array( 'GET' ),
		'robots/[a-z0-9_-]{1,64}/purchase'                     => array( 'POST' ),
		'robot-access'                                         => array( 'GET' ),
		'subscription'                                         => array( 'GET' ),
		'subscription/(?:checkout|preview|change|cancel|resume|portal)' => array( 'POST' ),
		'subscription/bots'                                    => array( 'PUT' ),
		'transactions'                                         => array( 'GET' ),
		'transactions/' . self::ID . '/receipt'                => array( 'GET' ),
		'upgrade-prompts'                                      => array( 'POST' ),
		'bots'                                                 => array( 'GET', 'POST' ),
		'bots/' . self::ID                                     => array( 'GET', 'PUT', 'DELETE' ),
		'bots/' . self::ID . '/(?:status|clone|rotate-secret)' => array( 'POST' ),
		'bots/' . self::ID . '/(?:preview|test-signal|halt)'   => array( 'POST' ),
		'bots/' . self::ID . '/(?:account|capital|live/terms|live|paper)' => array( 'POST' ),
		'bots/' . self::ID . '/warnings/dismiss'               => array( 'POST' ),
		'bots/' . self::ID . '/(?:signals|trades|positions|performance)' => array( 'GET' ),
		'bots/' . self::ID . '/(?:round-trips|equity|analysis|slippage|live-gap)' => array( 'GET' ),
		'bots/' . self::ID . '/trades/export'                  => array( 'GET' ),
		'signals/' . self::ID                                  => array( 'GET' ),
		'signals/' . self::ID . '/(?:replay|discard)'          => array( 'POST' ),
		'performance/me/(?:daily|weekly|monthly|all-time)'     => array( 'GET' ),
		'performance/me/plugin/[a-z0-9_-]{1,64}/(?:daily|weekly|monthly|all-time)' => array( 'GET' ),
		'performance/me/(?:round-trips|equity|analysis)'       => array( 'GET' ),
		'exports'                                              => array( 'GET', 'POST' ),
		'exports/' . self::ID                                  => array( 'GET', 'DELETE' ),
		'exports/' . self::ID . '/download'                    => array( 'GET' ),
		'exports/' . self::ID . '/link'                        => array( 'POST' ),
		'leaderboard/membership'                               => array( 'GET', 'PUT', 'DELETE' ),
		'users/me'                                             => array( 'GET', 'DELETE' ),
		'users/me/restore'                                     => array( 'POST' ),
		self::EXPORT                                           => array( 'POST' ),
		'auth/2fa/(?:enable|confirm|backup-codes|disable)'     => array( 'POST' ),
		'auth/(?:step-up|verify-email/resend|email/change|password/forgot)' => array( 'POST' ),
		self::LOGOUT_EVERYWHERE                                => array( 'POST' ),
		'auth/sessions'                                        => array( 'GET' ),
		'auth/sessions/' . self::ID                            => array( 'DELETE' ),
		'api-keys'                                             => array( 'GET', 'POST' ),
		'api-keys/' . self::ID                                 => array( 'DELETE' ),
		'trading-accounts'                                     => array( 'GET', 'POST' ),
		'trading-accounts/' . self::ID                         => array( 'GET', 'PUT', 'DELETE' ),
		'trading-accounts/' . self::ID . '/state'              => array( 'GET' ),
		'trading-accounts/' . self::ID . '/refresh'            => array( 'POST' ),
		'drifts'                                               => array( 'GET' ),
		'drifts/' . self::ID . '/repair'                       => array( 'POST' ),
		'(?:admin/)?halt'                                      => array( 'GET', 'POST', 'DELETE' ),
		'notification-channels'                                => array( 'GET', 'POST' ),
		'notification-channels/' . self::ID                    => array( 'PUT', 'DELETE' ),
		'notification-channels/' . self::ID . '/test'          => array( 'POST' ),
		'notification-preferences'                             => array( 'GET', 'PUT' ),
		'audit'                                                => array( 'GET' ),
		'stream/tickets'                                       => array( 'POST' ),
		'site-links'                                           => array( 'GET' ),
		'site-links/' . self::ID                               => array( 'DELETE' ),
	);

	private const EXPORT            = 'users/me/export';
	private const LOGOUT_EVERYWHERE = 'auth/logout-everywhere';
	private const ZIP               = 'application/zip';

	/** Where a file comes instead of JSON, with the types it may have. */
	private const FILES = array(
		self::EXPORT                          => array( self::ZIP ),
		'bots/' . self::ID . '/trades/export' => array( 'text/csv', 'application/json' ),
		'exports/' . self::ID . '/download'   => array( 'text/csv', 'application/json', 'application/pdf' ),
	);

	/** How a file of a type ends; the script that saves it gives it its name. */
	private const ENDINGS = array(
		self::ZIP          => 'zip',
		'text/csv'         => 'csv',
		'application/json' => 'json',
		'application/pdf'  => 'pdf',
	);

	/** Where the backend asks a broker, a market, Stripe or a chat service before it answers, and how long it may take. */
	private const ASKS_OTHERS    = '#^(?:trading-accounts|drifts|subscription/|transactions/|robots/[^/]+/purchase|notification-channels/.+/test|bots/[^/]+/(?:preview|halt|account|live|paper))#';
	private const OTHERS_TIMEOUT = 20.0;

	/** Query parameters that are passed on, with the pattern of their values. */
	private const QUERY = array(
		'page'       => '/^[0-9]{1,6}$/D',
		'limit'      => '/^[0-9]{1,3}$/D',
		'status'     => '/^[a-z_,]{1,60}$/D',
		'symbol'     => '/^[A-Z0-9.\/-]{1,20}$/D',
		'period'     => '/^(?:daily|weekly|monthly|all-time)$/D',
		'date'       => '/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/D',
		'start_date' => '/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/D',
		'end_date'   => '/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/D',
		'mode'       => '/^(?:paper|live|backtest)$/D',
		'side'       => '/^(?:long|short)$/D',
		'outcome'    => '/^(?:win|loss|even)$/D',
		'sort'       => '/^(?:latest|best|worst)$/D',
		'after'      => '/^[0-9.~-]{1,64}$/D',
		'kind'       => '/^(?:daily|hourly)$/D',
		'format'     => '/^(?:csv|json)$/D',
		'plugin_id'  => '/^[a-z0-9_-]{1,64}$/D',
		'bot_id'     => '/^' . self::ID . '$/D',
		'account_id' => '/^' . self::ID . '$/D',
	);

	/** The header's name as WordPress knows it, and what the backend accepts in it. */
	private const IDEMPOTENCY_HEADER = 'idempotency_key';
	private const IDEMPOTENCY_KEY    = '/^[\x20-\x7e]{1,255}$/D';

	/** Passwords of the backend are typed at the backend and nowhere else. */
	private const NOT_THROUGH_HERE = array( 'password', 'current_password', 'new_password' );

	/** Registers the route. */
	public static function register_routes(): void {
		register_rest_route(
			TRP_Rest_Api::BASE,
			'/me/(?P<path>[a-z0-9_/-]{1,120})',
			array(
				'methods'             => array( 'GET', 'POST', 'PUT', 'DELETE' ),
				'callback'            => array( self::class, 'pass_on' ),
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

	/**
	 * Passes a request of the signed-in user on to the backend.
	 *
	 * @param WP_REST_Request $request The request.
	 */
	public static function pass_on( WP_REST_Request $request ): WP_REST_Response {
		$path    = (string) $request->get_url_params()['path'];
		$body    = json_decode( $request->get_body() );
		$body    = is_object( $body ) ? $body : new stdClass();
		$refusal = self::refuse( $request, $path, $body );
		if ( null !== $refusal ) {
			return $refusal;
		}
		$answer = TRP_User_Tokens::send( $request->get_method(), '/api/' . $path . self::query( $request ), $body, self::options( $request, $path ) );
		if ( is_wp_error( $answer ) ) {
			return TRP_Rest_Api::failure( 503, $answer->get_error_code() === 'not_connected' ? 'not_connected' : 'unavailable', $answer->get_error_message() );
		}
		if ( self::LOGOUT_EVERYWHERE === $path && 200 === $answer['status'] ) {
			wp_destroy_other_sessions();
		}
		return isset( $answer['file'] ) ? self::file( $answer ) : TRP_Rest_Api::private( new WP_REST_Response( $answer['body'], $answer['status'] ), $answer['request_id'] );
	}

	/**
	 * Sends a file as it is instead of as JSON.
	 *
	 * @param mixed            $served  Whether something was sent already.
	 * @param WP_HTTP_Response $result  The answer.
	 * @param WP_REST_Request  $request The request.
	 */
	public static function serve_file( mixed $served, WP_HTTP_Response $result, WP_REST_Request $request ): bool {
		$own = '/' . TRP_Rest_Api::BASE . '/me/';
		if ( $served || ! isset( $result->get_headers()['Content-Disposition'] ) || ! is_string( $result->get_data() ) || ! str_starts_with( $request->get_route(), $own ) ) {
			return (bool) $served;
		}
		echo $result->get_data(); // phpcs:ignore WordPress.Security.EscapeOutput -- the bytes of a file, sent as one with its type.
		return true;
	}

	/**
	 * Why a request is not passed on; null when it is.
	 *
	 * @param WP_REST_Request $request The request.
	 * @param string          $path    Path at the backend.
	 * @param object          $body    What would be sent.
	 */
	private static function refuse( WP_REST_Request $request, string $path, object $body ): ?WP_REST_Response {
		$key = $request->get_header( self::IDEMPOTENCY_HEADER );
		if ( ! self::allowed( $request->get_method(), $path ) ) {
			return TRP_Rest_Api::failure( 404, 'not_found', __( 'There is no such address.', 'trading-robot-service' ) );
		}
		if ( 'GET' !== $request->get_method() && TRP_Connection::is_copy() ) {
			return TRP_Rest_Api::failure( 409, 'read_only', __( 'This site was copied from another address and only reads until it is connected again.', 'trading-robot-service' ) );
		}
		if ( array_intersect( array_map( 'strtolower', array_keys( get_object_vars( $body ) ) ), self::NOT_THROUGH_HERE ) ) {
			return TRP_Rest_Api::failure( 400, 'no_password_here', __( 'Passwords of the trading service are never sent through this site.', 'trading-robot-service' ) );
		}
		if ( null !== $key && 1 !== preg_match( self::IDEMPOTENCY_KEY, $key ) ) {
			return TRP_Rest_Api::failure( 400, 'invalid_idempotency_key', __( 'The key of a repeated request must be 1 to 255 printable characters.', 'trading-robot-service' ) );
		}
		return null;
	}

	/**
	 * How the request is sent beside its body.
	 *
	 * @param WP_REST_Request $request The request.
	 * @param string          $path    Path at the backend.
	 * @return array<string, mixed>
	 */
	private static function options( WP_REST_Request $request, string $path ): array {
		$key     = (string) $request->get_header( self::IDEMPOTENCY_HEADER );
		$options = 'POST' === $request->get_method() && '' !== $key ? array( 'idempotency_key' => $key ) : array();
		$types   = self::match( self::FILES, $path );
		if ( null !== $types ) {
			return $options + array( 'file' => $types );
		}
		return $options + ( 1 === preg_match( self::ASKS_OTHERS, $path ) ? array( 'timeout' => self::OTHERS_TIMEOUT ) : array() );
	}

	/**
	 * A download that no cache keeps.
	 *
	 * @param array<string, mixed> $answer The backend's answer.
	 */
	private static function file( array $answer ): WP_REST_Response {
		if ( $answer['cut'] ) {
			return TRP_Rest_Api::failure( 502, 'too_large', __( 'The file is too large to come through this site. Please sign in at the trading service and get it there.', 'trading-robot-service' ) );
		}
		$response = new WP_REST_Response( $answer['file'], $answer['status'] );
		$response->header( 'Content-Type', 'text/csv' === $answer['type'] ? 'text/csv; charset=utf-8' : $answer['type'] );
		$response->header( 'Content-Disposition', 'attachment; filename="trading-data.' . self::ENDINGS[ $answer['type'] ] . '"' );
		$response->header( 'Content-Length', (string) strlen( $answer['file'] ) );
		return TRP_Rest_Api::private( $response, $answer['request_id'] );
	}

	/**
	 * Whether a path may be used with a method.
	 *
	 * @param string $method The method.
	 * @param string $path   The path.
	 */
	private static function allowed( string $method, string $path ): bool {
		return in_array( $method, self::match( self::ALLOWED, $path ) ?? array(), true );
	}

	/**
	 * What a table of paths says of one; null when it is not in it.
	 *
	 * @param array<string, string[]> $table By pattern.
	 * @param string                  $path  The path.
	 */
	private static function match( array $table, string $path ): ?array {
		foreach ( $table as $pattern => $value ) {
			if ( 1 === preg_match( '#^' . $pattern . '$#D', $path ) ) {
				return $value;
			}
		}
		return null;
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
}
