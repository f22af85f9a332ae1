<?php
/**
 * The plans: cards, comparison, questions.
 *
 * @package TradingRobotService
 *
 * @var array<string, mixed> $data What is printed.
 */

defined( 'ABSPATH' ) || exit;
?>
<div class="trp trp-view-pricing">
	<section class="trp-hero trp-hero--short">
		<h1><?php esc_html_e( 'One price for each stage of your trading', 'trading-robot-service' ); ?></h1>
		<p class="trp-lead"><?php esc_html_e( 'Every account starts free: no credit card, no time limit. Each plan says exactly how many bots, alerts and robots it holds.', 'trading-robot-service' ); ?></p>
	</section>
	<?php if ( array() === $data['plans'] ) : ?>
		<?php TRP_Shortcodes::part( 'unavailable', array( 'what' => __( 'The plans cannot be shown right now.', 'trading-robot-service' ) ) ); ?>
	<?php else : ?>
	<section class="trp-section">
		<?php TRP_Shortcodes::part( 'plans', $data ); ?>
		<?php TRP_Shortcodes::part( 'asof', $data ); ?>
	</section>
	<section class="trp-section">
		<h2 class="trp-section__title" id="trp-compare"><?php esc_html_e( 'Compare the plans', 'trading-robot-service' ); ?></h2>
		<div class="trp-table-wrap" tabindex="0" role="region" aria-labelledby="trp-compare">
			<table class="trp-table trp-table--compare">
				<thead>
					<tr>
						<th scope="col"><?php esc_html_e( 'What you get', 'trading-robot-service' ); ?></th>
						<?php foreach ( $data['plans'] as $plan ) : ?>
						<th scope="col" class="<?php echo $plan['popular'] ? 'is-popular' : ''; ?>"><?php echo esc_html( $plan['title'] ); ?></th>
						<?php endforeach; ?>
					</tr>
				</thead>
				<tbody>
					<tr>
						<th scope="row"><?php esc_html_e( 'Price a month', 'trading-robot-service' ); ?></th>
						<?php foreach ( $data['plans'] as $plan ) : ?>
						<td class="<?php echo $plan['popular'] ? 'is-popular' : ''; ?>"><?php echo esc_html( $plan['price'] ); ?></td>
						<?php endforeach; ?>
					</tr>
					<?php foreach ( $data['rows'] as $row ) : ?>
					<tr>
						<th scope="row"><?php echo esc_html( $row['label'] ); ?></th>
						<?php foreach ( $row['values'] as $place => $value ) : ?>
						<td class="<?php echo $data['plans'][ $place ]['popular'] ? 'is-popular' : ''; ?>"><?php if ( is_bool( $value ) ) : ?><span class="<?php echo $value ? 'trp-yes' : 'trp-no'; ?>" aria-hidden="true"></span><span class="trp-visually-hidden"><?php echo esc_html( $value ? __( 'Yes', 'trading-robot-service' ) : __( 'No', 'trading-robot-service' ) ); ?></span><?php else : ?><?php echo esc_html( $value ); ?><?php endif; ?></td>
						<?php endforeach; ?>
					</tr>
					<?php endforeach; ?>
				</tbody>
			</table>
		</div>
	</section>
	<?php endif; ?>
	<section class="trp-section">
		<h2 class="trp-section__title"><?php esc_html_e( 'Questions', 'trading-robot-service' ); ?></h2>
		<div class="trp-faq">
			<details>
				<summary><?php esc_html_e( 'Do I need a credit card to start?', 'trading-robot-service' ); ?></summary>
				<p><?php esc_html_e( 'No. An account needs an email address and a password. It starts free and stays so without a time limit.', 'trading-robot-service' ); ?></p>
			</details>
			<details>
				<summary><?php esc_html_e( 'What is paper trading?', 'trading-robot-service' ); ?></summary>
				<p><?php esc_html_e( 'Your bot places simulated orders with simulated money. Each fill pays a spread, slippage and fees, so that the result is closer to a real account than a plain chart. No money is at risk.', 'trading-robot-service' ); ?></p>
			</details>
			<details>
				<summary><?php esc_html_e( 'Can a bot trade with real money?', 'trading-robot-service' ); ?></summary>
				<p><?php esc_html_e( 'Yes, at your own account at Alpaca or Coinbase, with a plan that includes live trading. You add keys that can trade but never withdraw, and confirm the account, the bot and its largest daily loss before it starts.', 'trading-robot-service' ); ?></p>
			</details>
			<details>
				<summary><?php esc_html_e( 'What counts as an alert?', 'trading-robot-service' ); ?></summary>
				<p><?php esc_html_e( 'Each message that TradingView, or any program of yours, sends to the webhook address of a bot. The daily number is for all your bots together.', 'trading-robot-service' ); ?></p>
			</details>
			<details>
				<summary><?php esc_html_e( 'What happens when I reach a limit?', 'trading-robot-service' ); ?></summary>
				<p><?php esc_html_e( 'The dashboard says which limit it is and which plan lifts it, and you are told when four fifths of a day\'s alerts are used. What runs already goes on running; nothing is deleted.', 'trading-robot-service' ); ?></p>
			</details>
			<details>
				<summary><?php esc_html_e( 'Can I change my plan?', 'trading-robot-service' ); ?></summary>
				<p><?php esc_html_e( 'At any time. A larger plan works at once, and only the difference for the rest of the month is charged; you see the amount before you agree. A smaller one begins with the next month.', 'trading-robot-service' ); ?></p>
			</details>
			<details>
				<summary><?php esc_html_e( 'What happens to my bots on a smaller plan?', 'trading-robot-service' ); ?></summary>
				<p><?php esc_html_e( 'Those beyond its number are paused, never deleted, and you choose which ones stay. What a paused bot holds stays guarded by its stops.', 'trading-robot-service' ); ?></p>
			</details>
			<details>
				<summary><?php esc_html_e( 'How do I cancel?', 'trading-robot-service' ); ?></summary>
				<p><?php esc_html_e( 'In the dashboard, with two clicks. Everything works until the end of the month that is paid for, and until then you can take it back.', 'trading-robot-service' ); ?></p>
			</details>
			<details>
				<summary><?php esc_html_e( 'What if a payment fails?', 'trading-robot-service' ); ?></summary>
				<p><?php esc_html_e( 'Everything goes on working for some days, and the dashboard and a mail say until when. After that live bots open nothing new; what they hold stays guarded. With the payment all of it comes back.', 'trading-robot-service' ); ?></p>
			</details>
			<details>
				<summary><?php esc_html_e( 'Who sees my card?', 'trading-robot-service' ); ?></summary>
				<p><?php esc_html_e( 'Only Stripe. You pay on a page of theirs, and this site never gets the number.', 'trading-robot-service' ); ?></p>
			</details>
		</div>
	</section>
</div>
