<?php
/**
 * Scripts and styles; put on a page only by the views that need them.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Registers and enqueues what esbuild made. */
final class TRP_Frontend_Assets {

	private const FILES = array(
		'trp-public'    => 'build/public.js',
		'trp-dashboard' => 'build/dashboard.js',
	);

	/** Registers the handles. */
	public static function register(): void {
		$footer = array(
			'in_footer' => true,
			'strategy'  => 'defer',
		);
		foreach ( self::FILES as $handle => $file ) {
			wp_register_script( $handle, plugins_url( $file, TRP_FILE ), array( 'wp-i18n' ), self::version( $file ), $footer );
			wp_set_script_translations( $handle, 'trading-robot-service', TRP_DIR . 'languages' );
		}
		wp_register_style( 'trp', plugins_url( 'public/css/trp.css', TRP_FILE ), array(), self::version( 'public/css/trp.css' ) );
		wp_register_script( 'trp-blocks', plugins_url( 'blocks/editor.js', TRP_FILE ), array( 'wp-block-editor', 'wp-blocks', 'wp-components', 'wp-element', 'wp-server-side-render' ), self::version( 'blocks/editor.js' ), true );
	}

	/** Puts the public script and the style on the page. */
	public static function enqueue_public(): void {
		wp_enqueue_style( 'trp' );
		wp_enqueue_script( 'trp-public' );
	}

	/** Puts the dashboard's script on the page too. */
	public static function enqueue_dashboard(): void {
		self::enqueue_public();
		wp_enqueue_script( 'trp-dashboard' );
	}

	/** Applies the theme that the visitor chose before the page is painted. */
	public static function print_saved_theme(): void {
		if ( TRP_Pages::is_own() ) {
			wp_print_inline_script_tag( "try{if('light'===localStorage.getItem('trp-theme'))document.documentElement.dataset.trpTheme='light'}catch(e){}" );
		}
	}

	/**
	 * The version of a file: when it was last built.
	 *
	 * @param string $file Path below the plugin.
	 */
	private static function version( string $file ): string {
		$path = TRP_DIR . $file;
		return is_readable( $path ) ? TRP_VERSION . '.' . filemtime( $path ) : TRP_VERSION;
	}
}
