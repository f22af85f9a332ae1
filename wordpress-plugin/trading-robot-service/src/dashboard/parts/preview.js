/** What an alert would do, as the service worked it out. */

import { h } from '../../dom.js';
import { localTime, price, quantity } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import {
	heldByText,
	legText,
	legTitle,
	levelsText,
	orderText,
	sideText,
	typeText,
} from '../order-words.js';
import { sizingSteps } from '../sizing-words.js';
import { badge, factList } from './figures.js';
import { ruleList, words } from './rules.js';

const outcomes = () => ( {
	planned: [ __( 'It would trade', 'trading-robot-service' ), 'ok' ],
	refused: [ __( 'It would be refused', 'trading-robot-service' ), 'bad' ],
	ignored: [ __( 'Nothing would happen', 'trading-robot-service' ), '' ],
	cancel: [ __( 'Waiting entries would be cancelled', 'trading-robot-service' ), 'warn' ],
} );

export const previewView = ( answer ) =>
	h(
		'div',
		{ class: 'trp-preview' },
		h(
			'p',
			{ class: 'trp-preview__outcome' },
			badge( ...( outcomes()[ answer.status ] || [ words( answer.status ), '' ] ) ),
			answer.refusal
		),
		answer.notes?.map( ( note ) => h( 'p', { class: 'trp-preview__note' }, note ) ),
		factList( facts( answer ) ),
		answer.cancels?.length > 0 && [
			title( __( 'Cancelled first', 'trading-robot-service' ) ),
			list( answer.cancels.map( cancelText ) ),
		],
		answer.orders?.length > 0 && [
			title( __( 'Orders', 'trading-robot-service' ) ),
			orders( answer.orders ),
		],
		sizing( answer.sizing ),
		rules( answer.rules ),
		h(
			'p',
			{ class: 'trp-small trp-muted' },
			__( 'Nothing was sent and nothing was kept.', 'trading-robot-service' )
		)
	);

const title = ( text ) => h( 'h4', {}, text );

/* Rules are asked for each order of each symbol. */
function rules( given ) {
	const legs = [
		...new Set(
			given.map( ( { symbol, leg } ) => `${ symbol } ${ legText( leg ) || words( leg ) }` )
		),
	];
	const of = ( name ) =>
		given.filter(
			( { symbol, leg } ) => `${ symbol } ${ legText( leg ) || words( leg ) }` === name
		);
	return legs.map( ( name ) => [
		title(
			legs.length > 1
				? sprintf( __( 'Rules: %s', 'trading-robot-service' ), name )
				: __( 'Rules', 'trading-robot-service' )
		),
		ruleList( of( name ) ),
	] );
}

const list = ( lines ) =>
	h(
		'ul',
		{ class: 'trp-preview__orders' },
		lines.map( ( line ) => h( 'li', {}, line ) )
	);

const cancelText = ( order ) =>
	[
		`${ sideText( order.side ) } ${ quantity( order.quantity ) } ${ order.symbol }`,
		typeText( order.type ),
		levelsText( order ),
	]
		.filter( Boolean )
		.join( ', ' );

const webhookAnswers = () => ( {
	received: __( 'would take it', 'trading-robot-service' ),
	duplicate: __( 'would see a repeat', 'trading-robot-service' ),
	ignored: __( 'would set it aside', 'trading-robot-service' ),
	refused: __( 'would refuse it', 'trading-robot-service' ),
	rate_limited: __( 'is over its limit', 'trading-robot-service' ),
	too_large: __( 'would find it too large', 'trading-robot-service' ),
} );

const webhookText = ( { answer, reason } ) =>
	[ webhookAnswers()[ answer ] || words( answer ), reason ].filter( Boolean ).join( ': ' );

function facts( { reads, webhook, symbol, quote } ) {
	return [
		reads && [ __( 'Read as', 'trading-robot-service' ), words( reads.parser ) ],
		reads && [ __( 'It says', 'trading-robot-service' ), reads.summary ],
		webhook && [ __( 'The webhook', 'trading-robot-service' ), webhookText( webhook ) ],
		symbol && [ __( 'Symbol', 'trading-robot-service' ), symbol ],
		quote && [
			__( 'Market', 'trading-robot-service' ),
			sprintf(
				__( '%1$s bid, %2$s ask at %3$s', 'trading-robot-service' ),
				price( quote.bid ),
				price( quote.ask ),
				localTime( quote.at )
			),
		],
	].filter( Boolean );
}

const orders = ( list ) =>
	h(
		'ul',
		{ class: 'trp-preview__orders' },
		list.map( ( order ) =>
			h(
				'li',
				{},
				orderText( order ),
				order.follows_exit && ` ${ __( '(once the exit has traded)', 'trading-robot-service' ) }`,
				order.protection?.length > 0 &&
					h(
						'ul',
						{},
						order.protection.map( ( leg ) => guard( leg, order.venue ) )
					)
			)
		)
	);

const guard = ( leg, venue ) =>
	h(
		'li',
		{},
		`${ [ legTitle( leg.leg ) || typeText( leg.type ), levelsText( leg ) ].join(
			': '
		) }. ${ heldByText( leg.held_by, venue ) }.`
	);

function sizing( given ) {
	const steps = sizingSteps( given );
	return steps.length > 0 && [ title( __( 'Size', 'trading-robot-service' ) ), factList( steps ) ];
}
