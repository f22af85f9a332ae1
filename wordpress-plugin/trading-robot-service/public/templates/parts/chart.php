<?php
/**
 * One chart as a figure with its sentence and its data table; the script draws it.
 *
 * @package TradingRobotService
 *
 * @var array<string, mixed> $data What is printed.
 */

defined( 'ABSPATH' ) || exit;

$is_money = '$' === $data['unit'];
$is_timed = 'distribution' !== $data['kind'];
?>
<figure class="trp-chart" data-kind="<?php echo esc_attr( $data['kind'] ); ?>" <?php echo $is_timed ? 'data-sync="record"' : ''; ?> data-chart="<?php echo esc_attr( (string) wp_json_encode( $data ) ); ?>">
	<figcaption><?php echo esc_html( $data['summary'] ); ?></figcaption>
	<?php if ( $is_timed ) : ?>
	<details>
		<summary><?php esc_html_e( 'Data table', 'trading-robot-service' ); ?></summary>
		<div class="trp-table-wrap" tabindex="0">
			<table class="trp-table trp-table--compact">
				<thead>
					<tr>
						<th scope="col"><?php esc_html_e( 'Time', 'trading-robot-service' ); ?></th>
						<th scope="col" class="trp-num"><?php echo esc_html( $data['title'] ); ?></th>
					</tr>
				</thead>
				<tbody>
					<?php foreach ( array_reverse( $data['points'] ) as list( $at, $value ) ) : ?>
					<tr>
						<td><?php echo esc_html( wp_date( 'Y-m-d H:i', $at ) ); ?></td>
						<td class="trp-num"><?php echo esc_html( $is_money ? TRP_Format::money( $value ) : TRP_Format::percent( $value, 2 ) ); ?></td>
					</tr>
					<?php endforeach; ?>
				</tbody>
			</table>
		</div>
	</details>
	<?php endif; ?>
</figure>
