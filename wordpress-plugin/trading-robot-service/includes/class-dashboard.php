<?php
/**
 * The dashboard's shell: a page without user data, never cached, filled over REST.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Prepares the dashboard page. */
final class TRP_Dashboard {

	/** Tells browsers and page caches to keep no copy of a page that shows the dashboard. */
	public static function keep_out_of_caches(): void {
		if ( ! is_singular() || ! self::shows_dashboard( get_post() ) ) {
			return;
		}
		if ( ! defined( 'DONOTCACHEPAGE' ) ) {
			define( 'DONOTCACHEPAGE', true );
		}
		nocache_headers();
	}

	/**
	 * What the dashboard's script needs to start.
	 *
	 * @return array<string, mixed>
	 */
	public static function config(): array {
		return array(
			'root'        => esc_url_raw( rest_url( TRP_Rest_Api::BASE . '/' ) ),
			'nonce'       => wp_create_nonce( 'wp_rest' ),
			'signedIn'    => is_user_logged_in(),
			'signUp'      => TRP_Settings::sign_up_allowed(),
			'displayName' => is_user_logged_in() ? wp_get_current_user()->display_name : '',
			'connected'   => TRP_Connection::is_connected(),
			'readOnly'    => TRP_Connection::is_copy(),
			'statement'   => TRP_Settings::statement(),
			'pages'       => array(
				'pricing'     => TRP_Pages::url( 'pricing' ),
				'marketplace' => TRP_Pages::url( 'marketplace' ),
				'performance' => TRP_Pages::url( 'performance' ),
			),
		);
	}

	/**
	 * Whether a post holds the dashboard, as shortcode or block.
	 *
	 * @param WP_Post|null $post The post.
	 */
	private static function shows_dashboard( ?WP_Post $post ): bool {
		return null !== $post && ( has_shortcode( $post->post_content, 'trading_robot_user_dashboard' ) || has_block( 'trading-robot-service/user-dashboard', $post ) );
	}
}
