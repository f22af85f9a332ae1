/** The log of a bot's signals: what came in, what was decided, each step's time. */

import { h } from '../../dom.js';
import { price, quantity } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { botLink } from '../router.js';
import { badge, signalBadge, when } from './figures.js';
import { words } from './rules.js';
import { signalActions } from './signal-actions.js';
import { timeline } from './signal-steps.js';
import { tradesTable } from './tables.js';

/* Where a signal came from. */
const sources = () => ( {
	webhook: [ __( 'Webhook', 'trading-robot-service' ), '' ],
	robot: [ __( 'Robot', 'trading-robot-service' ), '' ],
	test: [ __( 'Test', 'trading-robot-service' ), 'paper' ],
	replay: [ __( 'Replay', 'trading-robot-service' ), 'paper' ],
	paper_replay: [ __( 'Replay on paper', 'trading-robot-service' ), 'paper' ],
	halt: [ __( 'Stop', 'trading-robot-service' ), 'warn' ],
	repair: [ __( 'Repair', 'trading-robot-service' ), 'warn' ],
} );

const sourceBadge = ( source ) => badge( ...( sources()[ source ] || [ words( source ), '' ] ) );

/** 'Buy 2 BTC-USD at $50,000.00' from what was read of an alert. */
export function intentText( intent ) {
	if ( ! intent?.action ) {
		return '';
	}
	const action =
		{
			buy: __( 'Buy', 'trading-robot-service' ),
			sell: __( 'Sell', 'trading-robot-service' ),
			close: __( 'Close', 'trading-robot-service' ),
		}[ intent.action ] || words( intent.action );
	const size = intent.quantity ? ` ${ quantity( intent.quantity ) }` : '';
	const at = intent.price
		? ` ${ sprintf( __( 'at %s', 'trading-robot-service' ), price( intent.price ) ) }`
		: '';
	return `${ action }${ size } ${ intent.symbol || '' }${ at }`.trim();
}

const capital = ( text ) => text && text.replace( /^./, ( letter ) => letter.toUpperCase() );

const reading = ( { log = [] } ) => log.find( ( { step } ) => step === 'read' );

const UNREAD = new Set( [ 'received', 'processing', 'retrying' ] );

const titleOf = ( signal ) =>
	capital( signal.summary || reading( signal )?.summary ) ||
	intentText( signal.intent ) ||
	( UNREAD.has( signal.status ) && __( 'New alert', 'trading-robot-service' ) ) ||
	__( 'Alert that could not be read', 'trading-robot-service' );

/* Why it did not trade; or what of it was left aside when it did. */
function whyText( signal ) {
	const why = signal.last_error || reading( signal )?.detail;
	return why && h( 'span', { class: 'trp-log__why' }, why );
}

export function recentSignals( signals ) {
	return h(
		'ul',
		{ class: 'trp-log' },
		signals.map( ( signal ) =>
			h(
				'li',
				{ 'data-key': signal.id },
				h(
					'div',
					{ class: 'trp-log__row' },
					signalBadge( signal.status ),
					h(
						'span',
						{ class: 'trp-log__what' },
						titleOf( signal ),
						' · ',
						h( 'a', { href: botLink( signal.bot_id, 'signals' ) }, signal.bot_name )
					),
					when( signal.received_at ),
					whyText( signal )
				)
			)
		)
	);
}

export function signalLog( signals, bot, ctx ) {
	return h(
		'ul',
		{ class: 'trp-log' },
		signals.map( ( signal ) => entry( signal, bot, ctx ) )
	);
}

function entry( signal, bot, ctx ) {
	return h(
		'li',
		{ 'data-key': signal.id },
		h(
			'details',
			{},
			h(
				'summary',
				{ class: 'trp-log__row' },
				signalBadge( signal.status ),
				h(
					'span',
					{ class: 'trp-log__what' },
					titleOf( signal ),
					' ',
					sourceBadge( signal.source )
				),
				when( signal.received_at ),
				whyText( signal )
			),
			detail( signal, bot, ctx )
		)
	);
}

function detail( signal, bot, ctx ) {
	return h(
		'div',
		{ class: 'trp-log__detail' },
		h( 'h4', {}, __( 'What happened', 'trading-robot-service' ) ),
		timeline( signal.log || [] ),
		signal.orders?.length > 0 && [
			h( 'h4', {}, __( 'Orders', 'trading-robot-service' ) ),
			tradesTable( signal.orders ),
		],
		h( 'h4', {}, sourceText( signal ) ),
		signal.body
			? h( 'pre', {}, signal.body )
			: h( 'p', {}, __( 'The alert had no text.', 'trading-robot-service' ) ),
		signalActions( signal, bot, ctx )
	);
}

function sourceText( signal ) {
	const parser = signal.parser
		? sprintf( __( 'read as %s', 'trading-robot-service' ), words( signal.parser ).toLowerCase() )
		: '';
	const origin =
		{
			replay: __( 'Replayed alert', 'trading-robot-service' ),
			paper_replay: __( 'Replayed alert', 'trading-robot-service' ),
			halt: __( 'What the stop asked for', 'trading-robot-service' ),
			repair: __( 'What the repair asked for', 'trading-robot-service' ),
			robot: __( 'What the robot asked for', 'trading-robot-service' ),
			test: __( 'Test alert', 'trading-robot-service' ),
		}[ signal.source ] || __( 'Alert as received', 'trading-robot-service' );
	return [ origin, parser ].filter( Boolean ).join( ', ' );
}
