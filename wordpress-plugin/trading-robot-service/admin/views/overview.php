<?php
/**
 * The overview: connection, service, cache, pages.
 *
 * @package TradingRobotService
 *
 * @var array<string, mixed>          $state  Connection.
 * @var int                           $paused Until when requests are paused.
 * @var array<string, mixed>|WP_Error $status Answer of the service.
 * @var array<string, array>          $cache  Cached answers.
 * @var array<string, int>            $pages  Pages.
 */

defined( 'ABSPATH' ) || exit;
?>
<div class="wrap">
	<h1><?php esc_html_e( 'Trading Robots', 'trading-robot-service' ); ?></h1>
	<table class="widefat striped" style="max-width: 60rem; margin-top: 1em">
		<colgroup><col style="width: 12rem"><col></colgroup>
		<tbody>
			<tr>
				<th scope="row"><?php esc_html_e( 'Trading service', 'trading-robot-service' ); ?></th>
				<td>
					<code><?php echo esc_html( TRP_Settings::base_url() ); ?></code><br>
					<?php
					if ( is_wp_error( $status ) ) {
						echo esc_html( $status->get_error_message() );
					} else {
						/* translators: %d: HTTP status code. */
						echo esc_html( sprintf( __( 'Answers with status %d.', 'trading-robot-service' ), $status['status'] ) );
					}
					if ( $paused ) {
						/* translators: %s: time of day. */
						echo ' ' . esc_html( sprintf( __( 'Requests are paused until %s after failures.', 'trading-robot-service' ), TRP_Format::time( $paused ) ) );
					}
					?>
				</td>
			</tr>
			<tr>
				<th scope="row"><?php esc_html_e( 'Connection', 'trading-robot-service' ); ?></th>
				<td>
					<?php
					if ( $state['connected'] ) {
						/* translators: 1: site id, 2: time. */
						echo esc_html( sprintf( __( 'Connected as site %1$s since %2$s.', 'trading-robot-service' ), $state['site_id'], TRP_Format::time( $state['since'] ) ) );
					} else {
						printf( '<a href="%s">%s</a>', esc_url( TRP_Admin_Settings::url() ), esc_html__( 'Not connected. Connect with a one-time code.', 'trading-robot-service' ) );
					}
					?>
				</td>
			</tr>
			<?php foreach ( $cache as $name => $kept ) : ?>
			<tr>
				<th scope="row"><?php echo esc_html( $name ); ?></th>
				<td>
					<?php
					/* translators: %s: time. */
					echo esc_html( $kept['as_of'] ? sprintf( __( 'Cached as of %s.', 'trading-robot-service' ), TRP_Format::time( $kept['as_of'] ) ) : __( 'Not cached.', 'trading-robot-service' ) );
					echo $kept['failed'] ? ' ' . esc_html__( 'The last refresh failed.', 'trading-robot-service' ) : '';
					?>
				</td>
			</tr>
			<?php endforeach; ?>
			<tr>
				<th scope="row"><?php esc_html_e( 'Pages', 'trading-robot-service' ); ?></th>
				<td>
					<?php
					foreach ( $pages as $key => $page_id ) {
						printf( '<a href="%s" style="margin-right: 1em">%s</a>', esc_url( (string) get_permalink( $page_id ) ), esc_html( get_the_title( $page_id ) ) );
					}
					echo array() === $pages ? esc_html__( 'Not made yet.', 'trading-robot-service' ) : '';
					?>
				</td>
			</tr>
		</tbody>
	</table>
	<p>
		<?php
		TRP_Admin_Settings::print_button( 'trp_flush_cache', __( 'Empty the cache', 'trading-robot-service' ) );
		?>
	</p>
</div>
