<?php
/**
 * Tests of Tools → Site Health.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Says whether the trading service answers, whether the site may use it, and whether the clocks agree. */
final class TRP_Site_Health {

	private const CLOCK_MAY_DIFFER = 30;

	/**
	 * Adds the tests.
	 *
	 * @param array<string, array<string, mixed>> $tests Known ones.
	 * @return array<string, array<string, mixed>>
	 */
	public static function add_tests( array $tests ): array {
		$ours = array(
			'trp_service'    => array( __( 'The trading service answers', 'trading-robot-service' ), 'service' ),
			'trp_connection' => array( __( 'The site is connected to the trading service', 'trading-robot-service' ), 'connection' ),
			'trp_clock'      => array( __( 'The clock agrees with the trading service', 'trading-robot-service' ), 'clock' ),
			'trp_rest'       => array( __( 'The dashboard can reach the REST API', 'trading-robot-service' ), 'rest' ),
		);
		foreach ( $ours as $name => list( $label, $method ) ) {
			$tests['direct'][ $name ] = array(
				'label' => $label,
				'test'  => array( self::class, $method ),
			);
		}
		return $tests;
	}

	/** Whether the backend answers. */
	public static function service(): array {
		$answer = TRP_Api_Client::send( 'GET', '/api/status' );
		if ( is_wp_error( $answer ) ) {
			return self::result( 'trp_service', false, __( 'The trading service does not answer', 'trading-robot-service' ), $answer->get_error_message() );
		}
		/* translators: %d: HTTP status code. */
		return self::result( 'trp_service', 200 === $answer['status'], __( 'The trading service answers', 'trading-robot-service' ), sprintf( __( 'Its status address answered with %d.', 'trading-robot-service' ), $answer['status'] ) );
	}

	/** Whether the site can sign and is not a copy. */
	public static function connection(): array {
		if ( ! TRP_Connection::is_connected() ) {
			return self::result( 'trp_connection', false, __( 'The site is not connected to the trading service', 'trading-robot-service' ), __( 'The public pages work; the dashboard needs the connection. Paste a one-time code in the settings.', 'trading-robot-service' ) );
		}
		if ( ! TRP_Connection::can_sign() ) {
			return self::result( 'trp_connection', false, __( 'The site\'s key can no longer be read', 'trading-robot-service' ), __( 'The salts in wp-config.php have changed. Disconnect and connect again with a new one-time code.', 'trading-robot-service' ) );
		}
		if ( TRP_Connection::is_copy() ) {
			return self::result( 'trp_connection', false, __( 'This site is a copy of the connected one', 'trading-robot-service' ), __( 'The address has changed since the site was connected, so the dashboard only reads. Connect again to use it here.', 'trading-robot-service' ) );
		}
		return self::result( 'trp_connection', true, __( 'The site is connected to the trading service', 'trading-robot-service' ), __( 'The key can be read and belongs to this address.', 'trading-robot-service' ) );
	}

	/** Whether the clocks agree; assertions are good for one minute only. */
	public static function clock(): array {
		$answer = TRP_Api_Client::send( 'GET', '/api/status' );
		$theirs = is_wp_error( $answer ) ? false : strtotime( $answer['date'] );
		if ( false === $theirs ) {
			return self::result( 'trp_clock', false, __( 'The clock could not be compared with the trading service', 'trading-robot-service' ), __( 'Its answer carried no date.', 'trading-robot-service' ) );
		}
		$seconds = abs( time() - $theirs );
		/* translators: %d: number of seconds. */
		return self::result( 'trp_clock', $seconds <= self::CLOCK_MAY_DIFFER, __( 'The clock compared with the trading service', 'trading-robot-service' ), sprintf( __( 'The difference is %d seconds; sign-in to the service works up to 30.', 'trading-robot-service' ), $seconds ) );
	}

	/** Whether the plugin's REST routes are there. */
	public static function rest(): array {
		$routes = rest_get_server()->get_routes( TRP_Rest_Api::BASE );
		return self::result( 'trp_rest', array() !== $routes, __( 'The dashboard\'s REST routes', 'trading-robot-service' ), __( 'The dashboard reads through the WordPress REST API. A security plugin that closes it for visitors closes the dashboard too.', 'trading-robot-service' ) );
	}

	/**
	 * A result in core's form.
	 *
	 * @param string $test    Name.
	 * @param bool   $good    Whether all is well.
	 * @param string $label   Heading.
	 * @param string $details Sentence.
	 * @return array<string, mixed>
	 */
	private static function result( string $test, bool $good, string $label, string $details ): array {
		return array(
			'test'        => $test,
			'label'       => $label,
			'status'      => $good ? 'good' : 'recommended',
			'badge'       => array(
				'label' => __( 'Trading', 'trading-robot-service' ),
				'color' => $good ? 'green' : 'orange',
			),
			'description' => '<p>' . esc_html( $details ) . '</p>',
			'actions'     => sprintf( '<a href="%s">%s</a>', esc_url( TRP_Admin_Settings::url() ), esc_html__( 'Trading Robot Service settings', 'trading-robot-service' ) ),
		);
	}
}
