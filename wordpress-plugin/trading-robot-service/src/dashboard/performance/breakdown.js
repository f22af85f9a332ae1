/** Where the profit comes from: by symbol, side, weekday and hour; the best and the worst trades. */

import { h } from '../../dom.js';
import { count, percent, ratio, signedMoney, signedPercent } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { plain, signed, when } from '../parts/figures.js';
import { table } from '../parts/tables.js';
import { directionText, groupText, spanText } from './words.js';

const GROUPS = () => ( {
	symbol: __( 'Symbol', 'trading-robot-service' ),
	side: __( 'Side', 'trading-robot-service' ),
	weekday: __( 'Weekday', 'trading-robot-service' ),
	hour: __( 'Hour', 'trading-robot-service' ),
} );

const groupOf = ( { state } ) => state.group || 'symbol';

export const groupChoice = ( ctx ) =>
	h(
		'div',
		{
			class: 'trp-segments trp-segments--wrap',
			role: 'group',
			'aria-label': __( 'Group by', 'trading-robot-service' ),
		},
		Object.entries( GROUPS() ).map( ( [ group, text ] ) =>
			h(
				'button',
				{
					type: 'button',
					'aria-pressed': String( group === groupOf( ctx ) ),
					onclick: () => {
						ctx.state.group = group;
						ctx.redraw();
					},
				},
				text
			)
		)
	);

export function breakdown( analysis, ctx ) {
	const group = groupOf( ctx );
	const rows = analysis[ `by_${ group }` ];
	const most = Math.max( ...rows.map( ( row ) => Math.abs( row.total_pnl ) ), 0 );
	const heads = [
		[ GROUPS()[ group ] ],
		[ __( 'Round trips', 'trading-robot-service' ), true ],
		[ __( 'Win rate', 'trading-robot-service' ), true ],
		[ __( 'Profit factor', 'trading-robot-service' ), true ],
		[ __( 'Average time held', 'trading-robot-service' ), true ],
		[ __( 'Profit and loss', 'trading-robot-service' ), true ],
	];
	return [
		table(
			GROUPS()[ group ],
			heads,
			rows.map( ( row ) => groupRow( group, row, most ) )
		),
		[ 'weekday', 'hour' ].includes( group ) &&
			h(
				'p',
				{ class: 'trp-asof' },
				__(
					'When the trade was closed: New York time for stocks, UTC for crypto.',
					'trading-robot-service'
				)
			),
	];
}

function groupRow( group, row, most ) {
	return h(
		'tr',
		{ 'data-key': row.key },
		h( 'th', { scope: 'row' }, groupText( group, row.key ) ),
		plain( count( row.trade_count ) ),
		plain( percent( row.win_rate ) ),
		plain( ratio( row.profit_factor ) ),
		plain( spanText( row.avg_hold_seconds ) ),
		h(
			'td',
			{ class: 'trp-num' },
			signed( row.total_pnl, signedMoney( row.total_pnl ) ),
			share( row.total_pnl, most )
		)
	);
}

const share = ( value, most ) =>
	h(
		'span',
		{ class: 'trp-share', 'aria-hidden': 'true' },
		most > 0 &&
			h( 'span', {
				'data-tone': value < 0 ? 'down' : 'up',
				style: `width:${ ( 50 * Math.abs( value ) ) / most }%`,
			} )
	);

/** The five best and the five worst, side by side. */
export const extremes = ( { best, worst } ) =>
	h(
		'div',
		{ class: 'trp-columns', 'data-key': 'extremes' },
		list( __( 'Best trades', 'trading-robot-service' ), best ),
		list( __( 'Worst trades', 'trading-robot-service' ), worst )
	);

const list = ( title, trips ) =>
	h(
		'div',
		{ 'data-key': title },
		h( 'h3', { class: 'trp-record__sub' }, title ),
		h(
			'ul',
			{ class: 'trp-log' },
			trips.map( ( trip ) => h( 'li', { 'data-key': String( trip.id ) }, extreme( trip ) ) )
		)
	);

const extreme = ( trip ) =>
	h(
		'div',
		{ class: 'trp-log__row' },
		signed( trip.pnl, signedMoney( trip.pnl ) ),
		h(
			'span',
			{ class: 'trp-log__what' },
			sprintf(
				__( '%1$s %2$s, %3$s, held %4$s', 'trading-robot-service' ),
				directionText( trip.side ),
				trip.symbol,
				signedPercent( trip.return_pct ),
				spanText( trip.hold_seconds )
			)
		),
		when( trip.exited_at )
	);
