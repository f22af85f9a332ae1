<?php
/**
 * The charts of a public record, from its equity points.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Shapes one record's curve for the charts: equity, drawdown, returns, how the returns are spread. */
final class TRP_Record_Charts {

	private const ENOUGH_TO_SPREAD = 5;

	/**
	 * The charts of a record.
	 *
	 * @param array<string, mixed> $entry An entry of the leaderboard.
	 * @return array<int, array<string, mixed>> Empty with fewer than two points.
	 */
	public static function of( array $entry ): array {
		$points = self::points( (array) ( $entry['equity'] ?? array() ) );
		if ( count( $points ) < 2 ) {
			return array();
		}
		$name    = (string) ( $entry['name'] ?? '' );
		$returns = self::returns( $points );
		$charts  = array( self::equity( $name, $entry['mode'] ?? 'paper', $points ), self::drawdown( $name, self::falls( $points ) ) );
		if ( count( $returns ) > 1 ) {
			$charts[] = self::bars( $name, $returns );
		}
		if ( count( $returns ) >= self::ENOUGH_TO_SPREAD ) {
			$charts[] = self::spread( $name, $returns );
		}
		return $charts;
	}

	/**
	 * The curve.
	 *
	 * @param string                              $name   The record's name.
	 * @param string                              $mode   paper or live.
	 * @param array<int, array{0: int, 1: float}> $points Its points.
	 */
	private static function equity( string $name, string $mode, array $points ): array {
		$first = TRP_Format::money( $points[0][1] );
		$last  = TRP_Format::money( $points[ count( $points ) - 1 ][1] );
		$kind  = TRP_Format::mode( $mode )[1];
		/* translators: 1: Live or Paper, 2: robot name, 3: first value, 4: last value. */
		$summary = sprintf( __( '%1$s equity of %2$s went from %3$s to %4$s in the time shown.', 'trading-robot-service' ), $kind, $name, $first, $last );
		return self::chart( 'equity', '$', __( 'Equity', 'trading-robot-service' ), $summary, $points );
	}

	/**
	 * How far it was below its peak.
	 *
	 * @param string                              $name  The record's name.
	 * @param array<int, array{0: int, 1: float}> $falls Percent below the peak.
	 */
	private static function drawdown( string $name, array $falls ): array {
		$deepest = TRP_Format::percent( min( array_column( $falls, 1 ) ), 2 );
		/* translators: 1: robot name, 2: percentage. */
		$summary = sprintf( __( 'The deepest fall of %1$s below its earlier peak among these points was %2$s.', 'trading-robot-service' ), $name, $deepest );
		return self::chart( 'drawdown', '%', __( 'Drawdown', 'trading-robot-service' ), $summary, $falls );
	}

	/**
	 * The returns one after the other.
	 *
	 * @param string                              $name    The record's name.
	 * @param array<int, array{0: int, 1: float}> $returns Percent since the point before.
	 */
	private static function bars( string $name, array $returns ): array {
		$values = array_column( $returns, 1 );
		$title  = self::is_hourly( $returns ) ? __( 'Hourly returns', 'trading-robot-service' ) : __( 'Daily returns', 'trading-robot-service' );
		$gains  = number_format_i18n( count( array_filter( $values, static fn( $value ) => $value > 0 ) ) );
		$count  = number_format_i18n( count( $values ) );
		/* translators: 1: robot name, 2: number of gains, 3: number of returns, 4: best, 5: worst. */
		$summary = sprintf( __( '%1$s gained in %2$s of %3$s; the best was %4$s, the worst %5$s.', 'trading-robot-service' ), $name, $gains, $count, TRP_Format::signed_percent( max( $values ) ), TRP_Format::signed_percent( min( $values ) ) );
		return self::chart( 'returns', '%', $title, $summary, $returns );
	}

	/**
	 * How often returns of each size came.
	 *
	 * @param string                              $name    The record's name.
	 * @param array<int, array{0: int, 1: float}> $returns Percent since the point before.
	 */
	private static function spread( string $name, array $returns ): array {
		$values = array_column( $returns, 1 );
		sort( $values );
		$middle = intdiv( count( $values ), 2 );
		$median = count( $values ) % 2 ? $values[ $middle ] : ( $values[ $middle - 1 ] + $values[ $middle ] ) / 2;
		/* translators: 1: robot name, 2: percentage. */
		$summary = sprintf( __( 'Half of the returns of %1$s were above %2$s, half below.', 'trading-robot-service' ), $name, TRP_Format::signed_percent( $median ) );
		return self::chart( 'distribution', '%', __( 'Distribution of returns', 'trading-robot-service' ), $summary, $returns );
	}

	/**
	 * A chart as the script takes it.
	 *
	 * @param string                              $kind    equity, drawdown, returns or distribution.
	 * @param string                              $unit    $ or %.
	 * @param string                              $title   Its title.
	 * @param string                              $summary What it shows, in a sentence.
	 * @param array<int, array{0: int, 1: float}> $points  Its points.
	 */
	private static function chart( string $kind, string $unit, string $title, string $summary, array $points ): array {
		return compact( 'kind', 'unit', 'title', 'summary', 'points' );
	}

	/**
	 * Equity points as pairs of Unix time and value.
	 *
	 * @param array<int, mixed> $equity From the backend.
	 * @return array<int, array{0: int, 1: float}>
	 */
	private static function points( array $equity ): array {
		$points = array();
		foreach ( $equity as $point ) {
			$at = strtotime( (string) ( $point['at'] ?? '' ) );
			if ( false !== $at && is_numeric( $point['equity'] ?? null ) ) {
				$points[] = array( $at, (float) $point['equity'] );
			}
		}
		return $points;
	}

	/**
	 * How far each point lies below the highest before it, in percent.
	 *
	 * @param array<int, array{0: int, 1: float}> $points Equity points.
	 * @return array<int, array{0: int, 1: float}>
	 */
	private static function falls( array $points ): array {
		$peak  = $points[0][1];
		$falls = array();
		foreach ( $points as list( $at, $equity ) ) {
			$peak    = max( $peak, $equity );
			$falls[] = array( $at, $peak > 0 ? round( ( $equity / $peak - 1 ) * 100, 4 ) : 0.0 );
		}
		return $falls;
	}

	/**
	 * How each point lies to the one before it, in percent.
	 *
	 * @param array<int, array{0: int, 1: float}> $points Equity points.
	 * @return array<int, array{0: int, 1: float}>
	 */
	private static function returns( array $points ): array {
		$returns = array();
		$before  = array_shift( $points )[1];
		foreach ( $points as list( $at, $equity ) ) {
			$returns[] = array( $at, $before > 0 ? round( ( $equity / $before - 1 ) * 100, 4 ) : 0.0 );
			$before    = $equity;
		}
		return $returns;
	}

	/**
	 * Whether points are hours rather than days apart; the last one is of this moment.
	 *
	 * @param array<int, array{0: int, 1: float}> $points At least two.
	 */
	private static function is_hourly( array $points ): bool {
		return $points[1][0] - $points[0][0] < 12 * HOUR_IN_SECONDS;
	}
}
