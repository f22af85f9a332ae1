<?php
/**
 * The robots with their filters.
 *
 * @package TradingRobotService
 *
 * @var array<string, mixed> $data What is printed.
 */

defined( 'ABSPATH' ) || exit;

$wanted = $data['wanted'];
$shown  = count( $data['robots'] );
?>
<div class="trp trp-view-marketplace">
	<section class="trp-section" style="padding-bottom: 0">
		<h1 class="trp-section__title"><?php esc_html_e( 'Robot marketplace', 'trading-robot-service' ); ?></h1>
		<p class="trp-lead"><?php esc_html_e( 'Ready-made strategies with their own public record. Choose one in the dashboard and it trades on paper for you.', 'trading-robot-service' ); ?></p>
	</section>
	<?php if ( ! $data['known'] ) : ?>
		<?php TRP_Shortcodes::part( 'unavailable', array( 'what' => __( 'The robots cannot be shown right now.', 'trading-robot-service' ) ) ); ?>
	<?php else : ?>
	<section class="trp-section">
		<form class="trp-filters" method="get" action="" data-trp-filter>
			<div class="trp-field">
				<label for="trp-filter-type"><?php esc_html_e( 'Strategy', 'trading-robot-service' ); ?></label>
				<select id="trp-filter-type" name="strategy_type">
					<option value=""><?php esc_html_e( 'All strategies', 'trading-robot-service' ); ?></option>
					<?php foreach ( $data['types'] as $strategy ) : ?>
					<option value="<?php echo esc_attr( $strategy ); ?>" <?php selected( $wanted['strategy_type'], $strategy ); ?>><?php echo esc_html( TRP_Format::words( $strategy ) ); ?></option>
					<?php endforeach; ?>
				</select>
			</div>
			<div class="trp-field">
				<label for="trp-filter-price"><?php esc_html_e( 'On sale', 'trading-robot-service' ); ?></label>
				<select id="trp-filter-price" name="price">
					<option value=""><?php esc_html_e( 'All robots', 'trading-robot-service' ); ?></option>
					<option value="free" <?php selected( $wanted['price'], 'free' ); ?>><?php esc_html_e( 'With a plan only', 'trading-robot-service' ); ?></option>
					<option value="paid" <?php selected( $wanted['price'], 'paid' ); ?>><?php esc_html_e( 'Also by itself', 'trading-robot-service' ); ?></option>
				</select>
			</div>
			<div class="trp-field">
				<label for="trp-filter-sort"><?php esc_html_e( 'Order', 'trading-robot-service' ); ?></label>
				<select id="trp-filter-sort" name="sort">
					<?php foreach ( TRP_Marketplace::orders() as $order => $name ) : ?>
					<option value="<?php echo esc_attr( $order ); ?>" <?php selected( $wanted['sort'], $order ); ?>><?php echo esc_html( $name ); ?></option>
					<?php endforeach; ?>
				</select>
			</div>
			<button type="submit" class="trp-button"><?php esc_html_e( 'Show', 'trading-robot-service' ); ?></button>
			<p class="trp-filters__count" role="status">
				<?php
				/* translators: %s: number of robots. */
				echo esc_html( 0 === $shown ? __( 'No robot matches. Try other filters.', 'trading-robot-service' ) : sprintf( _n( '%s robot matches.', '%s robots match.', $shown, 'trading-robot-service' ), number_format_i18n( $shown ) ) );
				?>
			</p>
		</form>
		<div class="trp-section__head">
			<?php TRP_Shortcodes::part( 'asof', $data ); ?>
			<nav class="trp-segments" aria-label="<?php esc_attr_e( 'View', 'trading-robot-service' ); ?>">
				<a data-view="grid" href="<?php echo esc_url( add_query_arg( 'view', 'grid' ) ); ?>" <?php echo 'grid' === $wanted['view'] ? 'aria-current="true"' : ''; ?>><?php esc_html_e( 'Grid', 'trading-robot-service' ); ?></a>
				<a data-view="list" href="<?php echo esc_url( add_query_arg( 'view', 'list' ) ); ?>" <?php echo 'list' === $wanted['view'] ? 'aria-current="true"' : ''; ?>><?php esc_html_e( 'List', 'trading-robot-service' ); ?></a>
			</nav>
		</div>
		<ul class="trp-grid trp-grid--fill" data-trp-robots data-trp-personal="<?php echo esc_attr( (string) wp_json_encode( TRP_Subscription_Manager::personal() ) ); ?>" data-view="<?php echo esc_attr( $wanted['view'] ); ?>">
			<?php
			foreach ( $data['robots'] as $robot ) {
				TRP_Shortcodes::part( 'robot', $robot );
			}
			?>
		</ul>
		<p class="trp-disclosure"><?php echo esc_html( TRP_Settings::statement() ); ?></p>
	</section>
	<?php endif; ?>
</div>
