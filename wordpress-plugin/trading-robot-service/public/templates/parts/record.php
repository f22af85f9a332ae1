<?php
/**
 * The charts of one public record.
 *
 * @package TradingRobotService
 *
 * @var array<string, mixed> $data What is printed.
 */

defined( 'ABSPATH' ) || exit;

$charts = $data['charts'];
$leader = (array) $data['leader'];
$cards  = array_filter( array( array_slice( $charts, 0, 2 ), array_slice( $charts, 2, 1 ), array_slice( $charts, 3, 1 ) ) );
?>
<div class="trp-section__head trp-record__head" id="record">
	<h2><?php echo esc_html( (string) ( $data['leader']['name'] ?? '' ) ); ?></h2>
	<?php TRP_Shortcodes::part( 'badge', array( 'mode' => $data['leader']['mode'] ?? 'paper' ) ); ?>
</div>
<?php if ( array() === $charts ) : ?>
<div class="trp-card trp-empty">
	<h3><?php esc_html_e( 'The history is still short', 'trading-robot-service' ); ?></h3>
	<p><?php esc_html_e( 'A chart needs at least two equity points; they are taken as the robot trades. Of users who take part no amounts are shown.', 'trading-robot-service' ); ?></p>
</div>
<?php else : ?>
<div class="trp-record">
	<?php foreach ( $cards as $group ) : ?>
	<div class="trp-card<?php echo 2 === count( $group ) ? ' trp-record__wide' : ''; ?>">
		<?php foreach ( $group as $chart ) : ?>
			<?php TRP_Shortcodes::part( 'chart', $chart ); ?>
		<?php endforeach; ?>
	</div>
	<?php endforeach; ?>
</div>
	<?php if ( count( $charts ) < 4 ) : ?>
<p class="trp-asof"><?php esc_html_e( 'The history is still short: returns and how they are spread are drawn from some days on.', 'trading-robot-service' ); ?></p>
	<?php elseif ( false === ( $leader['ranked'] ?? null ) ) : ?>
<p class="trp-asof">
		<?php
		/* translators: 1: number of round trips, 2: number of days, 3 and 4: how many a rank needs. */
		echo esc_html( sprintf( __( 'The history is still short, and what it shows may be chance: %1$s round trips, %2$s days; a rank needs %3$s and %4$s.', 'trading-robot-service' ), TRP_Format::count( $leader['trade_count'] ?? null ), TRP_Format::count( $leader['days'] ?? null ), TRP_Format::count( $data['minimum'][0] ), TRP_Format::count( $data['minimum'][1] ) ) );
		?>
</p>
	<?php endif; ?>
<?php endif; ?>
