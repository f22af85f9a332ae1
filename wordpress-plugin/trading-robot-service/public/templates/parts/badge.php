<?php
/**
 * A badge that says how a record came about: live, paper or backtest.
 *
 * @package TradingRobotService
 *
 * @var array<string, mixed> $data What is printed.
 */

defined( 'ABSPATH' ) || exit;

list( $class, $name ) = TRP_Format::mode( $data['mode'] );
?>
<span class="<?php echo esc_attr( $class ); ?>"><?php echo esc_html( $name ); ?></span>
