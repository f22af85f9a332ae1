<?php
/**
 * The settings page.
 *
 * @package TradingRobotService
 *
 * @var array<string, mixed> $settings The settings.
 * @var array<string, mixed> $state    The connection.
 */

defined( 'ABSPATH' ) || exit;
$option = TRP_Settings::OPTION;
?>
<div class="wrap">
	<h1><?php esc_html_e( 'Trading Robot Service', 'trading-robot-service' ); ?></h1>
	<?php settings_errors( $option ); ?>
	<form method="post" action="options.php">
		<?php settings_fields( TRP_Settings::GROUP ); ?>
		<table class="form-table" role="presentation">
			<tr>
				<th scope="row"><label for="trp-base-url"><?php esc_html_e( 'API address', 'trading-robot-service' ); ?></label></th>
				<td>
					<input type="url" class="regular-text code" id="trp-base-url" name="<?php echo esc_attr( $option ); ?>[base_url]" value="<?php echo esc_attr( $settings['base_url'] ); ?>" placeholder="https://api.example.com">
					<p class="description"><?php esc_html_e( 'Where the trading service answers. It has to be https, except on this machine.', 'trading-robot-service' ); ?></p>
				</td>
			</tr>
			<tr>
				<th scope="row"><label for="trp-browser-url"><?php esc_html_e( 'Address for browsers', 'trading-robot-service' ); ?></label></th>
				<td>
					<input type="url" class="regular-text code" id="trp-browser-url" name="<?php echo esc_attr( $option ); ?>[browser_url]" value="<?php echo esc_attr( $settings['browser_url'] ); ?>" placeholder="<?php echo esc_attr( $settings['base_url'] ); ?>">
					<p class="description"><?php esc_html_e( 'Where a user signs in to the trading service to connect an account. Leave empty if it is the API address.', 'trading-robot-service' ); ?></p>
				</td>
			</tr>
			<tr>
				<th scope="row"><?php esc_html_e( 'New accounts', 'trading-robot-service' ); ?></th>
				<td><label><input type="checkbox" name="<?php echo esc_attr( $option ); ?>[sign_up]" value="1" <?php checked( $settings['sign_up'] ); ?>> <?php esc_html_e( 'Visitors may make an account on the dashboard page', 'trading-robot-service' ); ?></label></td>
			</tr>
			<tr>
				<th scope="row"><label for="trp-statement"><?php esc_html_e( 'Statement beside results', 'trading-robot-service' ); ?></label></th>
				<td>
					<textarea class="large-text" rows="5" id="trp-statement" name="<?php echo esc_attr( $option ); ?>[statement]" placeholder="<?php echo esc_attr( TRP_Settings::default_statement() ); ?>"><?php echo esc_textarea( $settings['statement'] ); ?></textarea>
					<p class="description"><?php esc_html_e( 'Leave empty for the statement of CFTC rule 4.41.', 'trading-robot-service' ); ?></p>
				</td>
			</tr>
			<tr>
				<th scope="row"><?php esc_html_e( 'Uninstall', 'trading-robot-service' ); ?></th>
				<td><label><input type="checkbox" name="<?php echo esc_attr( $option ); ?>[remove_data]" value="1" <?php checked( $settings['remove_data'] ); ?>> <?php esc_html_e( 'Remove settings, pages and identifiers when the plugin is deleted', 'trading-robot-service' ); ?></label></td>
			</tr>
		</table>
		<?php submit_button(); ?>
	</form>

	<h2><?php esc_html_e( 'Connection', 'trading-robot-service' ); ?></h2>
	<?php if ( $state['connected'] ) : ?>
		<p>
			<?php
			/* translators: 1: site id, 2: list of permissions. */
			echo esc_html( sprintf( __( 'Connected as site %1$s (%2$s).', 'trading-robot-service' ), $state['site_id'], implode( ', ', $state['scopes'] ) ) );
			?>
		</p>
		<?php TRP_Admin_Settings::print_button( 'trp_disconnect', __( 'Disconnect', 'trading-robot-service' ), 'delete' ); ?>
	<?php endif; ?>
	<form method="post" action="<?php echo esc_url( admin_url( 'admin-post.php' ) ); ?>">
		<input type="hidden" name="action" value="trp_connect">
		<?php wp_nonce_field( 'trp_connect' ); ?>
		<p>
			<label for="trp-code"><?php esc_html_e( 'One-time code', 'trading-robot-service' ); ?></label>
			<input type="text" class="regular-text code" id="trp-code" name="code" autocomplete="off" required>
			<?php submit_button( $state['connected'] ? __( 'Connect again', 'trading-robot-service' ) : __( 'Connect', 'trading-robot-service' ), 'primary', 'submit', false ); ?>
		</p>
		<p class="description"><?php esc_html_e( 'The operator of the trading service makes the code with: trp site add. The site makes a key pair and registers the public half; the private half is stored encrypted here.', 'trading-robot-service' ); ?></p>
	</form>

	<h2><?php esc_html_e( 'Pages', 'trading-robot-service' ); ?></h2>
	<form method="post" action="<?php echo esc_url( admin_url( 'admin-post.php' ) ); ?>">
		<input type="hidden" name="action" value="trp_make_pages">
		<?php wp_nonce_field( 'trp_make_pages' ); ?>
		<p>
			<label><input type="checkbox" name="front_page" value="1"> <?php esc_html_e( 'Show the home page as the front page of this site', 'trading-robot-service' ); ?></label>
		</p>
		<?php submit_button( __( 'Make the pages and the menu', 'trading-robot-service' ), 'secondary', 'submit', false ); ?>
	</form>
</div>
