<?php
/**
 * The user dashboard's shell: no user data in it, the script fills it over the REST routes.
 *
 * @package Trading_Robot_Service
 *
 * @var array<string, mixed> $config What the script needs: addresses, nonce, whether signed in.
 */

defined( 'ABSPATH' ) || exit;
?>
<div class="trp trp-dashboard" data-config="<?php echo esc_attr( (string) wp_json_encode( $config ) ); ?>">
	<div class="trp-app">
		<div class="trp-stack" aria-busy="true">
			<p class="trp-visually-hidden" role="status"><?php esc_html_e( 'Loading…', 'trading-robot-service' ); ?></p>
			<span class="trp-skeleton" style="height:40px;width:240px"></span>
			<span class="trp-skeleton" style="height:112px"></span>
			<span class="trp-skeleton" style="height:352px"></span>
			<span class="trp-skeleton" style="height:220px"></span>
		</div>
	</div>
	<noscript>
		<div class="trp-app">
			<p class="trp-notice trp-notice--warn"><?php esc_html_e( 'The dashboard needs JavaScript. Your bots keep working without this page.', 'trading-robot-service' ); ?></p>
		</div>
	</noscript>
</div>
