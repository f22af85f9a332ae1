<?php
/**
 * The public record: figures, charts of one robot, leaderboard, published days.
 *
 * @package TradingRobotService
 *
 * @var array<string, mixed> $data What is printed.
 */

defined( 'ABSPATH' ) || exit;

$query    = array_intersect_key( $data, array_flip( array( 'period', 'mode', 'sort', 'place' ) ) );
$endpoint = add_query_arg( $query, rest_url( TRP_Rest_Api::BASE . '/public/leaderboard' ) );
$choice   = static fn( string $name, string $value ): string => add_query_arg( array( $name => $value, 'place' => false ) );
?>
<div class="trp trp-view-performance">
	<section class="trp-section trp-record__top">
		<h1 class="trp-section__title"><?php esc_html_e( 'Performance, in the open', 'trading-robot-service' ); ?></h1>
		<p class="trp-lead"><?php esc_html_e( 'The record of every robot that this service runs itself, from its first trade on, and of users who take part. Losing trades are in it too, and robots that were withdrawn stay.', 'trading-robot-service' ); ?></p>
		<div class="trp-record__bar">
			<nav class="trp-tabs" aria-label="<?php esc_attr_e( 'Period', 'trading-robot-service' ); ?>">
				<?php foreach ( TRP_Performance_Tracker::period_names() as $period => $name ) : ?>
				<a href="<?php echo esc_url( $choice( 'period', $period ) ); ?>" <?php echo $period === $data['period'] ? 'aria-current="page"' : ''; ?>><?php echo esc_html( $name ); ?></a>
				<?php endforeach; ?>
			</nav>
			<nav class="trp-segments" aria-label="<?php esc_attr_e( 'Kind of trading', 'trading-robot-service' ); ?>">
				<?php foreach ( TRP_Performance_Tracker::mode_names() as $mode => $name ) : ?>
				<a href="<?php echo esc_url( $choice( 'mode', $mode ) ); ?>" <?php echo $mode === $data['mode'] ? 'aria-current="true"' : ''; ?>><?php echo esc_html( $name ); ?></a>
				<?php endforeach; ?>
			</nav>
		</div>
	</section>
	<?php if ( ! $data['known'] ) : ?>
		<?php TRP_Shortcodes::part( 'unavailable', array( 'what' => __( 'The record cannot be shown right now.', 'trading-robot-service' ) ) ); ?>
	<?php elseif ( array() === $data['entries'] ) : ?>
	<section class="trp-section">
		<?php TRP_Shortcodes::part( 'asof', $data ); ?>
		<div class="trp-card trp-empty">
			<h2><?php 'live' === $data['mode'] ? esc_html_e( 'No live record in this period', 'trading-robot-service' ) : esc_html_e( 'No closed trades in this period', 'trading-robot-service' ); ?></h2>
			<p><?php esc_html_e( 'A record appears here with the first trade it closes in the period.', 'trading-robot-service' ); ?></p>
		</div>
		<p class="trp-disclosure"><?php echo esc_html( $data['statement'] ); ?></p>
	</section>
	<?php else : ?>
	<section class="trp-section" data-trp-live="leaderboard" data-endpoint="<?php echo esc_url( $endpoint ); ?>">
		<?php TRP_Shortcodes::part( 'asof', $data ); ?>
		<?php TRP_Shortcodes::part( 'kpis', $data ); ?>
		<?php TRP_Shortcodes::part( 'record', $data ); ?>
		<div class="trp-section__head trp-record__head" id="leaderboard">
			<h2><?php esc_html_e( 'Leaderboard', 'trading-robot-service' ); ?></h2>
			<?php TRP_Shortcodes::part( 'badge', $data ); ?>
		</div>
		<?php TRP_Shortcodes::part( 'leaderboard', $data ); ?>
		<?php TRP_Shortcodes::part( 'pages', $data ); ?>
		<p class="trp-disclosure"><?php echo esc_html( $data['statement'] ); ?></p>
	</section>
	<?php endif; ?>
	<?php TRP_Shortcodes::part( 'chain', array( 'days' => $data['chain']['days'] ?? array() ) ); ?>
	<section class="trp-section trp-section--centered">
		<h2 class="trp-section__title"><?php esc_html_e( 'See Your Performance', 'trading-robot-service' ); ?></h2>
		<p class="trp-lead"><?php esc_html_e( 'Your own bots get the same figures on your dashboard, from the first alert on.', 'trading-robot-service' ); ?></p>
		<p><a class="trp-button trp-button--primary" href="<?php echo esc_url( TRP_Pages::url( 'dashboard' ) . '#/performance' ); ?>"><?php esc_html_e( 'Open the dashboard', 'trading-robot-service' ); ?></a></p>
	</section>
</div>
