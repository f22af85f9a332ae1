<?php
/**
 * Public answers of the backend, kept so that pages never wait for it.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/**
 * Stale-while-revalidate over transients. What is cached is the same for every visitor;
 * answers that belong to a user never come here.
 */
final class TRP_Public_Data {

	private const PREFIX          = 'trp_public_';
	private const PLANS_FRESH     = 600;
	private const ROBOTS_FRESH    = 60;
	private const RECORD_FRESH    = 30;
	private const CHAIN_FRESH     = 300;
	private const CHAIN_DAYS      = 30;
	private const LINES_FRESH     = HOUR_IN_SECONDS;
	private const OLD_AFTER       = 10;
	private const TRIAL_TIMEOUT   = 0.2;
	private const CLOSING_TIMEOUT = 1.0;
	private const NOT_FOUND_PAUSE = 60;

	/**
	 * Answers read in this request, by path.
	 *
	 * @var array<string, array{data: ?array, as_of: int, stale: bool}>
	 */
	private static array $memo = array();

	/**
	 * Paths to read again after the page was sent.
	 *
	 * @var array<string, true>
	 */
	private static array $pending = array();

	/** The plans. */
	public static function plans(): array {
		return self::read( '/api/plans', self::PLANS_FRESH );
	}

	/** The robots. */
	public static function robots(): array {
		return self::read( '/api/robots', self::ROBOTS_FRESH );
	}

	/**
	 * A page of the public leaderboard.
	 *
	 * @param string               $period daily, weekly, monthly or all-time.
	 * @param array<string, mixed> $also   What differs from the backend's own choice: mode, sort, page.
	 */
	public static function leaderboard( string $period = 'all-time', array $also = array() ): array {
		return self::read( '/api/performance/public/leaderboard?' . http_build_query( array( 'period' => $period ) + $also ), self::RECORD_FRESH );
	}

	/** The newest published days with their hashes. */
	public static function chain(): array {
		return self::read( '/api/performance/public/leaderboard/chain?limit=' . self::CHAIN_DAYS, self::CHAIN_FRESH );
	}

	/**
	 * A page of what was published of a day; null for a day that chain() does not list.
	 *
	 * @param string $day  The day, 2026-03-01.
	 * @param int    $page Which page, counted from 1.
	 */
	public static function chain_lines( string $day, int $page ): ?array {
		$listed = array_column( (array) ( self::chain()['data']['days'] ?? array() ), 'page_hashes', 'day' );
		if ( $page < 1 || $page > count( (array) ( $listed[ $day ] ?? array() ) ) ) {
			return null;
		}
		$query = http_build_query( compact( 'day', 'page' ) );
		return self::read( '/api/performance/public/leaderboard/chain/lines?' . $query, self::LINES_FRESH );
	}

	/**
	 * The public record of one robot.
	 *
	 * @param string $robot_id The robot.
	 * @param string $period   daily, weekly, monthly or all-time.
	 */
	public static function robot_record( string $robot_id, string $period = 'all-time' ): array {
		return self::read( '/api/performance/plugin/' . rawurlencode( $robot_id ) . '/' . rawurlencode( $period ), self::RECORD_FRESH );
	}

	/** Reads again what was shown stale; called when the page has been sent. */
	public static function refresh_pending(): void {
		if ( array() === self::$pending ) {
			return;
		}
		flush();
		$finished = function_exists( 'fastcgi_finish_request' ) && fastcgi_finish_request();
		foreach ( array_keys( self::$pending ) as $path ) {
			self::refresh( $path, $finished ? TRP_Api_Client::TIMEOUT : self::CLOSING_TIMEOUT, false );
		}
		self::$pending = array();
	}

	/** Forgets every cached answer and lets requests through again. */
	public static function flush(): void {
		global $wpdb;
		self::$memo = array();
		TRP_Api_Client::close_breaker();
		// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- transients can't be listed otherwise.
		$names = $wpdb->get_col( $wpdb->prepare( "SELECT option_name FROM {$wpdb->options} WHERE option_name LIKE %s", $wpdb->esc_like( '_transient_' . self::PREFIX ) . '%' ) );
		foreach ( $names as $name ) {
			delete_transient( substr( $name, strlen( '_transient_' ) ) );
		}
	}

	/**
	 * What is in the cache, by name, for the admin page.
	 *
	 * @return array<string, array{as_of: int, failed: bool}>
	 */
	public static function state(): array {
		$paths = array(
			__( 'Plans', 'trading-robot-service' )       => '/api/plans',
			__( 'Robots', 'trading-robot-service' )      => '/api/robots',
			__( 'Leaderboard', 'trading-robot-service' ) => '/api/performance/public/leaderboard?period=all-time',
		);
		$state = array();
		foreach ( $paths as $name => $path ) {
			$kept           = self::kept( $path );
			$state[ $name ] = array(
				'as_of'  => $kept['at'],
				'failed' => $kept['failures'] > 0,
			);
		}
		return $state;
	}

