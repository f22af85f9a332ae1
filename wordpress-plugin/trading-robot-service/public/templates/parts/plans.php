<?php
/**
 * The cards of the plans.
 *
 * @package TradingRobotService
 *
 * @var array<string, mixed> $data What is printed.
 */

defined( 'ABSPATH' ) || exit;
?>
<div class="trp-plans">
	<?php foreach ( $data['plans'] as $plan ) : ?>
	<article class="trp-plan <?php echo $plan['popular'] ? 'trp-plan--popular' : ''; ?>">
		<?php if ( $plan['popular'] ) : ?>
		<span class="trp-badge"><?php esc_html_e( 'Most popular', 'trading-robot-service' ); ?></span>
		<?php endif; ?>
		<h3 class="trp-plan__title"><?php echo esc_html( $plan['title'] ); ?></h3>
		<p class="trp-plan__price"><?php echo esc_html( $plan['price'] ); ?> <small>/ <?php echo esc_html( $plan['interval'] ); ?></small></p>
		<ul class="trp-plan__features">
			<?php foreach ( $plan['features'] as $line ) : ?>
			<li><?php echo esc_html( $line ); ?></li>
			<?php endforeach; ?>
		</ul>
		<?php if ( $plan['free'] ) : ?>
		<a class="trp-button trp-button--primary" href="<?php echo esc_url( TRP_Pages::url( 'dashboard' ) ); ?>"><?php esc_html_e( 'Start Free', 'trading-robot-service' ); ?></a>
		<?php else : ?>
		<p class="trp-plan__meta"><?php esc_html_e( 'Every account starts on Free.', 'trading-robot-service' ); ?></p>
		<?php endif; ?>
	</article>
	<?php endforeach; ?>
</div>
