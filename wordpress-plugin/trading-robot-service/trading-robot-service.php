<?php
/**
 * Plugin Name:       Trading Robot Service
 * Description:       Shows plans, the robot marketplace, the public trading record and a user dashboard from the Trading Robot Service API.
 * Version:           1.0.0
 * Requires at least: 6.5
 * Requires PHP:      8.1
 * Author:            Trading Robot Service
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       trading-robot-service
 * Domain Path:       /languages
 *
 * @package TradingRobotService
 */

defined( 'ABSPATH' ) || exit;

define( 'TRP_VERSION', '1.0.0' );
define( 'TRP_FILE', __FILE__ );
define( 'TRP_DIR', plugin_dir_path( __FILE__ ) );

/**
 * What this site lacks to run the plugin, as a sentence; empty when it lacks nothing.
 */
function trp_missing_requirement() {
	if ( version_compare( PHP_VERSION, '8.1', '<' ) ) {
		return __( 'Trading Robot Service needs PHP 8.1 or newer and is switched off until then.', 'trading-robot-service' );
	}
	if ( version_compare( get_bloginfo( 'version' ), '6.5', '<' ) ) {
		return __( 'Trading Robot Service needs WordPress 6.5 or newer and is switched off until then.', 'trading-robot-service' );
	}
	if ( ! function_exists( 'sodium_crypto_sign_keypair' ) ) {
		return __( 'Trading Robot Service needs the sodium functions and is switched off until they are there.', 'trading-robot-service' );
	}
	return '';
}

if ( '' !== trp_missing_requirement() ) {
	add_action(
		'admin_notices',
		static function () {
			echo '<div class="notice notice-error"><p>' . esc_html( trp_missing_requirement() ) . '</p></div>';
		}
	);
	return;
}

require TRP_DIR . 'includes/class-settings.php';
require TRP_DIR . 'includes/class-secret-box.php';
require TRP_DIR . 'includes/class-lock.php';
require TRP_DIR . 'includes/class-api-client.php';
require TRP_DIR . 'includes/class-public-data.php';
require TRP_DIR . 'includes/class-connection.php';
require TRP_DIR . 'includes/class-user-tokens.php';
require TRP_DIR . 'includes/class-tries.php';
require TRP_DIR . 'includes/class-user-manager.php';
require TRP_DIR . 'includes/class-subscription-manager.php';
require TRP_DIR . 'includes/class-performance-tracker.php';
require TRP_DIR . 'includes/class-record-charts.php';
require TRP_DIR . 'includes/class-marketplace.php';
require TRP_DIR . 'includes/class-format.php';
require TRP_DIR . 'includes/class-pages.php';
require TRP_DIR . 'includes/class-account-link.php';
require TRP_DIR . 'includes/class-dashboard.php';
require TRP_DIR . 'includes/class-privacy.php';
require TRP_DIR . 'includes/class-site-health.php';
require TRP_DIR . 'includes/class-cli-command.php';
require TRP_DIR . 'public/class-frontend-assets.php';
require TRP_DIR . 'public/class-shortcodes.php';
require TRP_DIR . 'api/class-rest-api.php';
require TRP_DIR . 'api/class-own-routes.php';
require TRP_DIR . 'api/class-link-routes.php';
require TRP_DIR . 'api/class-sign-in-routes.php';
require TRP_DIR . 'api/class-enquiry-route.php';
require TRP_DIR . 'admin/class-admin-settings.php';
require TRP_DIR . 'admin/class-admin-mailbox.php';
require TRP_DIR . 'admin/class-admin-dashboard.php';
require TRP_DIR . 'includes/class-plugin.php';

TRP_Plugin::register_hooks();
