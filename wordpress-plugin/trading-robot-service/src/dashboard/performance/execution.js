/** How a bot's orders traded against their signals, and its real money against its paper. */

import { h } from '../../dom.js';
import { count, percent, ratio, signedMoney, signedPercent } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { legTitle, sideText } from '../order-words.js';
import { plain, signed } from '../parts/figures.js';
import { empty } from '../parts/states.js';
import { table } from '../parts/tables.js';
import { bpsText, spanText } from './words.js';

export function slippage( { whole, by_side: sides, by_leg: legs, most_orders: most } ) {
	if ( ! whole.orders ) {
		return empty(
			__( 'Nothing to compare yet', 'trading-robot-service' ),
			__(
				'Once an order was filled that knew its signal’s price, the difference is shown here.',
				'trading-robot-service'
			)
		);
	}
	const heads = [
		[ __( 'Orders', 'trading-robot-service' ) ],
		[ __( 'Number', 'trading-robot-service' ), true ],
		[ __( 'Mean', 'trading-robot-service' ), true ],
		[ __( 'Median', 'trading-robot-service' ), true ],
		[ __( 'Worst', 'trading-robot-service' ), true ],
		[ __( 'Cost', 'trading-robot-service' ), true ],
	];
	const rows = [
		[ __( 'All', 'trading-robot-service' ), whole ],
		...sides.map( ( row ) => [ sideText( row.key ), row ] ),
		...legs.map( ( row ) => [ legTitle( row.key ) || row.key, row ] ),
	];
	return [
		table( __( 'Slippage', 'trading-robot-service' ), heads, rows.map( slippageRow ) ),
		h(
			'p',
			{ class: 'trp-asof' },
			sprintf(
				__(
					'Between the price the signal saw and the fill, of the latest %s orders at most. Above zero is worse for you; 100 bps are one percent.',
					'trading-robot-service'
				),
				count( most )
			)
		),
	];
}

const slippageRow = ( [ name, row ] ) =>
	h(
		'tr',
		{ 'data-key': name },
		h( 'th', { scope: 'row' }, name ),
		plain( count( row.orders ) ),
		plain( bpsText( row.mean_bps ) ),
		plain( bpsText( row.median_bps ) ),
		plain( bpsText( row.worst_bps ) ),
		h( 'td', { class: 'trp-num' }, signed( -row.cost, signedMoney( -row.cost ) ) )
	);

const GAPS = () => [
	[ 'total_return_pct', __( 'Return', 'trading-robot-service' ), signedPercent ],
	[ 'avg_trade_return_pct', __( 'Average trade', 'trading-robot-service' ), signedPercent ],
	[ 'win_rate', __( 'Win rate', 'trading-robot-service' ), ( value ) => percent( value ) ],
	[ 'profit_factor', __( 'Profit factor', 'trading-robot-service' ), ratio ],
	[ 'sharpe_ratio', __( 'Sharpe ratio', 'trading-robot-service' ), ratio ],
	[ 'max_drawdown', __( 'Max drawdown', 'trading-robot-service' ), ( value ) => percent( value, 2 ) ],
	[ 'slippage_bps', __( 'Slippage', 'trading-robot-service' ), bpsText ],
	[ 'avg_hold_seconds', __( 'Average time held', 'trading-robot-service' ), heldText ],
	[ 'trade_count', __( 'Round trips', 'trading-robot-service' ), count ],
];

/* A difference may be below zero. */
function heldText( seconds ) {
	return seconds < 0 ? `\u2212${ spanText( -seconds ) }` : spanText( seconds );
}

/** Real money beside paper; only a bot that has traded both has a gap. */
export function gapOf( { live, paper, gap } ) {
	if ( ! live.trade_count || ! paper.trade_count ) {
		return empty(
			__( 'No gap to show yet', 'trading-robot-service' ),
			__(
				'When this bot has traded with real money and on paper, what real fills cost it is shown here.',
				'trading-robot-service'
			)
		);
	}
	const heads = [
		[ __( 'Figure', 'trading-robot-service' ) ],
		[ __( 'Live', 'trading-robot-service' ), true ],
		[ __( 'Paper', 'trading-robot-service' ), true ],
		[ __( 'Gap', 'trading-robot-service' ), true ],
	];
	const row = ( [ name, label, text ] ) =>
		h(
			'tr',
			{ 'data-key': name },
			h( 'th', { scope: 'row' }, label ),
			plain( text( live[ name ] ) ),
			plain( text( paper[ name ] ) ),
			plain( text( gap[ name ] ) )
		);
	return table( __( 'Live beside paper', 'trading-robot-service' ), heads, GAPS().map( row ) );
}
