<?php
/**
 * One mail: as its recipient sees it, and as text.
 *
 * @package TradingRobotService
 *
 * @var array<string, string> $mail The mail.
 */

defined( 'ABSPATH' ) || exit;
$links = array(
	'a' => array(
		'href' => array(),
		'rel'  => array(),
	),
);
?>
<div class="wrap">
	<h1><?php echo esc_html( $mail['subject'] ); ?></h1>
	<p><a href="<?php echo esc_url( TRP_Admin_Mailbox::url() ); ?>">&larr; <?php esc_html_e( 'All mails', 'trading-robot-service' ); ?></a></p>
	<p>
		<?php
		/* translators: 1: email address, 2: date and time. */
		echo esc_html( sprintf( __( 'To %1$s, written %2$s', 'trading-robot-service' ), $mail['to'], TRP_Admin_Mailbox::local_time( $mail['created_at'] ) ) );
		?>
	</p>
	<?php if ( '' !== $mail['html'] ) : ?>
		<?php // esc_attr() leaves entities as they are, and the frame would read them as markup; esc_textarea() escapes every one. ?>
		<iframe sandbox="" title="<?php esc_attr_e( 'The mail', 'trading-robot-service' ); ?>" style="width: 100%; max-width: 48rem; height: 36rem; background: #fff; border: 1px solid #c3c4c7" srcdoc="<?php echo esc_textarea( $mail['html'] ); ?>"></iframe>
	<?php endif; ?>
	<h2><?php esc_html_e( 'As text', 'trading-robot-service' ); ?></h2>
	<pre style="max-width: 48rem; padding: 1em; background: #fff; border: 1px solid #c3c4c7; white-space: pre-wrap; overflow-wrap: anywhere"><?php echo wp_kses( make_clickable( esc_html( $mail['text'] ) ), $links ); ?></pre>
</div>
