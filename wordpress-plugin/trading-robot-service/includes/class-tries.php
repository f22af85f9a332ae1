<?php
/**
 * How often one address tried something.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Counts tries; the names of the counters give no address away. */
final class TRP_Tries {

	private const MOST   = 10;
	private const WITHIN = 600;

	/**
	 * Whether this visitor's address has tried too often (for this account).
	 *
	 * @param string $kind    What is tried.
	 * @param string $account Which account.
	 */
	public static function used_up( string $kind, string $account = '' ): bool {
		return (int) get_transient( self::counter( $kind, $account ) ) >= self::MOST;
	}

	/**
	 * Counts one more try.
	 *
	 * @param string $kind    What was tried.
	 * @param string $account Which account.
	 */
	public static function count( string $kind, string $account = '' ): void {
		$counter = self::counter( $kind, $account );
		set_transient( $counter, (int) get_transient( $counter ) + 1, self::WITHIN );
	}

	/**
	 * Forgets the tries.
	 *
	 * @param string $kind    What was tried.
	 * @param string $account Which account.
	 */
	public static function forget( string $kind, string $account = '' ): void {
		delete_transient( self::counter( $kind, $account ) );
	}

	/** A refusal of too many tries. */
	public static function slow_down(): WP_Error {
		return new WP_Error( 'too_many', __( 'Too many tries. Please wait ten minutes.', 'trading-robot-service' ), array( 'status' => 429 ) );
	}

	/**
	 * The name of the counter of tries from this address (and for this account).
	 *
	 * @param string $kind    What is tried.
	 * @param string $account Which account.
	 */
	private static function counter( string $kind, string $account ): string {
		$address = sanitize_text_field( wp_unslash( $_SERVER['REMOTE_ADDR'] ?? '' ) );
		return 'trp_tries_' . substr( hash_hmac( 'sha256', $kind . '|' . $address . '|' . strtolower( $account ), wp_salt() ), 0, 32 );
	}
}
