/** What a broker shows of an account: money, positions, whether it answers. */

import { h } from '../../dom.js';
import { localTime, money, percent, quantity } from '../../format.js';
import { __ } from '../../i18n.js';
import { typeText } from '../order-words.js';
import { factList } from './figures.js';
import { refusalText } from './forms.js';

/** `state` as the service keeps it, or `{error}` when it could not be read. */
export function accountState( state ) {
	if ( state.error ) {
		return h( 'p', { class: 'trp-account__why', role: 'status' }, refusalText( state.error ) );
	}
	return [
		state.problem &&
			h(
				'div',
				{ class: 'trp-notice trp-notice--warn trp-account__problem', role: 'status' },
				h(
					'p',
					{},
					h( 'strong', {}, __( 'The broker can’t be asked.', 'trading-robot-service' ) ),
					' ',
					state.problem
				)
			),
		state.answered_at
			? [ factList( figures( state ) ), positions( state ) ]
			: ! state.problem &&
			  h( 'p', { class: 'trp-account__why' }, __( 'Not asked yet.', 'trading-robot-service' ) ),
	];
}

const figures = ( state ) =>
	[
		[ __( 'Cash', 'trading-robot-service' ), money( state.cash ) ],
		[ __( 'Buying power', 'trading-robot-service' ), money( state.buying_power ) ],
		[ __( 'Equity', 'trading-robot-service' ), money( state.equity ) ],
		state.fee_rate !== null && [
			__( 'Fee of a market order', 'trading-robot-service' ),
			percent( state.fee_rate * 100, 2 ),
		],
		[ __( 'As of', 'trading-robot-service' ), localTime( state.answered_at ) ],
		state.unsupported?.length > 0 && [
			__( 'Can’t use', 'trading-robot-service' ),
			state.unsupported.map( typeText ).join( ', ' ),
		],
	].filter( Boolean );

/* Each symbol with whose it is: the account's sum is the bots' and what was there beside them. */
function positions( { positions: held } ) {
	if ( ! held?.length ) {
		return h(
			'p',
			{ class: 'trp-account__why' },
			__( 'Holds no position.', 'trading-robot-service' )
		);
	}
	return h(
		'table',
		{ class: 'trp-table trp-table--compact trp-account__positions' },
		h(
			'thead',
			{},
			h(
				'tr',
				{},
				h( 'th', { scope: 'col' }, __( 'Position', 'trading-robot-service' ) ),
				h( 'th', { scope: 'col', class: 'trp-num' }, __( 'In all', 'trading-robot-service' ) ),
				h( 'th', { scope: 'col', class: 'trp-num' }, __( 'Bots', 'trading-robot-service' ) ),
				h( 'th', { scope: 'col', class: 'trp-num' }, __( 'Your own', 'trading-robot-service' ) )
			)
		),
		h(
			'tbody',
			{},
			held.map( ( { symbol, quantity: all, bots, outside } ) =>
				h(
					'tr',
					{ 'data-key': symbol },
					h( 'th', { scope: 'row' }, symbol ),
					[ all, bots, outside ].map( ( units ) =>
						h( 'td', { class: 'trp-num' }, quantity( units ) )
					)
				)
			)
		)
	);
}
