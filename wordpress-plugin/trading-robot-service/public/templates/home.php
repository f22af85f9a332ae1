<?php
/**
 * The home page: promise, value, proof, plans.
 *
 * @package TradingRobotService
 *
 * @var array<string, mixed> $data What is printed.
 */

defined( 'ABSPATH' ) || exit;

$leader = $data['leader'];
?>
<div class="trp trp-view-home">
	<section class="trp-hero">
		<h1><?php esc_html_e( 'Automated Trading Robots That Actually Work', 'trading-robot-service' ); ?></h1>
		<p class="trp-lead"><?php esc_html_e( 'Turn TradingView alerts into orders, let ready-made robots trade on paper, and see every result: each trade, each fee, each loss.', 'trading-robot-service' ); ?></p>
		<p class="trp-actions">
			<a class="trp-button trp-button--primary trp-button--large" href="<?php echo esc_url( TRP_Pages::url( 'dashboard' ) ); ?>"><?php esc_html_e( 'Start Free', 'trading-robot-service' ); ?></a>
			<a class="trp-button trp-button--large" href="<?php echo esc_url( TRP_Pages::url( 'pricing' ) ); ?>"><?php esc_html_e( 'View Pricing', 'trading-robot-service' ); ?></a>
			<a class="trp-button trp-button--ghost trp-button--large" href="<?php echo esc_url( TRP_Pages::url( 'performance' ) ); ?>"><?php esc_html_e( 'See Performance', 'trading-robot-service' ); ?></a>
		</p>
		<?php if ( array() !== $data['kpis'] ) : ?>
			<?php TRP_Shortcodes::part( 'kpis', $data ); ?>
		<?php endif; ?>
	</section>
	<section class="trp-section">
		<h2 class="trp-section__title"><?php esc_html_e( 'Built to be checked', 'trading-robot-service' ); ?></h2>
		<div class="trp-grid">
			<article class="trp-card">
				<h3 class="trp-card__title"><?php esc_html_e( 'Performance tracking', 'trading-robot-service' ); ?></h3>
				<p class="trp-card__body"><?php esc_html_e( 'Profit factor, Sharpe ratio, drawdown and win rate from your real fills, net of fees, by day, week, month and in all.', 'trading-robot-service' ); ?></p>
			</article>
			<article class="trp-card">
				<h3 class="trp-card__title"><?php esc_html_e( 'Your strategy or ours', 'trading-robot-service' ); ?></h3>
				<p class="trp-card__body"><?php esc_html_e( 'Point a TradingView alert at your bot\'s webhook, or choose a robot from the marketplace. Stocks and crypto.', 'trading-robot-service' ); ?></p>
			</article>
			<article class="trp-card">
				<h3 class="trp-card__title"><?php esc_html_e( 'Risk limits on every order', 'trading-robot-service' ); ?></h3>
				<p class="trp-card__body"><?php esc_html_e( 'Position size, open positions, daily loss, stop loss and take profit are checked before an order leaves.', 'trading-robot-service' ); ?></p>
			</article>
		</div>
	</section>
	<?php if ( null !== $leader ) : ?>
	<section class="trp-section">
		<div class="trp-section__head">
			<h2 class="trp-section__title"><?php esc_html_e( 'The record so far', 'trading-robot-service' ); ?></h2>
			<?php TRP_Shortcodes::part( 'badge', array( 'mode' => $leader['mode'] ?? 'paper' ) ); ?>
		</div>
		<?php TRP_Shortcodes::part( 'asof', $data ); ?>
		<?php if ( array() !== $data['charts'] ) : ?>
		<div class="trp-card">
			<?php TRP_Shortcodes::part( 'chart', $data['charts'][0] ); ?>
		</div>
		<?php endif; ?>
		<div style="margin-top: 24px">
			<?php TRP_Shortcodes::part( 'leaderboard', array( 'entries' => array_slice( $data['entries'], 0, 3 ) ) ); ?>
		</div>
		<p class="trp-disclosure"><?php echo esc_html( $data['statement'] ); ?></p>
	</section>
	<?php endif; ?>
	<?php if ( array() !== $data['plans'] ) : ?>
	<section class="trp-section">
		<h2 class="trp-section__title"><?php esc_html_e( 'Plans', 'trading-robot-service' ); ?></h2>
		<?php TRP_Shortcodes::part( 'plans', $data ); ?>
	</section>
	<?php endif; ?>
</div>
