<?php
/**
 * Every hook of the plugin on one page.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Ties the parts of the plugin to WordPress. */
final class TRP_Plugin {

	/** Registers all hooks. */
	public static function register_hooks(): void {
		register_activation_hook( TRP_FILE, array( self::class, 'activate' ) );
		add_action( 'init', array( self::class, 'load_translations' ) );

		// Views: shortcodes, blocks, pages, scripts and styles.
		add_action( 'init', array( TRP_Shortcodes::class, 'register' ) );
		add_action( 'init', array( TRP_Shortcodes::class, 'register_blocks' ) );
		add_action( 'init', array( TRP_Frontend_Assets::class, 'register' ) );
		add_action( 'template_redirect', array( TRP_Account_Link::class, 'finish' ), 5 );
		add_action( 'template_redirect', array( TRP_Dashboard::class, 'keep_out_of_caches' ) );
		add_filter( 'template_include', array( TRP_Pages::class, 'choose_template' ), 20 );
		add_filter( 'body_class', array( TRP_Pages::class, 'body_classes' ) );
		add_action( 'wp_head', array( TRP_Frontend_Assets::class, 'print_saved_theme' ), 1 );
		add_filter( 'show_admin_bar', array( TRP_User_Manager::class, 'shows_admin_bar' ) );

		// Browser to WordPress to backend.
		add_action( 'rest_api_init', array( TRP_Rest_Api::class, 'register_routes' ) );
		add_action( 'rest_api_init', array( TRP_Own_Routes::class, 'register_routes' ) );
		add_action( 'rest_api_init', array( TRP_Link_Routes::class, 'register_routes' ) );
		add_action( 'rest_api_init', array( TRP_Sign_In_Routes::class, 'register_routes' ) );
		add_action( 'rest_api_init', array( TRP_Enquiry_Route::class, 'register_routes' ) );
		add_filter( 'rest_pre_serve_request', array( TRP_Own_Routes::class, 'serve_file' ), 10, 3 );
		add_action( 'shutdown', array( TRP_Public_Data::class, 'refresh_pending' ) );

		// Users: what ends a session here ends it at the backend.
		add_action( 'wp_logout', array( TRP_User_Manager::class, 'on_logout' ) );
		add_action( 'after_password_reset', array( TRP_User_Manager::class, 'on_password_reset' ) );
		add_action( 'profile_update', array( TRP_User_Manager::class, 'on_profile_update' ), 10, 2 );
		add_action( 'set_user_role', array( TRP_User_Manager::class, 'on_role_change' ), 10, 3 );
		add_action( 'delete_user', array( TRP_User_Manager::class, 'on_delete' ) );

		// Administration.
		add_action( 'admin_menu', array( TRP_Admin_Dashboard::class, 'add_menu' ) );
		add_action( 'admin_init', array( TRP_Settings::class, 'register' ) );
		add_action( 'admin_notices', array( TRP_Admin_Settings::class, 'print_notices' ) );
		add_action( 'admin_post_trp_connect', array( TRP_Admin_Settings::class, 'handle_connect' ) );
		add_action( 'admin_post_trp_disconnect', array( TRP_Admin_Settings::class, 'handle_disconnect' ) );
		add_action( 'admin_post_trp_make_pages', array( TRP_Admin_Settings::class, 'handle_make_pages' ) );
		add_action( 'admin_post_trp_flush_cache', array( TRP_Admin_Settings::class, 'handle_flush_cache' ) );
		add_action( 'update_option_' . TRP_Settings::OPTION, array( TRP_Public_Data::class, 'flush' ) );
		add_filter( 'plugin_action_links_' . plugin_basename( TRP_FILE ), array( TRP_Admin_Settings::class, 'action_links' ) );

		// Conventions: privacy, Site Health, command line.
		add_action( 'admin_init', array( TRP_Privacy::class, 'add_policy_text' ) );
		add_filter( 'wp_privacy_personal_data_exporters', array( TRP_Privacy::class, 'add_exporter' ) );
		add_filter( 'wp_privacy_personal_data_erasers', array( TRP_Privacy::class, 'add_eraser' ) );
		add_filter( 'site_status_tests', array( TRP_Site_Health::class, 'add_tests' ) );
		if ( defined( 'WP_CLI' ) && WP_CLI ) {
			WP_CLI::add_command( 'trp', TRP_CLI_Command::class );
		}
	}

	/** Stores the default settings, so that later reads find the option. */
	public static function activate(): void {
		add_option( TRP_Settings::OPTION, TRP_Settings::defaults() );
	}

	/** Loads the translations that come with the plugin. */
	public static function load_translations(): void {
		load_plugin_textdomain( 'trading-robot-service', false, dirname( plugin_basename( TRP_FILE ) ) . '/languages' );
	}
}
