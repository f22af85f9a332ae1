<?php
/**
 * The robots as the marketplace shows them.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Filters and orders the list of robots for display. */
final class TRP_Marketplace {

	public const VIEWS = array( 'grid', 'list' );

	/**
	 * Everything the marketplace template prints.
	 *
	 * @param array<string, mixed> $given Filters from the address or the shortcode; unknown values are ignored.
	 * @return array<string, mixed>
	 */
	public static function listing( array $given ): array {
		$answer = TRP_Public_Data::robots();
		$robots = array_values( array_filter( (array) ( $answer['data']['robots'] ?? array() ), 'is_array' ) );
		$types  = array_values( array_unique( array_filter( array_map( 'strval', array_column( $robots, 'strategy_type' ) ) ) ) );
		$wanted = array(
			'strategy_type' => self::one_of( $given['strategy_type'] ?? '', $types, '' ),
			'price'         => self::one_of( $given['price'] ?? '', array( 'free', 'paid' ), '' ),
			'sort'          => self::one_of( $given['sort'] ?? '', array_keys( self::orders() ), 'name' ),
			'view'          => self::one_of( $given['view'] ?? '', self::VIEWS, 'grid' ),
		);
		return array(
			'robots' => self::chosen( $robots, $wanted ),
			'all'    => count( $robots ),
			'known'  => null !== $answer['data'],
			'types'  => $types,
			'wanted' => $wanted,
			'as_of'  => $answer['as_of'],
			'stale'  => $answer['stale'],
		);
	}

	/** The orders a visitor can choose, with their names. */
	public static function orders(): array {
		return array(
			'name'             => __( 'Name', 'trading-robot-service' ),
			'total_return_pct' => __( 'Return', 'trading-robot-service' ),
			'win_rate'         => __( 'Win rate', 'trading-robot-service' ),
			'profit_factor'    => __( 'Profit factor', 'trading-robot-service' ),
			'price'            => __( 'Price', 'trading-robot-service' ),
		);
	}

	/**
	 * Whether a robot can be bought by itself; the others come with a plan.
	 *
	 * @param array<string, mixed> $robot The robot.
	 */
	public static function is_sold( array $robot ): bool {
		return (int) ( $robot['price_cents'] ?? 0 ) > 0;
	}

	/**
	 * The robots that match, in the wanted order.
	 *
	 * @param array<int, array<string, mixed>> $robots All robots.
	 * @param array<string, string>            $wanted Filters.
	 * @return array<int, array<string, mixed>>
	 */
	private static function chosen( array $robots, array $wanted ): array {
		$chosen = array_filter(
			$robots,
			static fn( $robot ) => ( '' === $wanted['strategy_type'] || $wanted['strategy_type'] === ( $robot['strategy_type'] ?? '' ) )
				&& ( '' === $wanted['price'] || ( 'paid' === $wanted['price'] ) === self::is_sold( $robot ) )
		);
		usort( $chosen, static fn( $a, $b ) => self::compare( $a, $b, $wanted['sort'] ) );
		return $chosen;
	}

	/**
	 * Compares two robots: names and prices upwards, results downwards, unknown results last.
	 *
	 * @param array<string, mixed> $a    One.
	 * @param array<string, mixed> $b    The other.
	 * @param string               $sort The order.
	 */
	private static function compare( array $a, array $b, string $sort ): int {
		$by_name = strcasecmp( (string) ( $a['name'] ?? '' ), (string) ( $b['name'] ?? '' ) );
		if ( 'name' === $sort ) {
			return $by_name;
		}
		if ( 'price' === $sort ) {
			return ( (int) ( $a['price_cents'] ?? 0 ) <=> (int) ( $b['price_cents'] ?? 0 ) ) ?: $by_name;
		}
		$left  = $a['performance'][ $sort ] ?? null;
		$right = $b['performance'][ $sort ] ?? null;
		return ( ( is_numeric( $right ) ? (float) $right : -INF ) <=> ( is_numeric( $left ) ? (float) $left : -INF ) ) ?: $by_name;
	}

	/**
	 * The given value if it is allowed, else the default.
	 *
	 * @param mixed    $given    From outside.
	 * @param string[] $allowed  Allowed values.
	 * @param string   $fallback Default.
	 */
	private static function one_of( mixed $given, array $allowed, string $fallback ): string {
		return is_string( $given ) && in_array( $given, $allowed, true ) ? $given : $fallback;
	}
}
