<?php
/**
 * What the leaderboard's order means, and its other pages.
 *
 * @package TradingRobotService
 *
 * @var array<string, mixed> $data What is printed.
 */

defined( 'ABSPATH' ) || exit;

list( $trades, $days ) = $data['minimum'];
$last                  = min( TRP_Performance_Tracker::MOST_PAGES, (int) ceil( $data['total'] / $data['limit'] ) );
$page                  = static fn( int $place ): string => add_query_arg( 'place', $place ) . '#leaderboard';
?>
<p class="trp-asof">
	<?php
	/* translators: 1: number of trades, 2: number of days. */
	echo esc_html( sprintf( __( 'Ranked by return for the risk taken (Sharpe ratio). A rank needs %1$s round trips and %2$s days of record; shorter records follow without one.', 'trading-robot-service' ), number_format_i18n( $trades ), number_format_i18n( $days ) ) );
	?>
</p>
<?php if ( $last > 1 ) : ?>
<nav class="trp-pager" aria-label="<?php esc_attr_e( 'Pages', 'trading-robot-service' ); ?>">
	<span>
		<?php
		/* translators: 1: this page, 2: number of pages, 3: number of records. */
		echo esc_html( sprintf( __( 'Page %1$s of %2$s, %3$s in all', 'trading-robot-service' ), number_format_i18n( $data['place'] ), number_format_i18n( $last ), number_format_i18n( $data['total'] ) ) );
		?>
	</span>
	<span class="trp-actions">
		<?php if ( $data['place'] > 1 ) : ?>
		<a class="trp-button trp-button--small" href="<?php echo esc_url( $page( $data['place'] - 1 ) ); ?>"><?php esc_html_e( 'Back', 'trading-robot-service' ); ?></a>
		<?php endif; ?>
		<?php if ( $data['place'] < $last ) : ?>
		<a class="trp-button trp-button--small" href="<?php echo esc_url( $page( $data['place'] + 1 ) ); ?>"><?php esc_html_e( 'Next', 'trading-robot-service' ); ?></a>
		<?php endif; ?>
	</span>
</nav>
<?php endif; ?>
