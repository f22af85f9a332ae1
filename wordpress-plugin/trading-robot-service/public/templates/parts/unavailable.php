<?php
/**
 * What is shown when there is no answer at all.
 *
 * @package TradingRobotService
 *
 * @var array<string, mixed> $data What is printed.
 */

defined( 'ABSPATH' ) || exit;
?>
<section class="trp-section">
	<div class="trp-notice trp-notice--error" role="status">
		<p><strong><?php echo esc_html( $data['what'] ); ?></strong> <?php esc_html_e( 'The trading service did not answer and no earlier answer is kept here. The rest of this site works.', 'trading-robot-service' ); ?></p>
		<a class="trp-button trp-button--small" href=""><?php esc_html_e( 'Try again', 'trading-robot-service' ); ?></a>
	</div>
</section>
