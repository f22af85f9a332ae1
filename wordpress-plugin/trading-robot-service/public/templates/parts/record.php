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
	<?php endif; ?>
<?php endif; ?>
