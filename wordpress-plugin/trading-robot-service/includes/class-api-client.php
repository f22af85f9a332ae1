<?php
/**
 * The only file that calls the network.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Sends requests to the backend, and stops sending while it does not answer. */
final class TRP_Api_Client {

	public const TIMEOUT = 5.0;

	private const BREAKER        = 'trp_breaker_';
	private const FIRST_PAUSE    = 15;
	private const LONGEST_PAUSE  = 300;
	private const ANSWER_AT_MOST = 4_000_000;
	private const FILE_AT_MOST   = 20_000_000;
	private const FILE_TIMEOUT   = 20.0;
	/** Answers of something before the backend that could not reach it. */
	private const NOT_REACHED = array( 502, 504 );

	/**
	 * Sends one request; an answer of any status, or an error when there was none.
	 *
	 * @param string               $method  GET, POST, PUT or DELETE.
	 * @param string               $path    Path below the base address, with its query.
	 * @param array<string, mixed> $options 'body' (sent as JSON), 'token', 'timeout', 'trial' (failure is not counted), 'objects' (JSON objects stay objects), 'idempotency_key', 'file' (types of a file that may come instead of JSON).
	 * @return array{status: int, body: mixed, retry_after: int, request_id: string, date: string, file?: string, type?: string, cut?: bool}|WP_Error With 'file', its 'type' and whether it was 'cut' off when one came.
	 */
	public static function send( string $method, string $path, array $options = array() ): array|WP_Error {
		$base = TRP_Settings::base_url();
		if ( '' === $base || ! TRP_Settings::address_allowed( $base ) ) {
			return new WP_Error( 'trp_not_configured', __( 'The address of the trading service is not set.', 'trading-robot-service' ) );
		}
		if ( self::paused_until( $base ) > time() ) {
			return self::unavailable();
		}
		$answer = wp_remote_request( $base . $path, self::arguments( $method, $options ) );
		$failed = is_wp_error( $answer ) || in_array( (int) wp_remote_retrieve_response_code( $answer ), self::NOT_REACHED, true );
		if ( empty( $options['trial'] ) ) {
			$failed ? self::count_failure( $base ) : self::count_success( $base );
		}
		return is_wp_error( $answer ) ? self::unavailable() : self::read( $answer, $options );
	}

	/** Lets the next request through again, whatever failed before. */
	public static function close_breaker(): void {
		delete_transient( self::breaker( TRP_Settings::base_url() ) );
	}

	/** Until when nothing is sent, as a Unix time; 0 when requests are sent. */
	public static function paused(): int {
		$until = self::paused_until( TRP_Settings::base_url() );
		return $until > time() ? $until : 0;
	}

	/**
	 * How long to wait after failures: 15 s, then twice as long each time up to 5 min, with jitter.
	 *
	 * @param int $failures How many there were in a row.
	 */
	public static function pause( int $failures ): int {
		$seconds = min( self::LONGEST_PAUSE, self::FIRST_PAUSE * 2 ** min( max( $failures, 1 ) - 1, 5 ) );
		return (int) round( $seconds * wp_rand( 80, 120 ) / 100 );
	}

	/**
	 * What wp_remote_request needs.
	 *
	 * @param string               $method  The method.
	 * @param array<string, mixed> $options As in send().
	 * @return array<string, mixed>
	 */
	private static function arguments( string $method, array $options ): array {
		$is_file = isset( $options['file'] );
		return array(
			'method'              => $method,
			'timeout'             => $options['timeout'] ?? ( $is_file ? self::FILE_TIMEOUT : self::TIMEOUT ),
			'redirection'         => 0,
			'sslverify'           => true,
			'user-agent'          => 'trading-robot-service/' . TRP_VERSION,
			'limit_response_size' => $is_file ? self::FILE_AT_MOST : self::ANSWER_AT_MOST,
			'headers'             => self::headers( $options ),
			'body'                => isset( $options['body'] ) ? wp_json_encode( (object) $options['body'] ) : null,
		);
	}

	/**
	 * The headers of a request.
	 *
	 * @param array<string, mixed> $options As in send().
	 * @return array<string, string>
	 */
	private static function headers( array $options ): array {
		$headers = array( 'Accept' => implode( ', ', array_unique( array( ...( $options['file'] ?? array() ), 'application/json' ) ) ) );
		if ( isset( $options['token'] ) ) {
			$headers['Authorization'] = 'Bearer ' . $options['token'];
		}
		if ( isset( $options['body'] ) ) {
			$headers['Content-Type'] = 'application/json';
		}
		if ( isset( $options['idempotency_key'] ) ) {
			$headers['Idempotency-Key'] = $options['idempotency_key'];
		}
		return $headers;
	}

	/**
	 * The parts of an answer that the plugin uses.
	 *
	 * @param array<string, mixed> $answer  From wp_remote_request.
	 * @param array<string, mixed> $options As in send().
	 * @return array{status: int, body: mixed, retry_after: int, request_id: string, date: string, file?: string, cut?: bool}
	 */
	private static function read( array $answer, array $options ): array {
		$content = wp_remote_retrieve_body( $answer );
		$type    = strtok( (string) wp_remote_retrieve_header( $answer, 'content-type' ), ';' );
		$status  = (int) wp_remote_retrieve_response_code( $answer );
		$is_file = 200 === $status && in_array( $type, $options['file'] ?? array(), true );
		$parts   = array(
			'status'      => $status,
			'body'        => $is_file ? null : json_decode( $content, empty( $options['objects'] ) ),
			'retry_after' => absint( wp_remote_retrieve_header( $answer, 'retry-after' ) ),
			'request_id'  => (string) wp_remote_retrieve_header( $answer, 'x-request-id' ),
			'date'        => (string) wp_remote_retrieve_header( $answer, 'date' ),
		);
		return $is_file ? $parts + array(
			'file' => $content,
			'type' => $type,
			'cut'  => strlen( $content ) >= self::FILE_AT_MOST,
		) : $parts;
	}

	/** The error of a backend that gave no answer. */
	private static function unavailable(): WP_Error {
		return new WP_Error( 'unavailable', __( 'The trading service cannot be reached right now. Your bots keep running there; please try again in a moment.', 'trading-robot-service' ) );
	}

	/**
	 * Until when nothing is sent to this address.
	 *
	 * @param string $base The address.
	 */
	private static function paused_until( string $base ): int {
		$state = get_transient( self::breaker( $base ) );
		return is_array( $state ) ? (int) $state['until'] : 0;
	}

	/**
	 * Pauses after a failure.
	 *
	 * @param string $base The address.
	 */
	private static function count_failure( string $base ): void {
		$state    = get_transient( self::breaker( $base ) );
		$failures = is_array( $state ) ? (int) $state['failures'] + 1 : 1;
		set_transient(
			self::breaker( $base ),
			array(
				'failures' => $failures,
				'until'    => time() + self::pause( $failures ),
			),
			HOUR_IN_SECONDS
		);
	}

	/**
	 * Forgets earlier failures.
	 *
	 * @param string $base The address.
	 */
	private static function count_success( string $base ): void {
		if ( false !== get_transient( self::breaker( $base ) ) ) {
			delete_transient( self::breaker( $base ) );
		}
	}

	/**
	 * The name of the breaker of an address.
	 *
	 * @param string $base The address.
	 */
	private static function breaker( string $base ): string {
		return self::BREAKER . substr( md5( $base ), 0, 12 );
	}
}
