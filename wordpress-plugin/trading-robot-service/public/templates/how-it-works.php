<?php
/**
 * How the service works, in four parts.
 *
 * @package TradingRobotService
 *
 * @var array<string, mixed> $data What is printed.
 */

defined( 'ABSPATH' ) || exit;
?>
<div class="trp trp-view-how-it-works">
	<section class="trp-hero">
		<h1><?php esc_html_e( 'From an alert to a recorded trade', 'trading-robot-service' ); ?></h1>
		<p class="trp-lead"><?php esc_html_e( 'What happens between a signal and the figures on your dashboard.', 'trading-robot-service' ); ?></p>
	</section>
	<section class="trp-section" id="robots">
		<h2 class="trp-section__title"><?php esc_html_e( 'Robots and alerts', 'trading-robot-service' ); ?></h2>
		<ol class="trp-steps">
			<li>
				<h3><?php esc_html_e( 'A signal arrives', 'trading-robot-service' ); ?></h3>
				<p><?php esc_html_e( 'From a TradingView alert at your bot\'s webhook address, or from a robot that watches the market\'s bars. It is stored before it is answered.', 'trading-robot-service' ); ?></p>
			</li>
			<li>
				<h3><?php esc_html_e( 'It becomes one order', 'trading-robot-service' ); ?></h3>
				<p><?php esc_html_e( 'The signal is read, sized by your settings and checked against your limits. The same alert sent twice does not trade twice.', 'trading-robot-service' ); ?></p>
			</li>
			<li>
				<h3><?php esc_html_e( 'It trades on paper, or at your broker', 'trading-robot-service' ); ?></h3>
				<p><?php esc_html_e( 'On paper it fills at market prices with spread, slippage and fees, and no money is at risk. Once you trust a bot, it can trade at your own account at Alpaca or Coinbase, with a plan that includes live trading.', 'trading-robot-service' ); ?></p>
			</li>
			<li>
				<h3><?php esc_html_e( 'You see all of it', 'trading-robot-service' ); ?></h3>
				<p><?php esc_html_e( 'Each signal has a log of its steps, with the reason when an order was refused.', 'trading-robot-service' ); ?></p>
			</li>
		</ol>
	</section>
	<section class="trp-section" id="tracking">
		<h2 class="trp-section__title"><?php esc_html_e( 'How results are measured', 'trading-robot-service' ); ?></h2>
		<p class="trp-lead"><?php esc_html_e( 'A trade counts when its position is closed, with fees taken off. Drawdown is measured from the highest equity before it. A figure that cannot be computed yet, such as a ratio from a single day, is shown as a dash and not as zero.', 'trading-robot-service' ); ?></p>
		<p><a class="trp-button" href="<?php echo esc_url( TRP_Pages::url( 'performance' ) ); ?>"><?php esc_html_e( 'See the public record', 'trading-robot-service' ); ?></a></p>
	</section>
	<section class="trp-section" id="risk">
		<h2 class="trp-section__title"><?php esc_html_e( 'Risk', 'trading-robot-service' ); ?></h2>
		<p class="trp-lead"><?php esc_html_e( 'Each bot can carry a largest position, a number of open positions, a daily loss limit, a stop loss and a take profit. An order that breaks a limit is refused and the log says which one. None of this removes the risk of loss.', 'trading-robot-service' ); ?></p>
		<p class="trp-disclosure"><?php echo esc_html( $data['statement'] ); ?></p>
	</section>
	<section class="trp-section" id="start">
		<h2 class="trp-section__title"><?php esc_html_e( 'Getting started', 'trading-robot-service' ); ?></h2>
		<ol class="trp-steps">
			<li>
				<h3><?php esc_html_e( 'Make an account', 'trading-robot-service' ); ?></h3>
				<p><?php esc_html_e( 'An email address and a password of at least 12 characters. It starts free.', 'trading-robot-service' ); ?></p>
			</li>
			<li>
				<h3><?php esc_html_e( 'Make a bot', 'trading-robot-service' ); ?></h3>
				<p><?php esc_html_e( 'Choose the market, the size of a trade and the limits; then copy its webhook address into TradingView, or choose a robot.', 'trading-robot-service' ); ?></p>
			</li>
			<li>
				<h3><?php esc_html_e( 'Watch the paper trade', 'trading-robot-service' ); ?></h3>
				<p><?php esc_html_e( 'The trade, the equity curve and the figures appear on your dashboard by themselves.', 'trading-robot-service' ); ?></p>
			</li>
		</ol>
		<p class="trp-actions" style="margin-top: 28px"><a class="trp-button trp-button--primary" href="<?php echo esc_url( TRP_Pages::url( 'dashboard' ) ); ?>"><?php esc_html_e( 'Start Free', 'trading-robot-service' ); ?></a></p>
	</section>
</div>
