<?php
/**
 * The full page around the plugin's views, the same with any theme.
 *
 * @package TradingRobotService
 */

defined( 'ABSPATH' ) || exit;
?>
<!DOCTYPE html>
<html <?php language_attributes(); ?>>
<head>
	<meta charset="<?php bloginfo( 'charset' ); ?>">
	<?php if ( false === has_action( 'wp_head', '_block_template_viewport_meta_tag' ) ) : // WordPress adds it with block themes. ?>
	<meta name="viewport" content="width=device-width, initial-scale=1">
	<?php endif; ?>
	<meta name="color-scheme" content="dark light">
	<?php wp_head(); ?>
</head>
<body <?php body_class(); ?>>
<?php wp_body_open(); ?>
<div class="trp">
	<a class="trp-skip-link" href="#trp-main"><?php esc_html_e( 'Skip to content', 'trading-robot-service' ); ?></a>
	<header class="trp-site-header">
		<div class="trp-site-header__inner">
			<a class="trp-brand" href="<?php echo esc_url( home_url( '/' ) ); ?>"><?php bloginfo( 'name' ); ?></a>
			<nav class="trp-nav" id="trp-nav" aria-label="<?php esc_attr_e( 'Main', 'trading-robot-service' ); ?>">
				<?php
				wp_nav_menu(
					array(
						'menu'        => TRP_Pages::menu_id(),
						'container'   => false,
						'depth'       => 1,
						'fallback_cb' => false,
					)
				);
				?>
			</nav>
			<div class="trp-site-header__actions">
				<button type="button" class="trp-theme-toggle" aria-label="<?php esc_attr_e( 'Switch theme', 'trading-robot-service' ); ?>"></button>
				<a class="trp-button trp-button--primary trp-button--small" href="<?php echo esc_url( TRP_Pages::url( 'dashboard' ) ); ?>"><?php esc_html_e( 'Dashboard', 'trading-robot-service' ); ?></a>
				<button type="button" class="trp-menu-toggle" aria-expanded="false" aria-controls="trp-nav" aria-label="<?php esc_attr_e( 'Menu', 'trading-robot-service' ); ?>"></button>
			</div>
		</div>
	</header>
	<main class="trp-main" id="trp-main">
		<?php
		while ( have_posts() ) {
			the_post();
			the_content();
		}
		?>
	</main>
	<footer class="trp-site-footer">
		<div class="trp-site-footer__inner">
			<span>© <?php echo esc_html( wp_date( 'Y' ) ); ?> <?php bloginfo( 'name' ); ?></span>
			<?php
			wp_nav_menu(
				array(
					'menu'        => TRP_Pages::menu_id(),
					'container'   => false,
					'depth'       => 1,
					'fallback_cb' => false,
					'menu_id'     => 'trp-footer-menu',
				)
			);
			?>
			<p class="trp-disclosure"><?php esc_html_e( 'Trading involves risk of loss. Results labelled Paper come from simulated orders; no money was traded.', 'trading-robot-service' ); ?></p>
		</div>
	</footer>
</div>
<?php wp_footer(); ?>
</body>
</html>
