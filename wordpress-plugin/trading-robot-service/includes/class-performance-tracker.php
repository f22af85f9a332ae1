<?php
/**
 * The public trading record as the pages show it; the figures are the backend's.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Shapes the leaderboard for tables, key figures and charts. */
final class TRP_Performance_Tracker {

	public const PERIODS = array( 'daily', 'weekly', 'monthly', 'all-time' );

	/**
	 * Everything the performance template prints.
	 *
	 * @param string $period One of PERIODS.
	 * @return array<string, mixed>
	 */
	public static function record( string $period ): array {
		$answer  = TRP_Public_Data::leaderboard( $period );
		$entries = array_values( array_filter( (array) ( $answer['data']['entries'] ?? array() ), 'is_array' ) );
		$leader  = $entries[0] ?? null;
		return array(
			'period'    => $period,
			'entries'   => $entries,
			'known'     => null !== $answer['data'],
			'kpis'      => self::kpis( $entries ),
			'leader'    => $leader,
			'charts'    => null === $leader ? array() : self::charts( $leader ),
			'statement' => self::statement( $answer['data'] ),
			'as_of'     => $answer['as_of'],
			'stale'     => $answer['stale'],
		);
	}

	/** The periods with their names. */
	public static function period_names(): array {
		return array(
			'daily'    => __( 'Today', 'trading-robot-service' ),
			'weekly'   => __( 'This week', 'trading-robot-service' ),
			'monthly'  => __( 'This month', 'trading-robot-service' ),
			'all-time' => __( 'All time', 'trading-robot-service' ),
		);
	}

	/**
	 * The statement beside the figures: the site's own, else the backend's, else the regulator's text.
	 *
	 * @param array<string, mixed>|null $data The leaderboard.
	 */
	private static function statement( ?array $data ): string {
		$own = trim( (string) TRP_Settings::all()['statement'] );
		if ( '' === $own && is_string( $data['statement'] ?? null ) && '' !== $data['statement'] ) {
			return $data['statement'];
		}
		return TRP_Settings::statement();
	}

	/**
	 * Key figures over all entries: sums and plain averages of what is listed.
	 *
	 * @param array<int, array<string, mixed>> $entries The leaderboard's entries.
	 * @return array<int, array{label: string, value: string, note: string}>
	 */
	private static function kpis( array $entries ): array {
		if ( array() === $entries ) {
			return array();
		}
		$trades = array_sum( array_map( static fn( $entry ) => (int) ( $entry['trade_count'] ?? 0 ), $entries ) );
		return array(
			self::kpi( __( 'Trading records listed', 'trading-robot-service' ), number_format_i18n( count( $entries ) ) ),
			self::kpi( __( 'Closed trades', 'trading-robot-service' ), number_format_i18n( $trades ) ),
			self::kpi( __( 'Average win rate', 'trading-robot-service' ), TRP_Format::percent( self::average( $entries, 'win_rate' ) ) ),
			self::kpi( __( 'Average return', 'trading-robot-service' ), TRP_Format::signed_percent( self::average( $entries, 'total_return_pct' ) ) ),
			self::kpi( __( 'Deepest drawdown', 'trading-robot-service' ), TRP_Format::percent( self::lowest( $entries, 'max_drawdown' ), 2 ) ),
		);
	}

	/**
	 * A key figure.
	 *
	 * @param string $label Its name.
	 * @param string $value Its value.
	 */
	private static function kpi( string $label, string $value ): array {
		return array(
			'label' => $label,
			'value' => $value,
			'note'  => __( 'Paper trading', 'trading-robot-service' ),
		);
	}

	/**
	 * The numbers of a field that are there.
	 *
	 * @param array<int, array<string, mixed>> $entries The entries.
	 * @param string                           $field   The field.
	 * @return float[]
	 */
	private static function numbers( array $entries, string $field ): array {
		return array_map( 'floatval', array_filter( array_column( $entries, $field ), 'is_numeric' ) );
	}

	/**
	 * The average of a field; null when no entry has it.
	 *
	 * @param array<int, array<string, mixed>> $entries The entries.
	 * @param string                           $field   The field.
	 */
	private static function average( array $entries, string $field ): ?float {
		$numbers = self::numbers( $entries, $field );
		return array() === $numbers ? null : array_sum( $numbers ) / count( $numbers );
	}

	/**
	 * The lowest number of a field; null when no entry has it.
	 *
	 * @param array<int, array<string, mixed>> $entries The entries.
	 * @param string                           $field   The field.
	 */
	private static function lowest( array $entries, string $field ): ?float {
		$numbers = self::numbers( $entries, $field );
		return array() === $numbers ? null : min( $numbers );
	}

	/**
	 * The charts of the leading record, from its equity points.
	 *
	 * @param array<string, mixed> $entry The entry.
	 * @return array<int, array<string, mixed>> Empty with fewer than two points.
	 */
	private static function charts( array $entry ): array {
		$points = self::points( (array) ( $entry['equity'] ?? array() ) );
		if ( count( $points ) < 2 ) {
			return array();
		}
		$falls = self::drawdown( $points );
		$name  = (string) ( $entry['name'] ?? '' );
		$first = TRP_Format::money( $points[0][1] );
		$last  = TRP_Format::money( $points[ count( $points ) - 1 ][1] );
		return array(
			array(
				'kind'    => 'equity',
				'unit'    => '$',
				'title'   => __( 'Equity', 'trading-robot-service' ),
				/* translators: 1: robot name, 2: first value, 3: last value. */
				'summary' => sprintf( __( 'Paper equity of %1$s went from %2$s to %3$s in the time shown.', 'trading-robot-service' ), $name, $first, $last ),
				'points'  => $points,
			),
			array(
				'kind'    => 'drawdown',
				'unit'    => '%',
				'title'   => __( 'Drawdown', 'trading-robot-service' ),
				/* translators: 1: robot name, 2: percentage. */
				'summary' => sprintf( __( 'The deepest fall of %1$s below its earlier peak among these points was %2$s.', 'trading-robot-service' ), $name, TRP_Format::percent( min( array_column( $falls, 1 ) ), 2 ) ),
				'points'  => $falls,
			),
		);
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
	private static function drawdown( array $points ): array {
		$peak  = $points[0][1];
		$falls = array();
		foreach ( $points as list( $at, $equity ) ) {
			$peak    = max( $peak, $equity );
			$falls[] = array( $at, $peak > 0 ? round( ( $equity / $peak - 1 ) * 100, 4 ) : 0.0 );
		}
		return $falls;
	}
}
