<?php
/**
 * A lock that one request at a time can hold.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Rows of the options table, taken with one statement, as core does for its updates. */
final class TRP_Lock {

	private const PREFIX = 'trp_lock_';

	/**
	 * Takes the lock, or says that someone else holds it.
	 *
	 * @param string $name    What is locked.
	 * @param int    $seconds When the lock falls if its holder dies.
	 */
	public static function take( string $name, int $seconds ): bool {
		global $wpdb;
		$row = self::PREFIX . $name;
		$now = time();
		// phpcs:disable WordPress.DB.DirectDatabaseQuery -- a lock must not be answered from a cache.
		$made = $wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO {$wpdb->options} (option_name, option_value, autoload) VALUES (%s, %s, 'no')", $row, (string) ( $now + $seconds ) ) );
		if ( $made ) {
			return true;
		}
		$until = (string) $wpdb->get_var( $wpdb->prepare( "SELECT option_value FROM {$wpdb->options} WHERE option_name = %s", $row ) );
		if ( (int) $until > $now ) {
			return false;
		}
		return (bool) $wpdb->query( $wpdb->prepare( "UPDATE {$wpdb->options} SET option_value = %s WHERE option_name = %s AND option_value = %s", (string) ( $now + $seconds ), $row, $until ) );
		// phpcs:enable
	}

	/**
	 * Gives the lock back.
	 *
	 * @param string $name What is locked.
	 */
	public static function release( string $name ): void {
		global $wpdb;
		$wpdb->delete( $wpdb->options, array( 'option_name' => self::PREFIX . $name ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
	}
}
