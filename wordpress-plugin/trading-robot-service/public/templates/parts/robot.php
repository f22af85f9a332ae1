<?php
/**
 * One robot's card.
 *
 * @package TradingRobotService
 *
 * @var array<string, mixed> $data What is printed.
 */

defined( 'ABSPATH' ) || exit;

$record    = is_array( $data['performance'] ?? null ) ? $data['performance'] : null;
$number    = static fn( string $field ): string => is_numeric( $record[ $field ] ?? null ) ? (string) $record[ $field ] : '';
$dashboard = TRP_Pages::url( 'dashboard' );
$robot_id  = rawurlencode( (string) ( $data['id'] ?? '' ) );
$traded    = implode( ', ', array_filter( (array) ( $data['symbols'] ?? array() ), 'is_string' ) );
?>
<li class="trp-card" data-name="<?php echo esc_attr( (string) ( $data['name'] ?? '' ) ); ?>" data-type="<?php echo esc_attr( (string) ( $data['strategy_type'] ?? '' ) ); ?>" data-robot="<?php echo esc_attr( (string) ( $data['id'] ?? '' ) ); ?>" data-price="<?php echo esc_attr( (string) (int) ( $data['price_cents'] ?? 0 ) ); ?>" data-winrate="<?php echo esc_attr( $number( 'win_rate' ) ); ?>" data-profit="<?php echo esc_attr( $number( 'profit_factor' ) ); ?>" data-return="<?php echo esc_attr( $number( 'total_return_pct' ) ); ?>">
	<h2 class="trp-card__title"><?php echo esc_html( (string) ( $data['name'] ?? '' ) ); ?></h2>
	<p class="trp-card__meta">
		<?php if ( null !== $record ) : ?>
			<?php TRP_Shortcodes::part( 'badge', array( 'mode' => $record['mode'] ?? 'paper' ) ); ?>
		<?php endif; ?>
		<span class="trp-badge"><?php echo esc_html( TRP_Format::words( (string) ( $data['strategy_type'] ?? '' ) ) ); ?></span>
		<span><?php echo esc_html( $traded ); ?></span>
		<?php if ( is_numeric( $data['timeframe_minutes'] ?? null ) ) : ?>
		<span>
			<?php
			/* translators: %d: minutes. */
			echo esc_html( sprintf( __( '%d-minute bars', 'trading-robot-service' ), (int) $data['timeframe_minutes'] ) );
			?>
		</span>
		<?php endif; ?>
	</p>
	<div class="trp-card__body">
		<p><?php echo esc_html( (string) ( $data['description'] ?? '' ) ); ?></p>
		<?php if ( null === $record || 0 === (int) ( $record['trade_count'] ?? 0 ) ) : ?>
		<p><?php esc_html_e( 'No closed trades yet.', 'trading-robot-service' ); ?></p>
		<?php else : ?>
		<dl class="trp-figures">
			<div><dt><?php esc_html_e( 'Trades', 'trading-robot-service' ); ?></dt><dd><?php echo esc_html( TRP_Format::count( $record['trade_count'] ?? null ) ); ?></dd></div>
			<div><dt><?php esc_html_e( 'Win rate', 'trading-robot-service' ); ?></dt><dd><?php echo esc_html( TRP_Format::percent( $record['win_rate'] ?? null ) ); ?></dd></div>
			<div><dt><?php esc_html_e( 'Return', 'trading-robot-service' ); ?></dt><dd class="<?php echo esc_attr( TRP_Format::tone( $record['total_return_pct'] ?? null ) ); ?>"><?php echo esc_html( TRP_Format::signed_percent( $record['total_return_pct'] ?? null ) ); ?></dd></div>
			<div><dt><?php esc_html_e( 'Drawdown', 'trading-robot-service' ); ?></dt><dd><?php echo esc_html( TRP_Format::percent( $record['max_drawdown'] ?? null, 2 ) ); ?></dd></div>
		</dl>
		<?php endif; ?>
	</div>
	<div class="trp-card__footer">
		<span class="trp-card__price">
			<?php if ( TRP_Marketplace::is_sold( $data ) ) : ?>
			<strong><?php echo esc_html( TRP_Format::price( (int) $data['price_cents'], 'USD' ) ); ?></strong> <small><?php esc_html_e( 'once, or with a plan', 'trading-robot-service' ); ?></small>
			<?php else : ?>
			<small><?php esc_html_e( 'With a plan', 'trading-robot-service' ); ?></small>
			<?php endif; ?>
		</span>
		<span class="trp-badge trp-badge--ok" data-trp-own hidden></span>
		<span class="trp-actions" data-trp-actions>
			<a class="trp-button trp-button--small trp-button--primary" href="<?php echo esc_url( $dashboard . '#/bots/new/' . $robot_id ); ?>"><?php esc_html_e( 'Try demo', 'trading-robot-service' ); ?></a>
			<?php if ( TRP_Marketplace::is_sold( $data ) ) : ?>
			<a class="trp-button trp-button--small" href="<?php echo esc_url( $dashboard . '#/robots/' . $robot_id . '/buy' ); ?>"><?php esc_html_e( 'Purchase', 'trading-robot-service' ); ?></a>
			<?php endif; ?>
		</span>
	</div>
</li>
