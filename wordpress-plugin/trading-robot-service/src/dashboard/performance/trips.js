/** The history of round trips: filtered, sorted, in pages. */

import { h } from '../../dom.js';
import { price, quantity, signedPercent } from '../../format.js';
import { __ } from '../../i18n.js';
import { selectField, textField } from '../parts/fields.js';
import { modeBadge, plain, signed, signedCell, when } from '../parts/figures.js';
import { empty } from '../parts/states.js';
import { table } from '../parts/tables.js';
import { directionText, spanText } from './words.js';

/** The fields that narrow the history down; each change reads it again. */
export function tripFilters( { analysis }, ctx ) {
	const filters = ( ctx.state.filters ??= {} );
	const all = [ '', __( 'All', 'trading-robot-service' ) ];
	const set = ( name ) => ( { target } ) => {
		Object.assign( filters, { [ name ]: target.value } );
		turn( ctx, null, [] );
	};
	const select = ( name, label, choices ) =>
		selectField( `trips.${ name }`, label, choices, {
			value: filters[ name ] || choices[ 0 ][ 0 ],
			onchange: set( name ),
		} );
	const day = ( name, label ) =>
		textField( `trips.${ name }`, label, {
			required: true,
			type: 'date',
			value: filters[ name ] || '',
			onchange: set( name ),
		} );
	const symbols = ( analysis.by_symbol || [] ).map( ( { key } ) => [ key, key ] );
	return h(
		'div',
		{ class: 'trp-filters', 'data-key': 'filters' },
		select( 'symbol', __( 'Symbol', 'trading-robot-service' ), [ all, ...symbols ] ),
		select( 'side', __( 'Side', 'trading-robot-service' ), [
			all,
			...[ 'long', 'short' ].map( ( side ) => [ side, directionText( side ) ] ),
		] ),
		select( 'outcome', __( 'Outcome', 'trading-robot-service' ), [
			all,
			[ 'win', __( 'Won', 'trading-robot-service' ) ],
			[ 'loss', __( 'Lost', 'trading-robot-service' ) ],
			[ 'even', __( 'Even', 'trading-robot-service' ) ],
		] ),
		select( 'sort', __( 'Order', 'trading-robot-service' ), [
			[ 'latest', __( 'Latest first', 'trading-robot-service' ) ],
			[ 'best', __( 'Best first', 'trading-robot-service' ) ],
			[ 'worst', __( 'Worst first', 'trading-robot-service' ) ],
		] ),
		day( 'start_date', __( 'From day', 'trading-robot-service' ) ),
		day( 'end_date', __( 'To day', 'trading-robot-service' ) )
	);
}

/* The place to go on from, and those that led there. */
function turn( ctx, after, before ) {
	Object.assign( ctx.state, { after, before } );
	ctx.refresh().catch( () => {} );
}

export const tripList = ( { round_trips: trips, next }, ctx ) =>
	trips.length
		? [ tripTable( trips ), pages( next, ctx ) ]
		: empty(
				__( 'No round trip here', 'trading-robot-service' ),
				__(
					'A round trip is a position from its entry to its exit. None fits this period and these filters.',
					'trading-robot-service'
				)
			);

function tripTable( trips ) {
	const heads = [
		[ __( 'Round trip', 'trading-robot-service' ) ],
		[ __( 'Quantity', 'trading-robot-service' ), true ],
		[ __( 'Entry', 'trading-robot-service' ), true ],
		[ __( 'Exit', 'trading-robot-service' ), true ],
		[ __( 'Held', 'trading-robot-service' ), true ],
		[ __( 'Return', 'trading-robot-service' ), true ],
		[ __( 'P&L', 'trading-robot-service' ), true ],
		[ __( 'Closed', 'trading-robot-service' ), true ],
	];
	return table( __( 'Round trips', 'trading-robot-service' ), heads, trips.map( tripRow ) );
}

const tripRow = ( trip ) =>
	h(
		'tr',
		{ 'data-key': String( trip.id ) },
		h(
			'th',
			{ scope: 'row' },
			`${ directionText( trip.side ) } ${ trip.symbol } `,
			modeBadge( trip.mode )
		),
		plain( quantity( trip.quantity ) ),
		plain( price( trip.entry_price ) ),
		plain( price( trip.exit_price ) ),
		plain( spanText( trip.hold_seconds ) ),
		h( 'td', { class: 'trp-num' }, signed( trip.return_pct, signedPercent( trip.return_pct ) ) ),
		signedCell( trip.pnl ),
		h( 'td', { class: 'trp-num' }, when( trip.exited_at ) )
	);

function pages( next, ctx ) {
	const { after = null, before = [] } = ctx.state;
	if ( ! next && ! before.length ) {
		return null;
	}
	const button = ( text, disabled, onclick ) =>
		h(
			'button',
			{ type: 'button', class: 'trp-button trp-button--small', disabled, onclick },
			text
		);
	return h(
		'nav',
		{
			class: 'trp-pager',
			'aria-label': __( 'Pages', 'trading-robot-service' ),
			'data-key': 'pages',
		},
		h(
			'span',
			{ class: 'trp-actions' },
			button( __( 'Back', 'trading-robot-service' ), ! before.length, () =>
				turn( ctx, before.at( -1 ), before.slice( 0, -1 ) )
			),
			button( __( 'Next', 'trading-robot-service' ), ! next, () =>
				turn( ctx, next, [ ...before, after ] )
			)
		)
	);
}
