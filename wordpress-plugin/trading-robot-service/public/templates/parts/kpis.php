<?php
/**
 * Key figures in a row.
 *
 * @package TradingRobotService
 *
 * @var array<string, mixed> $data What is printed.
 */

defined( 'ABSPATH' ) || exit;
?>
<dl class="trp-kpis">
	<?php foreach ( $data['kpis'] as $kpi ) : ?>
	<div class="trp-kpi">
		<dt class="trp-kpi__label"><?php echo esc_html( $kpi['label'] ); ?></dt>
		<dd class="trp-kpi__value"><span class="<?php echo esc_attr( $kpi['tone'] ); ?>"><?php echo esc_html( $kpi['value'] ); ?></span></dd>
		<dd class="trp-kpi__note"><?php echo esc_html( $kpi['note'] ); ?></dd>
	</div>
	<?php endforeach; ?>
</dl>
