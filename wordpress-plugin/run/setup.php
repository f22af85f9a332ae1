<?php
/**
 * Sets the site up; run inside WordPress by start.mjs at each start. Every step can be repeated.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

require '/wordpress/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/plugin.php';
require_once ABSPATH . 'wp-admin/includes/user.php';

$given = json_decode( (string) getenv( 'TRP_SETUP' ), true );

$admin = get_user_by( 'login', 'admin' );
if ( $admin && ! wp_check_password( $given['admin_password'], $admin->user_pass, $admin->ID ) ) {
	wp_set_password( $given['admin_password'], $admin->ID );
}
echo "done\n";
