<?php
/**
 * The leaderboard's table; its script keeps the figures current.
 *
 * @package TradingRobotService
 *
 * @var array<string, mixed> $data What is printed.
 */

defined( 'ABSPATH' ) || exit;

$columns = array(
	'trade_count'      => __( 'Trades', 'trading-robot-service' ),
	'win_rate'         => __( 'Win rate', 'trading-robot-service' ),
	'total_pnl'        => __( 'Profit / loss', 'trading-robot-service' ),
	'total_return_pct' => __( 'Return', 'trading-robot-service' ),
	'profit_factor'    => __( 'Profit factor', 'trading-robot-service' ),
	'sharpe_ratio'     => __( 'Sharpe', 'trading-robot-service' ),
	'max_drawdown'     => __( 'Drawdown', 'trading-robot-service' ),
);
$order   = $data['sort'] ?? null;
$sorted  = static fn( string $field ): string => add_query_arg( array( 'sort' => $field, 'place' => false ) ) . '#leaderboard';
$print   = static fn( string $field, mixed $value ): string => match ( $field ) {
	'trade_count'      => TRP_Format::count( $value ),
	'win_rate'         => TRP_Format::percent( $value ),
	'total_pnl'        => TRP_Format::signed_money( $value ),
	'total_return_pct' => TRP_Format::signed_percent( $value ),
	'max_drawdown'     => TRP_Format::percent( $value, 2 ),
	default            => TRP_Format::ratio( $value ),
};
?>
<?php if ( null !== $order ) : ?>
<nav class="trp-segments trp-segments--wrap trp-sorts" aria-label="<?php esc_attr_e( 'Order', 'trading-robot-service' ); ?>">
	<?php foreach ( array_intersect_key( $columns, array_flip( TRP_Performance_Tracker::SORTS ) ) as $field => $label ) : ?>
	<a href="<?php echo esc_url( $sorted( $field ) ); ?>" <?php echo $field === $order ? 'aria-current="true"' : ''; ?>><?php echo esc_html( $label ); ?></a>
	<?php endforeach; ?>
</nav>
<?php endif; ?>
<div class="trp-table-wrap" tabindex="0" role="region" aria-label="<?php esc_attr_e( 'Leaderboard', 'trading-robot-service' ); ?>">
	<table class="trp-table trp-table--stack">
		<thead>
			<tr>
				<th scope="col"><?php esc_html_e( 'Rank', 'trading-robot-service' ); ?></th>
				<th scope="col"><?php esc_html_e( 'Name', 'trading-robot-service' ); ?></th>
				<?php foreach ( $columns as $field => $label ) : ?>
					<?php if ( null !== $order && in_array( $field, TRP_Performance_Tracker::SORTS, true ) ) : ?>
				<th scope="col" class="trp-num" <?php echo $field === $order ? 'aria-sort="descending"' : ''; ?>><a class="trp-sort" href="<?php echo esc_url( $sorted( $field ) ); ?>"><?php echo esc_html( $label ); ?></a></th>
					<?php else : ?>
				<th scope="col" class="trp-num"><?php echo esc_html( $label ); ?></th>
					<?php endif; ?>
				<?php endforeach; ?>
			</tr>
		</thead>
		<tbody>
			<?php foreach ( $data['entries'] as $entry ) : ?>
			<tr data-key="<?php echo esc_attr( (string) ( $entry['plugin_id'] ?? $entry['name'] ?? '' ) ); ?>">
				<td data-label="<?php esc_attr_e( 'Rank', 'trading-robot-service' ); ?>"><span class="trp-rank" data-rank><?php echo esc_html( TRP_Format::count( $entry['rank'] ?? null ) ); ?></span></td>
				<th scope="row">
					<?php if ( null !== $order && ! empty( $entry['equity'] ) && isset( $entry['plugin_id'] ) ) : ?>
					<a class="trp-table__link" href="<?php echo esc_url( add_query_arg( 'robot', $entry['plugin_id'] ) . '#record' ); ?>"><?php echo esc_html( (string) ( $entry['name'] ?? '' ) ); ?></a>
					<?php else : ?>
						<?php echo esc_html( (string) ( $entry['name'] ?? '' ) ); ?>
					<?php endif; ?>
					<?php TRP_Shortcodes::part( 'badge', array( 'mode' => $entry['mode'] ?? 'paper' ) ); ?>
					<?php if ( ! empty( $entry['delisted'] ) ) : ?>
					<span class="trp-badge trp-badge--warn"><?php esc_html_e( 'Withdrawn', 'trading-robot-service' ); ?></span>
					<?php endif; ?>
					<span class="trp-table__sub" data-sample><?php echo esc_html( TRP_Format::sample( $entry ) ); ?></span>
					<span class="trp-table__sub" data-holding><?php echo esc_html( TRP_Format::holding( $entry['holding'] ?? null ) ); ?></span>
				</th>
				<?php foreach ( $columns as $field => $label ) : ?>
					<?php $tone = in_array( $field, array( 'total_pnl', 'total_return_pct' ), true ) ? TRP_Format::tone( $entry[ $field ] ?? null ) : 'trp-num'; ?>
				<td class="<?php echo esc_attr( $tone ); ?>" data-label="<?php echo esc_attr( $label ); ?>" data-field="<?php echo esc_attr( $field ); ?>"><?php echo esc_html( $print( $field, $entry[ $field ] ?? null ) ); ?></td>
				<?php endforeach; ?>
			</tr>
			<?php endforeach; ?>
		</tbody>
	</table>
</div>
