<?php
/**
 * Numbers, times and words as they are printed.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Formats values; a value that does not exist is an en dash, never a zero. */
final class TRP_Format {

	public const NONE = '–';

	/**
	 * Dollars and cents.
	 *
	 * @param mixed $value The amount.
	 */
	public static function money( mixed $value ): string {
		if ( ! is_numeric( $value ) ) {
			return self::NONE;
		}
		return self::minus( $value, 2 ) . '$' . number_format_i18n( abs( (float) $value ), 2 );
	}

	/**
	 * Dollars and cents with the sign of a gain or loss.
	 *
	 * @param mixed $value The amount.
	 */
	public static function signed_money( mixed $value ): string {
		return is_numeric( $value ) && round( (float) $value, 2 ) > 0 ? '+' . self::money( $value ) : self::money( $value );
	}

	/**
	 * A percentage.
	 *
	 * @param mixed $value  The percentage.
	 * @param int   $digits Digits after the point.
	 */
	public static function percent( mixed $value, int $digits = 1 ): string {
		if ( ! is_numeric( $value ) ) {
			return self::NONE;
		}
		return self::minus( $value, $digits ) . number_format_i18n( abs( (float) $value ), $digits ) . '%';
	}

	/**
	 * A percentage with the sign of a gain or loss.
	 *
	 * @param mixed $value The percentage.
	 */
	public static function signed_percent( mixed $value ): string {
		return is_numeric( $value ) && round( (float) $value, 2 ) > 0 ? '+' . self::percent( $value, 2 ) : self::percent( $value, 2 );
	}

	/**
	 * A ratio.
	 *
	 * @param mixed $value The ratio.
	 */
	public static function ratio( mixed $value ): string {
		return is_numeric( $value ) ? self::minus( $value, 2 ) . number_format_i18n( abs( (float) $value ), 2 ) : self::NONE;
	}

	/**
	 * A count.
	 *
	 * @param mixed $value The count.
	 */
	public static function count( mixed $value ): string {
		return is_numeric( $value ) ? number_format_i18n( (int) $value ) : self::NONE;
	}

	/**
	 * The class that colours a gain or loss.
	 *
	 * @param mixed $value The amount.
	 */
	public static function tone( mixed $value ): string {
		if ( ! is_numeric( $value ) || 0.0 === abs( round( (float) $value, 2 ) ) ) {
			return 'trp-num';
		}
		return (float) $value > 0 ? 'trp-num trp-num--up' : 'trp-num trp-num--down';
	}

	/**
	 * The sign of what is printed: −0.004 in cents is 0.00 and has none.
	 *
	 * @param mixed $value  The number.
	 * @param int   $digits Digits after the point.
	 */
	private static function minus( mixed $value, int $digits ): string {
		return round( (float) $value, $digits ) < 0 ? '−' : '';
	}

	/**
	 * A plan's price.
	 *
	 * @param int    $cents    Cents.
	 * @param string $currency Currency code.
	 */
	public static function price( int $cents, string $currency ): string {
		$amount = number_format_i18n( $cents / 100, 0 === $cents % 100 ? 0 : 2 );
		return 'USD' === $currency ? '$' . $amount : $amount . ' ' . $currency;
	}

	/**
	 * A machine's word for readers: low_commitment → Low commitment.
	 *
	 * @param string $word The word.
	 */
	public static function words( string $word ): string {
		return ucfirst( str_replace( array( '_', '-' ), ' ', $word ) );
	}

	/**
	 * What is held right now; empty when that is nothing.
	 *
	 * @param mixed $symbols Symbols.
	 */
	public static function holding( mixed $symbols ): string {
		$held = is_array( $symbols ) ? array_filter( $symbols, 'is_string' ) : array();
		/* translators: %s: symbols. */
		return array() === $held ? '' : sprintf( __( 'Holds %s now', 'trading-robot-service' ), implode( ', ', $held ) );
	}

	/**
	 * How long a record is, and whether that is enough for a rank.
	 *
	 * @param array<string, mixed> $entry An entry of the leaderboard.
	 */
	public static function sample( array $entry ): string {
		if ( ! is_numeric( $entry['days'] ?? null ) ) {
			return '';
		}
		$days = (int) $entry['days'];
		/* translators: %s: number of days. */
		$text = sprintf( _n( '%s day of record', '%s days of record', $days, 'trading-robot-service' ), number_format_i18n( $days ) );
		return empty( $entry['ranked'] ) ? $text . ', ' . __( 'too short for a rank', 'trading-robot-service' ) : $text;
	}

	/**
	 * The badge class and name of a record's kind.
	 *
	 * @param mixed $mode live, paper or backtest.
	 * @return array{0: string, 1: string}
	 */
	public static function mode( mixed $mode ): array {
		return match ( $mode ) {
			'live'     => array( 'trp-badge trp-badge--live', __( 'Live', 'trading-robot-service' ) ),
			'backtest' => array( 'trp-badge trp-badge--backtest', __( 'Backtest', 'trading-robot-service' ) ),
			default    => array( 'trp-badge trp-badge--paper', __( 'Paper', 'trading-robot-service' ) ),
		};
	}

	/**
	 * A time of day in the site's time zone, with the date when it is not today.
	 *
	 * @param int $at Unix time.
	 */
	public static function time( int $at ): string {
		$format = wp_date( 'Y-m-d', $at ) === wp_date( 'Y-m-d' ) ? 'H:i' : 'Y-m-d H:i';
		return wp_date( $format . ' T', $at );
	}
}
