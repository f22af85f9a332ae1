<?php
/**
 * The cards of the plans. What is the reader's own is filled in by the script.
 *
 * @package TradingRobotService
 *
 * @var array<string, mixed> $data What is printed.
 */

defined( 'ABSPATH' ) || exit;

$dashboard = TRP_Pages::url( 'dashboard' );
?>
<div class="trp-plans" data-trp-personal="<?php echo esc_attr( (string) wp_json_encode( TRP_Subscription_Manager::personal() ) ); ?>">
	<?php foreach ( $data['plans'] as $plan ) : ?>
	<article class="trp-plan <?php echo $plan['popular'] ? 'trp-plan--popular' : ''; ?>" data-plan="<?php echo esc_attr( $plan['id'] ); ?>" data-title="<?php echo esc_attr( $plan['title'] ); ?>" aria-label="<?php echo esc_attr( $plan['title'] ); ?>"<?php echo $plan['default'] ? ' data-default' : ''; ?><?php echo $plan['popular'] ? ' data-popular' : ''; ?>>
		<?php if ( $plan['popular'] ) : ?>
		<span class="trp-badge"><?php esc_html_e( 'Most popular', 'trading-robot-service' ); ?></span>
		<?php endif; ?>
		<h3 class="trp-plan__title"><?php echo esc_html( $plan['title'] ); ?></h3>
		<p class="trp-plan__price"><?php echo esc_html( $plan['price'] ); ?> <small>/ <?php echo esc_html( $plan['interval'] ); ?></small></p>
		<p class="trp-plan__own" data-trp-own hidden></p>
		<?php if ( $plan['trial'] > 0 ) : ?>
		<p class="trp-plan__meta">
			<?php
			/* translators: %s: number of days. */
			echo esc_html( sprintf( _n( '%s day free, then paid each month.', '%s days free, then paid each month.', $plan['trial'], 'trading-robot-service' ), number_format_i18n( $plan['trial'] ) ) );
			?>
		</p>
		<?php endif; ?>
		<?php if ( $plan['contact'] ) : ?>
		<a class="trp-button" data-trp-action href="<?php echo esc_url( $dashboard . '#/subscription/to/' . $plan['id'] ); ?>"><?php esc_html_e( 'Subscribe now', 'trading-robot-service' ); ?></a>
		<button type="button" class="trp-plan__contact" data-trp-contact aria-haspopup="dialog" hidden><?php echo esc_html( $plan['action'] ); ?></button>
		<?php else : ?>
		<a class="trp-button <?php echo $plan['popular'] ? 'trp-button--primary' : ''; ?>" data-trp-action href="<?php echo esc_url( $plan['default'] ? $dashboard . '#sign-up' : $dashboard . '#/subscription/to/' . $plan['id'] ); ?>"><?php echo esc_html( $plan['action'] ); ?></a>
		<?php endif; ?>
		<ul class="trp-plan__features">
			<?php foreach ( $plan['features'] as $line ) : ?>
			<li><?php echo esc_html( $line['label'] ); ?><?php if ( '' !== $line['value'] ) : ?> <strong><?php echo esc_html( $line['value'] ); ?></strong><?php endif; ?></li>
			<?php endforeach; ?>
		</ul>
	</article>
	<?php endforeach; ?>
</div>
