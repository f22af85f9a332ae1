<?php
/**
 * The published days of the record with their hashes; the script checks them in the browser.
 *
 * @package TradingRobotService
 *
 * @var array<string, mixed> $data What is printed.
 */

defined( 'ABSPATH' ) || exit;

$days = array_values( array_filter( $data['days'], 'is_array' ) );
if ( array() === $days ) {
	return;
}
$newest = $days[0];
$path   = TRP_Rest_Api::BASE . '/public/chain';
?>
<section class="trp-section" id="chain">
	<div class="trp-section__head">
		<h2><?php esc_html_e( 'A record that cannot be rewritten', 'trading-robot-service' ); ?></h2>
	</div>
	<p class="trp-lead"><?php esc_html_e( 'Each day the figures of everybody on the leaderboard are published and sealed with a hash, together with the hash of the day before. Whoever changes an old figure changes every hash after it.', 'trading-robot-service' ); ?></p>
	<div class="trp-card trp-chain" data-trp-chain data-chain="<?php echo esc_url( rest_url( $path ) ); ?>" data-lines="<?php echo esc_url( rest_url( $path . '-lines' ) ); ?>">
		<dl class="trp-facts">
			<div><dt><?php esc_html_e( 'Newest published day', 'trading-robot-service' ); ?></dt><dd><?php echo esc_html( (string) ( $newest['day'] ?? '' ) ); ?></dd></div>
			<div><dt><?php esc_html_e( 'Records in it', 'trading-robot-service' ); ?></dt><dd><?php echo esc_html( TRP_Format::count( $newest['entries'] ?? null ) ); ?></dd></div>
			<div class="trp-chain__hash"><dt><?php esc_html_e( 'Its hash (SHA-256)', 'trading-robot-service' ); ?></dt><dd><code><?php echo esc_html( (string) ( $newest['hash'] ?? '' ) ); ?></code></dd></div>
		</dl>
		<p class="trp-small trp-muted"><?php esc_html_e( 'Keep a hash somewhere. As long as it appears below and the check passes, nothing up to its day was changed.', 'trading-robot-service' ); ?></p>
		<details>
			<summary><?php esc_html_e( 'Published days', 'trading-robot-service' ); ?></summary>
			<div class="trp-table-wrap" tabindex="0">
				<table class="trp-table trp-table--compact">
					<thead><tr><th scope="col"><?php esc_html_e( 'Day', 'trading-robot-service' ); ?></th><th scope="col" class="trp-num"><?php esc_html_e( 'Records', 'trading-robot-service' ); ?></th><th scope="col"><?php esc_html_e( 'Hash', 'trading-robot-service' ); ?></th></tr></thead>
					<tbody>
						<?php foreach ( $days as $day ) : ?>
						<tr>
							<td><?php echo esc_html( (string) ( $day['day'] ?? '' ) ); ?></td>
							<td class="trp-num"><?php echo esc_html( TRP_Format::count( $day['entries'] ?? null ) ); ?></td>
							<td><code><?php echo esc_html( (string) ( $day['hash'] ?? '' ) ); ?></code></td>
						</tr>
						<?php endforeach; ?>
					</tbody>
				</table>
			</div>
		</details>
	</div>
</section>
