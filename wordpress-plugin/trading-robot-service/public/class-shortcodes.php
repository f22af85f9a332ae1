<?php
/**
 * The views, as shortcodes and as blocks that call the same functions.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Renders the views. */
final class TRP_Shortcodes {

	/** Registers the shortcodes. */
	public static function register(): void {
		add_shortcode( 'trading_robot_pricing', array( self::class, 'pricing' ) );
		add_shortcode( 'trading_robot_performance', array( self::class, 'performance' ) );
		add_shortcode( 'trading_robot_marketplace', array( self::class, 'marketplace' ) );
		add_shortcode( 'trading_robot_user_dashboard', array( self::class, 'dashboard' ) );
		add_shortcode( 'trading_robot_home', array( self::class, 'home' ) );
		add_shortcode( 'trading_robot_how_it_works', array( self::class, 'how_it_works' ) );
	}

	/** Registers the blocks. */
	public static function register_blocks(): void {
		$blocks = array(
			'pricing'        => 'pricing',
			'performance'    => 'performance',
			'marketplace'    => 'marketplace',
			'user-dashboard' => 'dashboard',
		);
		foreach ( $blocks as $folder => $method ) {
			register_block_type( TRP_DIR . 'blocks/' . $folder, array( 'render_callback' => array( self::class, $method ) ) );
		}
	}

	/** The plans. */
	public static function pricing(): string {
		return self::view( 'pricing', TRP_Subscription_Manager::pricing() );
	}

	/**
	 * The public record.
	 *
	 * @param mixed $given Attributes: period, mode, sort.
	 */
	public static function performance( mixed $given = array() ): string {
		$given = is_array( $given ) ? $given : array();
		foreach ( array( 'period', 'mode', 'sort', 'place', 'robot' ) as $name ) {
			$asked = sanitize_key( wp_unslash( $_GET[ $name ] ?? '' ) ); // phpcs:ignore WordPress.Security.NonceVerification -- a link that shows public figures.
			if ( '' !== $asked ) {
				$given[ $name ] = $asked;
			}
		}
		return self::view( 'performance', TRP_Performance_Tracker::record( $given ) + array( 'chain' => TRP_Public_Data::chain()['data'] ) );
	}

	/**
	 * The robots.
	 *
	 * @param mixed $given Attributes: strategy_type, price, sort, view.
	 */
	public static function marketplace( mixed $given = array() ): string {
		$given = is_array( $given ) ? $given : array();
		foreach ( array( 'strategy_type', 'price', 'sort', 'view' ) as $name ) {
			// phpcs:ignore WordPress.Security.NonceVerification -- filters of a public list, in a link that can be shared.
			$asked = isset( $_GET[ $name ] ) && is_string( $_GET[ $name ] ) ? sanitize_text_field( wp_unslash( $_GET[ $name ] ) ) : '';
			if ( '' !== $asked ) {
				$given[ $name ] = $asked;
			}
		}
		return self::view( 'marketplace', TRP_Marketplace::listing( $given ) );
	}

	/** The user's dashboard: a shell that its script fills. */
	public static function dashboard(): string {
		if ( is_admin() || ( defined( 'REST_REQUEST' ) && REST_REQUEST ) ) {
			return '<p>' . esc_html__( 'The dashboard is shown here on the published page.', 'trading-robot-service' ) . '</p>';
		}
		TRP_Frontend_Assets::enqueue_dashboard();
		return self::render( 'dashboard', TRP_Dashboard::config() );
	}

	/** The home page. */
	public static function home(): string {
		$pricing = TRP_Subscription_Manager::pricing();
		$record  = TRP_Performance_Tracker::record();
		return self::view( 'home', array( 'plans' => $pricing['plans'] ) + $record );
	}

	/** How it works. */
	public static function how_it_works(): string {
		return self::view( 'how-it-works', array( 'statement' => TRP_Settings::statement() ) );
	}

	/**
	 * A public view with its script and style.
	 *
	 * @param string               $template Template name.
	 * @param array<string, mixed> $data     What it prints.
	 */
	private static function view( string $template, array $data ): string {
		TRP_Frontend_Assets::enqueue_public();
		return self::render( $template, $data );
	}

	/**
	 * Renders a template of this plugin.
	 *
	 * @param string               $template Template name.
	 * @param array<string, mixed> $data     Known to it as $data; the dashboard's as $config.
	 */
	private static function render( string $template, array $data ): string {
		$config = $data;
		ob_start();
		include TRP_DIR . 'public/templates/' . $template . '.php';
		return (string) ob_get_clean();
	}

	/**
	 * Prints a part of a view; used by templates.
	 *
	 * @param string               $part Template name.
	 * @param array<string, mixed> $data What it prints.
	 */
	public static function part( string $part, array $data ): void {
		include TRP_DIR . 'public/templates/parts/' . $part . '.php';
	}
}
