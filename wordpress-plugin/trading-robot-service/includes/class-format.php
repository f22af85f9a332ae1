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
		return ( (float) $value < 0 ? '−' : '' ) . '$' . number_format_i18n( abs( (float) $value ), 2 );
	}

	/**
	 * Dollars and cents with the sign of a gain or loss.
	 *
	 * @param mixed $value The amount.
	 */
	public static function signed_money( mixed $value ): string {
		return is_numeric( $value ) && (float) $value > 0 ? '+' . self::money( $value ) : self::money( $value );
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
		return ( (float) $value < 0 ? '−' : '' ) . number_format_i18n( abs( (float) $value ), $digits ) . '%';
	}

	/**
	 * A percentage with the sign of a gain or loss.
	 *
	 * @param mixed $value The percentage.
	 */
	public static function signed_percent( mixed $value ): string {
		return is_numeric( $value ) && (float) $value > 0 ? '+' . self::percent( $value, 2 ) : self::percent( $value, 2 );
	}

	/**
	 * A ratio.
	 *
	 * @param mixed $value The ratio.
	 */
	public static function ratio( mixed $value ): string {
		return is_numeric( $value ) ? ( (float) $value < 0 ? '−' : '' ) . number_format_i18n( abs( (float) $value ), 2 ) : self::NONE;
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
		if ( ! is_numeric( $value ) || 0.0 === (float) $value ) {
			return 'trp-num';
		}
		return (float) $value > 0 ? 'trp-num trp-num--up' : 'trp-num trp-num--down';
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
