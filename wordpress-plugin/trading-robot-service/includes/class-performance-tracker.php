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

	public const PERIODS    = array( 'daily', 'weekly', 'monthly', 'all-time' );
	public const MODES      = array( 'paper', 'live' );
	public const SORTS      = array( 'sharpe_ratio', 'total_return_pct', 'max_drawdown', 'profit_factor', 'win_rate', 'trade_count' );
	public const MOST_PAGES = 20;

	/** What is shown where nothing else is asked for. */
	private const STANDARD = array(
		'period' => 'all-time',
		'mode'   => 'paper',
		'sort'   => 'sharpe_ratio',
		'place'  => 1,
	);

	/**
	 * Everything the performance template prints.
	 *
	 * @param array<string, mixed> $given period, mode, sort, place (the page), robot; what is not known is left out.
	 * @return array<string, mixed>
	 */
	public static function record( array $given = array() ): array {
		$asked   = self::asked( $given );
		$answer  = self::leaderboard( $asked );
		$data    = (array) $answer['data'];
		$entries = array_values( array_filter( (array) ( $data['entries'] ?? array() ), 'is_array' ) );
		$leader  = self::shown( $entries, (string) ( $given['robot'] ?? '' ) );
		return $asked + array(
			'entries'   => $entries,
			'total'     => (int) ( $data['total'] ?? count( $entries ) ),
			'limit'     => max( 1, (int) ( $data['limit'] ?? 50 ) ),
			'minimum'   => array( (int) ( $data['minimum_trades'] ?? 0 ), (int) ( $data['minimum_days'] ?? 0 ) ),
			'known'     => null !== $answer['data'],
			'kpis'      => self::kpis( $entries, $asked['mode'] ),
			'leader'    => $leader,
			'charts'    => null === $leader ? array() : TRP_Record_Charts::of( $leader ),
			'statement' => self::statement( $answer['data'], $asked['mode'] ),
			'as_of'     => $answer['as_of'],
			'stale'     => $answer['stale'],
		);
	}

	/**
	 * A page of the leaderboard from the cache.
	 *
	 * @param array<string, mixed> $asked Valid period, mode, sort, place.
	 */
	public static function leaderboard( array $asked ): array {
		$also = array_diff_assoc( $asked, self::STANDARD );
		if ( isset( $also['place'] ) ) {
			$also['page'] = $also['place'];
		}
		return TRP_Public_Data::leaderboard( $asked['period'], array_diff_key( $also, array_flip( array( 'period', 'place' ) ) ) );
	}

	/**
	 * What was asked for, as far as it is known.
	 *
	 * @param array<string, mixed> $given As it was written in a shortcode or a link.
	 * @return array{period: string, mode: string, sort: string, place: int}
	 */
	private static function asked( array $given ): array {
		$words = array(
			'period' => self::PERIODS,
			'mode'   => self::MODES,
			'sort'   => self::SORTS,
		);
		$asked = self::STANDARD;
		foreach ( $words as $name => $known ) {
			if ( in_array( $given[ $name ] ?? null, $known, true ) ) {
				$asked[ $name ] = $given[ $name ];
			}
		}
		$asked['place'] = min( self::MOST_PAGES, max( 1, (int) ( is_numeric( $given['place'] ?? null ) ? $given['place'] : 1 ) ) );
		return $asked;
	}

	/**
	 * The record whose charts are shown: the robot that was asked for, else the first one with a curve.
	 *
	 * @param array<int, array<string, mixed>> $entries The entries.
	 * @param string                           $robot   Its id.
	 * @return array<string, mixed>|null
	 */
	private static function shown( array $entries, string $robot ): ?array {
		$drawn = array_filter( $entries, static fn( $entry ) => ! empty( $entry['equity'] ) );
		$asked = array_filter( $drawn, static fn( $entry ) => '' !== $robot && $robot === ( $entry['plugin_id'] ?? null ) );
		return array_values( $asked )[0] ?? array_values( $drawn )[0] ?? $entries[0] ?? null;
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

	/** The kinds of trading with their names. */
	public static function mode_names(): array {
		return array(
			'paper' => __( 'Paper', 'trading-robot-service' ),
			'live'  => __( 'Live', 'trading-robot-service' ),
		);
	}

	/**
	 * The statement beside the figures: the site's own, else the backend's, else the regulator's text.
	 *
	 * The site's own is about simulated results; of real trading the backend's is shown.
	 *
	 * @param array<string, mixed>|null $data The leaderboard.
	 * @param string                    $mode paper or live.
	 */
	private static function statement( ?array $data, string $mode ): string {
		$own = 'live' === $mode ? '' : trim( (string) TRP_Settings::all()['statement'] );
		if ( '' === $own && is_string( $data['statement'] ?? null ) && '' !== $data['statement'] ) {
			return $data['statement'];
		}
		return TRP_Settings::statement();
	}

	/**
	 * Key figures over the listed entries: sums and plain averages.
	 *
	 * @param array<int, array<string, mixed>> $entries The leaderboard's entries.
	 * @param string                           $mode    paper or live.
	 * @return array<int, array{label: string, value: string, note: string, tone: string}>
	 */
	private static function kpis( array $entries, string $mode ): array {
		if ( array() === $entries ) {
			return array();
		}
		$note   = 'live' === $mode ? __( 'Real money', 'trading-robot-service' ) : __( 'Paper trading', 'trading-robot-service' );
		$kpi    = static fn( string $label, string $value, string $tone = '' ): array => array(
			'label' => $label,
			'value' => $value,
			'note'  => $note,
			'tone'  => $tone,
		);
		$trades = array_sum( array_map( static fn( $entry ) => (int) ( $entry['trade_count'] ?? 0 ), $entries ) );
		$return = self::average( $entries, 'total_return_pct' );
		return array(
			$kpi( __( 'Trading records listed', 'trading-robot-service' ), number_format_i18n( count( $entries ) ) ),
			$kpi( __( 'Closed trades', 'trading-robot-service' ), number_format_i18n( $trades ) ),
			$kpi( __( 'Average win rate', 'trading-robot-service' ), TRP_Format::percent( self::average( $entries, 'win_rate' ) ) ),
			$kpi( __( 'Average return', 'trading-robot-service' ), TRP_Format::signed_percent( $return ), TRP_Format::tone( $return ) ),
			$kpi( __( 'Deepest drawdown', 'trading-robot-service' ), TRP_Format::percent( self::lowest( $entries, 'max_drawdown' ), 2 ) ),
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
}
