<?php
/**
 * When the figures were read, and whether the service answers.
 *
 * @package TradingRobotService
 *
 * @var array<string, mixed> $data What is printed.
 */

defined( 'ABSPATH' ) || exit;

if ( 0 === $data['as_of'] ) {
	return;
}
/* translators: %s: time of day. */
$as_of = sprintf( __( 'As of %s', 'trading-robot-service' ), TRP_Format::time( $data['as_of'] ) );
?>
<?php if ( $data['stale'] ) : ?>
<div class="trp-notice trp-notice--warn" role="status">
	<p><?php esc_html_e( 'The trading service is not answering right now. What you see is the last answer it gave.', 'trading-robot-service' ); ?></p>
</div>
<?php endif; ?>
<p class="trp-asof"><time data-trp-asof datetime="<?php echo esc_attr( gmdate( 'c', $data['as_of'] ) ); ?>"><?php echo esc_html( $as_of ); ?></time></p>
