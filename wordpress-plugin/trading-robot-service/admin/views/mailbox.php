<?php
/**
 * The mailbox: a list of mails.
 *
 * @package TradingRobotService
 *
 * @var array<int, array<string, string>>|WP_Error $mails The mails, or why there are none to show.
 */

defined( 'ABSPATH' ) || exit;
?>
<div class="wrap">
	<h1><?php esc_html_e( 'Mailbox', 'trading-robot-service' ); ?></h1>
	<p><?php esc_html_e( 'Mails of the trading service to its users. It has no mail server, so they can be read here and go nowhere else.', 'trading-robot-service' ); ?></p>
	<?php if ( is_wp_error( $mails ) ) : ?>
		<div class="notice notice-<?php echo 'mail_is_sent' === $mails->get_error_code() ? 'info' : 'error'; ?> inline"><p><?php echo esc_html( $mails->get_error_message() ); ?></p></div>
	<?php elseif ( array() === $mails ) : ?>
		<div class="notice notice-info inline"><p><?php esc_html_e( 'There are no mails yet. The first comes when someone signs up or changes something about an account.', 'trading-robot-service' ); ?></p></div>
	<?php else : ?>
		<table class="widefat striped" style="max-width: 70rem">
			<thead>
				<tr>
					<th scope="col"><?php esc_html_e( 'Subject', 'trading-robot-service' ); ?></th>
					<th scope="col"><?php esc_html_e( 'To', 'trading-robot-service' ); ?></th>
					<th scope="col"><?php esc_html_e( 'Written', 'trading-robot-service' ); ?></th>
				</tr>
			</thead>
			<tbody>
				<?php foreach ( $mails as $one ) : ?>
					<tr>
						<td><a href="<?php echo esc_url( TRP_Admin_Mailbox::url( $one['id'] ) ); ?>"><?php echo esc_html( $one['subject'] ); ?></a></td>
						<td><?php echo esc_html( $one['to'] ); ?></td>
						<td><?php echo esc_html( TRP_Admin_Mailbox::local_time( $one['created_at'] ) ); ?></td>
					</tr>
				<?php endforeach; ?>
			</tbody>
		</table>
	<?php endif; ?>
</div>
