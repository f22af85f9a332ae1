<?php
/**
 * The plans as the pages show them; what they allow is decided by the backend.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Shapes the backend's plans for the pricing page. */
final class TRP_Subscription_Manager {

	/**
	 * Everything the pricing template prints.
	 *
	 * @return array{plans: array<int, array<string, mixed>>, rows: array<int, array{label: string, values: array<int, string|bool>}>, as_of: int, stale: bool}
	 */
	public static function pricing(): array {
		$answer = TRP_Public_Data::plans();
		$plans  = array_values( array_filter( (array) ( $answer['data']['plans'] ?? array() ), 'is_array' ) );
		return array(
			'plans' => array_map( array( self::class, 'plan' ), $plans ),
			'rows'  => self::rows( $plans ),
			'as_of' => $answer['as_of'],
			'stale' => $answer['stale'],
		);
	}

	/**
	 * Where the script of a public page finds out what is the reader's own; the same for everybody.
	 *
	 * @return array<string, mixed>
	 */
	public static function personal(): array {
		$plans = (array) ( TRP_Public_Data::plans()['data']['plans'] ?? array() );
		return array(
			'root'      => esc_url_raw( rest_url( TRP_Rest_Api::BASE . '/' ) ),
			'nonceUrl'  => admin_url( 'admin-ajax.php?action=rest-nonce' ),
			'dashboard' => TRP_Pages::url( 'dashboard' ),
			'titles'    => (object) array_column( $plans, 'title', 'id' ),
		);
	}

	/**
	 * One plan's card.
	 *
	 * @param array<string, mixed> $plan From the backend.
	 * @return array<string, mixed>
	 */
	private static function plan( array $plan ): array {
		$cents = (int) ( $plan['price_cents'] ?? 0 );
		return array(
			'id'       => sanitize_key( (string) ( $plan['id'] ?? '' ) ),
			'title'    => (string) ( $plan['title'] ?? '' ),
			'popular'  => ! empty( $plan['popular'] ),
			'default'  => ! empty( $plan['default'] ),
			'price'    => TRP_Format::price( $cents, (string) ( $plan['currency'] ?? 'USD' ) ),
			'interval' => (string) ( $plan['interval'] ?? 'month' ),
			'trial'    => (int) ( $plan['trial_days'] ?? 0 ),
			'action'   => (string) ( $plan['cta']['label'] ?? '' ),
			'contact'  => 'contact' === ( $plan['cta']['kind'] ?? '' ),
			'features' => self::card_lines( (array) ( $plan['features'] ?? array() ) ),
		);
	}

	/**
	 * The lines of a card: what the plan has, without the rows it lacks.
	 *
	 * @param array<int, mixed> $features Comparison rows of the plan.
	 * @return array<int, array{label: string, value: string}>
	 */
	private static function card_lines( array $features ): array {
		$lines = array();
		foreach ( $features as $feature ) {
			$value = $feature['value'] ?? null;
			$label = (string) ( $feature['label'] ?? '' );
			if ( false === $value || '' === $label ) {
				continue;
			}
			$lines[] = array(
				'label' => $label,
				'value' => true === $value ? '' : self::value( $value ),
			);
		}
		return $lines;
	}

	/**
	 * The rows of the comparison table.
	 *
	 * @param array<int, array<string, mixed>> $plans From the backend.
	 * @return array<int, array{label: string, values: array<int, string|bool>}>
	 */
	private static function rows( array $plans ): array {
		$rows = array();
		foreach ( (array) ( $plans[0]['features'] ?? array() ) as $place => $feature ) {
			$values = array();
			foreach ( $plans as $plan ) {
				$value    = $plan['features'][ $place ]['value'] ?? null;
				$values[] = is_bool( $value ) ? $value : self::value( $value );
			}
			$rows[] = array(
				'label'  => (string) ( $feature['label'] ?? '' ),
				'values' => $values,
			);
		}
		return $rows;
	}

	/**
	 * A limit or property in words.
	 *
	 * @param mixed $value From the backend; null means no limit.
	 */
	private static function value( mixed $value ): string {
		return match ( true ) {
			null === $value   => __( 'Unlimited', 'trading-robot-service' ),
			is_array( $value ) => implode( ', ', array_map( array( TRP_Format::class, 'words' ), array_filter( $value, 'is_string' ) ) ),
			is_int( $value ) || is_float( $value ) => number_format_i18n( $value ),
			default           => TRP_Format::words( (string) $value ),
		};
	}
}
