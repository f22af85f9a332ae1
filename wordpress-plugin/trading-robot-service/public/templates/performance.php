<?php
/**
 * The public record: figures, leaderboard, charts of the leading robot.
 *
 * @package TradingRobotService
 *
 * @var array<string, mixed> $data What is printed.
 */

defined( 'ABSPATH' ) || exit;

$endpoint = add_query_arg( 'period', $data['period'], rest_url( TRP_Rest_Api::BASE . '/public/leaderboard' ) );
?>
<div class="trp trp-view-performance">
	<section class="trp-section" style="padding-bottom: 0">
		<h1 class="trp-section__title"><?php esc_html_e( 'Performance, in the open', 'trading-robot-service' ); ?></h1>
		<p class="trp-lead"><?php esc_html_e( 'The record of every robot that this service runs itself, from its first trade on. Losing trades are in it too.', 'trading-robot-service' ); ?></p>
		<nav class="trp-tabs" aria-label="<?php esc_attr_e( 'Period', 'trading-robot-service' ); ?>">
			<?php foreach ( TRP_Performance_Tracker::period_names() as $period => $name ) : ?>
			<a href="<?php echo esc_url( add_query_arg( 'period', $period ) ); ?>" <?php echo $period === $data['period'] ? 'aria-current="page"' : ''; ?>><?php echo esc_html( $name ); ?></a>
			<?php endforeach; ?>
		</nav>
	</section>
	<?php if ( ! $data['known'] ) : ?>
		<?php TRP_Shortcodes::part( 'unavailable', array( 'what' => __( 'The record cannot be shown right now.', 'trading-robot-service' ) ) ); ?>
	<?php elseif ( array() === $data['entries'] ) : ?>
	<section class="trp-section">
		<?php TRP_Shortcodes::part( 'asof', $data ); ?>
		<div class="trp-empty">
			<h2><?php esc_html_e( 'No closed trades in this period', 'trading-robot-service' ); ?></h2>
			<p><?php esc_html_e( 'A robot appears here with the first trade it closes in the period.', 'trading-robot-service' ); ?></p>
		</div>
	</section>
	<?php else : ?>
	<section class="trp-section" data-trp-live="leaderboard" data-endpoint="<?php echo esc_url( $endpoint ); ?>">
		<?php TRP_Shortcodes::part( 'asof', $data ); ?>
		<?php TRP_Shortcodes::part( 'kpis', $data ); ?>
		<h2 class="trp-section__title" style="margin-top: 32px"><?php esc_html_e( 'Leaderboard', 'trading-robot-service' ); ?></h2>
		<?php TRP_Shortcodes::part( 'leaderboard', $data ); ?>
		<p class="trp-disclosure"><?php echo esc_html( $data['statement'] ); ?></p>
	</section>
	<section class="trp-section">
		<div class="trp-section__head">
			<h2 class="trp-section__title"><?php echo esc_html( (string) ( $data['leader']['name'] ?? '' ) ); ?></h2>
			<?php TRP_Shortcodes::part( 'badge', array( 'mode' => $data['leader']['mode'] ?? 'paper' ) ); ?>
		</div>
		<?php if ( array() === $data['charts'] ) : ?>
		<div class="trp-empty">
			<h3><?php esc_html_e( 'The history is still short', 'trading-robot-service' ); ?></h3>
			<p><?php esc_html_e( 'A chart needs at least two equity points; they are taken as the robot trades.', 'trading-robot-service' ); ?></p>
		</div>
		<?php endif; ?>
		<?php if ( array() !== $data['charts'] ) : ?>
		<div class="trp-card">
			<?php
			foreach ( $data['charts'] as $chart ) {
				TRP_Shortcodes::part( 'chart', $chart );
			}
			?>
		</div>
		<?php endif; ?>
	</section>
	<?php endif; ?>
	<section class="trp-section trp-section--centered">
		<h2 class="trp-section__title"><?php esc_html_e( 'See Your Performance', 'trading-robot-service' ); ?></h2>
		<p class="trp-lead"><?php esc_html_e( 'Your own bots get the same figures on your dashboard, from the first alert on.', 'trading-robot-service' ); ?></p>
		<p><a class="trp-button trp-button--primary" href="<?php echo esc_url( TRP_Pages::url( 'dashboard' ) ); ?>"><?php esc_html_e( 'Open the dashboard', 'trading-robot-service' ); ?></a></p>
	</section>
</div>
