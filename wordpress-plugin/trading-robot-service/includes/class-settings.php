<?php
/**
 * The plugin's settings: one option, sanitised on the way in.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Reads and checks the settings. */
final class TRP_Settings {

	public const OPTION = 'trp_settings';
	public const GROUP  = 'trp_settings_group';

	/**
	 * The settings of a new site.
	 *
	 * @return array<string, mixed>
	 */
	public static function defaults(): array {
		return array(
			'base_url'    => '',
			'browser_url' => '',
			'statement'   => '',
			'sign_up'     => true,
			'remove_data' => false,
		);
	}

	/** Registers the option with the settings API. */
	public static function register(): void {
		register_setting(
			self::GROUP,
			self::OPTION,
			array(
				'type'              => 'array',
				'show_in_rest'      => false,
				'default'           => self::defaults(),
				'sanitize_callback' => array( self::class, 'sanitise' ),
			)
		);
	}

	/**
	 * All settings, with defaults for what was never saved.
	 *
	 * @return array<string, mixed>
	 */
	public static function all(): array {
		$stored = get_option( self::OPTION, array() );
		return array_merge( self::defaults(), is_array( $stored ) ? $stored : array() );
	}

	/** The backend's address without a closing slash; empty when none is set. */
	public static function base_url(): string {
		return untrailingslashit( (string) self::all()['base_url'] );
	}

	/** The backend's address for browsers, which need not be the one this server calls; without a closing slash. */
	public static function browser_url(): string {
		$own = untrailingslashit( (string) self::all()['browser_url'] );
		return '' === $own ? self::base_url() : $own;
	}

	/** Whether visitors may make an account on the dashboard page. */
	public static function sign_up_allowed(): bool {
		return (bool) self::all()['sign_up'];
	}

	/** The statement shown beside results; the regulator's text unless the site has its own. */
	public static function statement(): string {
		$own = trim( (string) self::all()['statement'] );
		return '' === $own ? self::default_statement() : $own;
	}

	/** The hypothetical-performance statement of CFTC rule 4.41. */
	public static function default_statement(): string {
		return __( 'Hypothetical or simulated performance results have certain limitations. Unlike an actual performance record, simulated results do not represent actual trading. Also, because the trades have not actually been executed, the results may have under- or over-compensated for the impact, if any, of certain market factors, such as lack of liquidity. Simulated trading programs in general are also subject to the fact that they are designed with the benefit of hindsight. No representation is being made that any account will or is likely to achieve profits or losses similar to those shown.', 'trading-robot-service' );
	}

	/**
	 * Checks what the settings form sent; a bad address keeps the old one and says why.
	 *
	 * @param mixed $given What was sent.
	 * @return array<string, mixed>
	 */
	public static function sanitise( mixed $given ): array {
		$given = is_array( $given ) ? $given : array();
		$saved = self::all();
		return array(
			'base_url'    => self::checked_address( (string) ( $given['base_url'] ?? '' ), (string) $saved['base_url'] ),
			'browser_url' => self::checked_address( (string) ( $given['browser_url'] ?? '' ), (string) $saved['browser_url'] ),
			'statement'   => sanitize_textarea_field( (string) ( $given['statement'] ?? '' ) ),
			'sign_up'     => ! empty( $given['sign_up'] ),
			'remove_data' => ! empty( $given['remove_data'] ),
		);
	}

	/**
	 * An address without a closing slash; a bad one keeps the old one and says why.
	 *
	 * @param string $given What was sent.
	 * @param string $saved The old one.
	 */
	private static function checked_address( string $given, string $saved ): string {
		$url = untrailingslashit( esc_url_raw( trim( $given ), array( 'http', 'https' ) ) );
		if ( '' === $url || self::address_allowed( $url ) ) {
			return $url;
		}
		add_settings_error( self::OPTION, 'address', __( 'An address of the trading service must start with https. Plain http is accepted on this machine only.', 'trading-robot-service' ) );
		return $saved;
	}

	/**
	 * Whether the plugin may talk to this address: https, or plain http on a local site or this machine.
	 *
	 * @param string $url The address.
	 */
	public static function address_allowed( string $url ): bool {
		$parts = wp_parse_url( $url );
		if ( ! is_array( $parts ) || empty( $parts['host'] ) || isset( $parts['user'] ) ) {
			return false;
		}
		if ( 'https' === ( $parts['scheme'] ?? '' ) ) {
			return true;
		}
		$own_machine = in_array( $parts['host'], array( '127.0.0.1', '[::1]', 'localhost' ), true );
		return 'http' === ( $parts['scheme'] ?? '' ) && ( $own_machine || 'local' === wp_get_environment_type() );
	}
}