	/**
	 * An answer from the cache, and from the backend only if there is none or it is very old.
	 *
	 * @param string $path  Path below the base address.
	 * @param int    $fresh Seconds for which nothing is read again.
	 * @return array{data: ?array, as_of: int, stale: bool}
	 */
	private static function read( string $path, int $fresh ): array {
		if ( isset( self::$memo[ $path ] ) ) {
			return self::$memo[ $path ];
		}
		$kept = self::kept( $path );
		$age  = time() - $kept['at'];
		if ( $age >= $fresh && $kept['wait_until'] <= time() && 0 === TRP_Api_Client::paused() ) {
			$kept = self::revalidate( $path, $kept, $age >= $fresh * self::OLD_AFTER );
		}
		$age                 = time() - $kept['at'];
		self::$memo[ $path ] = array(
			'data'  => $kept['body'],
			'as_of' => $kept['at'],
			'stale' => $age >= $fresh && ( $kept['failures'] > 0 || 0 !== TRP_Api_Client::paused() || $age >= $fresh * self::OLD_AFTER ),
		);
		return self::$memo[ $path ];
	}

	/**
	 * Reads at once what is missing, tries shortly for what is very old, and leaves the rest for after the page.
	 *
	 * @param string               $path     The path.
	 * @param array<string, mixed> $kept     What the cache holds.
	 * @param bool                 $very_old Whether it is too old to show without a try.
	 * @return array<string, mixed>
	 */
	private static function revalidate( string $path, array $kept, bool $very_old ): array {
		if ( null === $kept['body'] ) {
			return self::refresh( $path, TRP_Api_Client::TIMEOUT, false );
		}
		if ( $very_old ) {
			$tried = self::refresh( $path, self::TRIAL_TIMEOUT, true );
			if ( $tried['at'] > $kept['at'] ) {
				return $tried;
			}
		}
		self::$pending[ $path ] = true;
		return $kept;
	}

	/**
	 * Reads a path from the backend, unless another request does so already.
	 *
	 * @param string $path    The path.
	 * @param float  $timeout Seconds.
	 * @param bool   $trial   Whether a failure is left uncounted.
	 * @return array<string, mixed> What the cache holds afterwards.
	 */
	private static function refresh( string $path, float $timeout, bool $trial ): array {
		if ( ! TRP_Lock::take( self::name( $path ), (int) ceil( $timeout ) + 2 ) ) {
			return self::kept( $path );
		}
		$options = array(
			'timeout' => $timeout,
			'trial'   => $trial,
		);
		$answer  = TRP_Api_Client::send( 'GET', $path, $options );
		$kept    = self::kept( $path );
		if ( ! $trial || ! is_wp_error( $answer ) ) {
			$kept = self::judge( $kept, $answer );
			set_transient( self::name( $path ), $kept, DAY_IN_SECONDS );
		}
		TRP_Lock::release( self::name( $path ) );
		return $kept;
	}

	/**
	 * What to keep after an answer: the body of a good one, or how long to ask no more.
	 *
	 * @param array<string, mixed>          $kept   What the cache held.
	 * @param array<string, mixed>|WP_Error $answer The answer.
	 * @return array<string, mixed>
	 */
	private static function judge( array $kept, array|WP_Error $answer ): array {
		$status = is_wp_error( $answer ) ? 0 : $answer['status'];
		if ( 200 === $status && is_array( $answer['body'] ) ) {
			return self::entry( $answer['body'], time(), 0, 0 );
		}
		if ( 404 === $status ) {
			return self::entry( null, 0, time() + self::NOT_FOUND_PAUSE, 1 );
		}
		$failures = $kept['failures'] + 1;
		$pause    = match ( $status ) {
			401, 403 => DAY_IN_SECONDS,
			429      => max( 1, $answer['retry_after'] ),
			default  => TRP_Api_Client::pause( $failures ),
		};
		return self::entry( $kept['body'], $kept['at'], time() + $pause, $failures );
	}

	/**
	 * The cache's record of a path; answers older than a day are gone.
	 *
	 * @param string $path The path.
	 * @return array<string, mixed>
	 */
	private static function kept( string $path ): array {
		$kept = get_transient( self::name( $path ) );
		if ( ! is_array( $kept ) ) {
			return self::entry( null, 0, 0, 0 );
		}
		return $kept['at'] < time() - DAY_IN_SECONDS ? self::entry( null, 0, $kept['wait_until'], $kept['failures'] ) : $kept;
	}

	/**
	 * A record of the cache.
	 *
	 * @param array|null $body       The answer.
	 * @param int        $at         When it was read.
	 * @param int        $wait_until When to ask again at the earliest.
	 * @param int        $failures   Failures in a row.
	 * @return array<string, mixed>
	 */
	private static function entry( ?array $body, int $at, int $wait_until, int $failures ): array {
		return compact( 'body', 'at', 'wait_until', 'failures' );
	}

	/**
	 * The name of a path's transient and lock.
	 *
	 * @param string $path The path.
	 */
	private static function name( string $path ): string {
		return self::PREFIX . md5( TRP_Settings::base_url() . $path );
	}
}
