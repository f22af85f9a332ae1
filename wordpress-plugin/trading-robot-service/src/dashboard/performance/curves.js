/** Equity, drawdown and returns with one cursor; how trades and their length are spread. */

import { binned } from '../../charts/bins.js';
import { h } from '../../dom.js';
import { count, localDate, money, percent, signedMoney, signedPercent } from '../../format.js';
import { __, _n, sprintf } from '../../i18n.js';
import { chart } from '../parts/figures.js';
import { empty } from '../parts/states.js';
import { spanText } from './words.js';

const SYNC = 'performance';
const card = ( ...charts ) =>
	h(
		'div',
		{ class: 'trp-card trp-record__wide', 'data-key': charts[ 0 ].dataset.key },
		charts
	);
const pairs = ( points, name ) =>
	points.map( ( point ) => [ Date.parse( point.at ) / 1000, Number( point[ name ] ) ] );

/** The charts of time; `young` are the points of a bot that has no other yet. */
export function curves( equity, young = [] ) {
	const points = equity.points.length > 1 ? equity.points : young;
	if ( points.length < 2 ) {
		return empty(
			__( 'The history is still short', 'trading-robot-service' ),
			__(
				'A value is kept each hour and at the end of each day. The curves are drawn from two values on.',
				'trading-robot-service'
			)
		);
	}
	return h(
		'div',
		{ class: 'trp-record' },
		card(
			chart( equitySpec( equity, points ), SYNC ),
			chart( drawdownSpec( equity, points ), SYNC )
		),
		equity.points.length > 1 && card( chart( returnsSpec( equity ), SYNC ) )
	);
}

function equitySpec( { total_return_pct: grown, flows }, points ) {
	const values = points.map( ( { equity } ) => Number( equity ) );
	const moved = sprintf(
		__( 'From %1$s to %2$s; lowest %3$s, highest %4$s.', 'trading-robot-service' ),
		money( values[ 0 ] ),
		money( values.at( -1 ) ),
		money( Math.min( ...values ) ),
		money( Math.max( ...values ) )
	);
	return {
		kind: 'equity',
		unit: '$',
		title: __( 'Equity', 'trading-robot-service' ),
		summary: [ moved, returnText( grown ), flowText( flows ) ].filter( Boolean ).join( ' ' ),
		points: pairs( points, 'equity' ),
	};
}

const returnText = ( grown ) =>
	grown !== null &&
	grown !== undefined &&
	sprintf(
		__( 'Time-weighted return of the closed days: %s.', 'trading-robot-service' ),
		signedPercent( grown )
	);

/* The first flow is the capital that it began with. */
function flowText( flows = [] ) {
	const later = flows.slice( 1 );
	const sum = later.reduce( ( total, { amount } ) => total + Number( amount ), 0 );
	return (
		later.length > 0 &&
		sprintf(
			_n(
				'%1$s deposit or withdrawal (%2$s) counts as neither gain nor loss.',
				'%1$s deposits and withdrawals (%2$s) count as neither gain nor loss.',
				later.length,
				'trading-robot-service'
			),
			count( later.length ),
			signedMoney( sum )
		)
	);
}

function drawdownSpec( { drawdowns }, points ) {
	const deepest = Math.min( ...points.map( ( { drawdown } ) => drawdown ) );
	const [ worst ] = drawdowns;
	return {
		kind: 'drawdown',
		unit: '%',
		title: __( 'Drawdown', 'trading-robot-service' ),
		summary: worst
			? drawdownText( worst )
			: sprintf(
					__( 'Deepest fall from a peak: %s.', 'trading-robot-service' ),
					percent( deepest, 2 )
				),
		points: pairs( points, 'drawdown' ),
	};
}

export const drawdownText = ( { start, bottom, recovered, depth_pct: depth, length_days: days } ) =>
	sprintf(
		recovered
			? __(
					'Deepest fall: %1$s, from %2$s to %3$s, made good on %4$s after %5$s days.',
					'trading-robot-service'
				)
			: __(
					'Deepest fall: %1$s, from %2$s to %3$s, not made good after %5$s days.',
					'trading-robot-service'
				),
		percent( depth, 2 ),
		localDate( start ),
		localDate( bottom ),
		recovered ? localDate( recovered ) : '',
		count( days )
	);

function returnsSpec( { kind, points } ) {
	const values = points.map( ( point ) => point.return_pct );
	return {
		kind: 'returns',
		unit: '%',
		title:
			kind === 'hourly'
				? __( 'Hourly returns', 'trading-robot-service' )
				: __( 'Daily returns', 'trading-robot-service' ),
		summary: sprintf(
			__( 'Gained in %1$s of %2$s; best %3$s, worst %4$s.', 'trading-robot-service' ),
			count( values.filter( ( value ) => value > 0 ).length ),
			count( values.length ),
			signedPercent( Math.max( ...values ) ),
			signedPercent( Math.min( ...values ) )
		),
		points: pairs( points, 'return_pct' ),
	};
}

const edge = ( value ) => percent( value, Number.isInteger( value ) ? 0 : 1 );

/** How many trades had which return, and were held how long. */
export const spreads = ( analysis ) =>
	h(
		'div',
		{ class: 'trp-record', 'data-key': 'spreads' },
		h( 'div', { class: 'trp-card' }, chart( tradeSpec( analysis ) ) ),
		h( 'div', { class: 'trp-card' }, chart( heldSpec( analysis ) ) )
	);

function tradeSpec( { returns, whole } ) {
	return {
		kind: 'bins',
		axis: __( 'Return', 'trading-robot-service' ),
		title: __( 'Distribution of trades', 'trading-robot-service' ),
		summary: sprintf(
			__(
				'%1$s round trips by their return in percent of the entry: %2$s gained, %3$s lost.',
				'trading-robot-service'
			),
			count( whole.trade_count ),
			count( whole.win_count ),
			count( whole.loss_count )
		),
		...binned( returns, edge ),
	};
}

function heldSpec( { holds, whole } ) {
	return {
		kind: 'bins',
		tone: 'accent',
		axis: __( 'Time held', 'trading-robot-service' ),
		title: __( 'Time held', 'trading-robot-service' ),
		summary: sprintf(
			__( 'Positions were held for %s on average.', 'trading-robot-service' ),
			spanText( whole.avg_hold_seconds )
		),
		...binned( holds, spanText ),
	};
}
