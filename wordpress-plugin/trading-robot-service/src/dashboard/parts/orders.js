/** Orders that may still trade, and who keeps them. */

import { h } from '../../dom.js';
import { quantity } from '../../format.js';
import { __ } from '../../i18n.js';
import { heldByText, legText, levelsText, sideText, typeText } from '../order-words.js';
import { orderBadge, plain, when } from './figures.js';
import { table } from './tables.js';

const isHeld = ( { state } ) => state === 'held';

export function openOrdersTable( orders ) {
	const heads = [
		[ __( 'Order', 'trading-robot-service' ) ],
		[ __( 'State', 'trading-robot-service' ) ],
		[ __( 'Quantity', 'trading-robot-service' ), true ],
		[ __( 'Waits for', 'trading-robot-service' ) ],
		[ __( 'Kept by', 'trading-robot-service' ) ],
		[ __( 'Since', 'trading-robot-service' ), true ],
	];
	return table( __( 'Open orders', 'trading-robot-service' ), heads, orders.map( orderRow ) );
}

const orderRow = ( order ) =>
	h(
		'tr',
		{ 'data-key': order.id },
		h(
			'th',
			{ scope: 'row' },
			`${ sideText( order.side ) } ${ order.symbol }`,
			h(
				'span',
				{ class: 'trp-table__sub' },
				[ typeText( order.type ), legText( order.leg ) ].filter( Boolean ).join( ', ' )
			)
		),
		h( 'td', {}, orderBadge( order.state ) ),
		plain( quantity( order.quantity ) ),
		h( 'td', {}, levelsText( order ) ),
		h( 'td', {}, heldByText( isHeld( order ) ? 'platform' : 'venue', order.venue ) ),
		h( 'td', { class: 'trp-num' }, when( order.submitted_at || order.created_at ) )
	);
