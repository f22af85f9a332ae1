<?php
/**
 * The pages and the menu that the plugin makes when asked to.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Makes the six pages once, finds them again, and gives them the plugin's full-page template. */
final class TRP_Pages {

	public const OPTION      = 'trp_pages';
	public const MENU_OPTION = 'trp_menu';

	/** The pages: key → [slug, title, content]. */
	public static function wanted(): array {
		return array(
			'home'         => array( 'trading-robots', __( 'Home', 'trading-robot-service' ), '[trading_robot_home]' ),
			'pricing'      => array( 'pricing', __( 'Pricing', 'trading-robot-service' ), '[trading_robot_pricing]' ),
			'performance'  => array( 'performance', __( 'Performance', 'trading-robot-service' ), '[trading_robot_performance]' ),
			'marketplace'  => array( 'marketplace', __( 'Marketplace', 'trading-robot-service' ), '[trading_robot_marketplace]' ),
			'how-it-works' => array( 'how-it-works', __( 'How it works', 'trading-robot-service' ), '[trading_robot_how_it_works]' ),
			'dashboard'    => array( 'dashboard', __( 'Dashboard', 'trading-robot-service' ), '[trading_robot_user_dashboard]' ),
		);
	}

	/** Makes the pages that are missing and the menu; can be repeated. */
	public static function make(): void {
		$pages = self::ids();
		foreach ( self::wanted() as $key => list( $slug, $title, $content ) ) {
			if ( isset( $pages[ $key ] ) && 'publish' === get_post_status( $pages[ $key ] ) ) {
				continue;
			}
			$id = wp_insert_post(
				array(
					'post_type'      => 'page',
					'post_status'    => 'publish',
					'post_name'      => $slug,
					'post_title'     => $title,
					'post_content'   => $content,
					'comment_status' => 'closed',
					'ping_status'    => 'closed',
				)
			);
			if ( $id > 0 ) {
				$pages[ $key ] = $id;
			}
		}
		update_option( self::OPTION, $pages, false );
		self::make_menu( $pages );
	}

	/** Makes the home page the site's front page. */
	public static function make_front_page(): void {
		$pages = self::ids();
		if ( isset( $pages['home'] ) ) {
			update_option( 'show_on_front', 'page' );
			update_option( 'page_on_front', $pages['home'] );
		}
	}

	/**
	 * The ids of the pages by key.
	 *
	 * @return array<string, int>
	 */
	public static function ids(): array {
		return array_map( 'intval', array_filter( (array) get_option( self::OPTION, array() ) ) );
	}

	/**
	 * The address of a page; the site's own when the page was never made.
	 *
	 * @param string $key Its key.
	 */
	public static function url( string $key ): string {
		$ids = self::ids();
		$url = isset( $ids[ $key ] ) ? get_permalink( $ids[ $key ] ) : false;
		return is_string( $url ) ? $url : home_url( '/' );
	}

	/** The menu's id; 0 when there is none. */
	public static function menu_id(): int {
		return (int) get_option( self::MENU_OPTION, 0 );
	}

	/** Whether the page being shown is one of the plugin's. */
	public static function is_own(): bool {
		$ids = self::ids();
		return array() !== $ids && is_page( array_values( $ids ) );
	}

	/**
	 * Gives the plugin's pages its full-page template.
	 *
	 * @param string $template What the theme would use.
	 */
	public static function choose_template( string $template ): string {
		return self::is_own() ? TRP_DIR . 'public/templates/canvas.php' : $template;
	}

	/**
	 * Marks the plugin's pages for styles.
	 *
	 * @param string[] $classes Body classes.
	 * @return string[]
	 */
	public static function body_classes( array $classes ): array {
		if ( self::is_own() ) {
			$classes[] = 'trp-page';
		}
		return $classes;
	}

	/**
	 * Makes the menu unless it is there.
	 *
	 * @param array<string, int> $pages The pages.
	 */
	private static function make_menu( array $pages ): void {
		if ( wp_get_nav_menu_object( self::menu_id() ) ) {
			return;
		}
		$found = wp_get_nav_menu_object( __( 'Trading Robot Service', 'trading-robot-service' ) );
		$menu  = $found ? $found->term_id : wp_create_nav_menu( __( 'Trading Robot Service', 'trading-robot-service' ) );
		if ( is_wp_error( $menu ) ) {
			return;
		}
		foreach ( array( 'pricing', 'performance', 'marketplace', 'how-it-works' ) as $key ) {
			if ( isset( $pages[ $key ] ) && ! $found ) {
				wp_update_nav_menu_item(
					$menu,
					0,
					array(
						'menu-item-object-id' => $pages[ $key ],
						'menu-item-object'    => 'page',
						'menu-item-type'      => 'post_type',
						'menu-item-status'    => 'publish',
						'menu-item-title'     => self::wanted()[ $key ][1],
					)
				);
			}
		}
		update_option( self::MENU_OPTION, (int) $menu, false );
	}
}
