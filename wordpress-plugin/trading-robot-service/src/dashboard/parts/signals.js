/** The log of a bot's signals: what came in, what was decided, each step's time. */

import { h } from '../../dom.js';
import { price, quantity } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { botLink } from '../router.js';
import { actionButton } from './actions.js';
import { signalBadge, when } from './figures.js';
import { tradesTable } from './tables.js';
import { toast } from './dialog.js';

const words = ( name ) =>
	String( name || '' )
		.replace( /[._]/g, ' ' )
		.replace( /^./, ( letter ) => letter.toUpperCase() );

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

const titleOf = ( signal ) =>
	capital( signal.summary ) ||
	intentText( signal.intent ) ||
	__( 'Alert that could not be read', 'trading-robot-service' );

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
					signal.last_error && h( 'span', { class: 'trp-log__why' }, signal.last_error )
				)
			)
		)
	);
}

export function signalLog( signals, ctx ) {
	return h(
		'ul',
		{ class: 'trp-log' },
		signals.map( ( signal ) => entry( signal, ctx ) )
	);
}

function entry( signal, ctx ) {
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
				h( 'span', { class: 'trp-log__what' }, titleOf( signal ) ),
				when( signal.received_at ),
				signal.last_error && h( 'span', { class: 'trp-log__why' }, signal.last_error )
			),
			detail( signal, ctx )
		)
	);
}

function detail( signal, ctx ) {
	return h(
		'div',
		{ class: 'trp-log__detail' },
		h( 'h4', {}, __( 'What happened', 'trading-robot-service' ) ),
		h(
			'ol',
			{ class: 'trp-timeline' },
			( signal.log || [] ).map( ( step ) => timelineStep( step ) )
		),
		signal.orders?.length > 0 && [
			h( 'h4', {}, __( 'Orders', 'trading-robot-service' ) ),
			tradesTable( signal.orders ),
		],
		h( 'h4', {}, sourceText( signal ) ),
		signal.body
			? h( 'pre', {}, signal.body )
			: h( 'p', {}, __( 'The alert had no text.', 'trading-robot-service' ) ),
		actions( signal, ctx )
	);
}

function sourceText( signal ) {
	const parser = signal.parser
		? sprintf( __( 'read as %s', 'trading-robot-service' ), words( signal.parser ).toLowerCase() )
		: '';
	const origin = signal.replay_of
		? __( 'Replayed alert', 'trading-robot-service' )
		: __( 'Alert as received', 'trading-robot-service' );
	return [ origin, parser ].filter( Boolean ).join( ', ' );
}

const BAD = new Set( [ 'refuse', 'refused', 'failed', 'dead', 'rejected' ] );
const OWN = new Set( [
	'step',
	'at',
	'ms',
	'reason',
	'summary',
	'detail',
	'rules',
	'verdicts',
	'rule',
	'verdict',
] );

const toneOf = ( step ) =>
	BAD.has( step.step ) || BAD.has( step.verdict ) || BAD.has( step.result ) ? 'bad' : null;

function timelineStep( step ) {
	const rules = step.rules || step.verdicts;
	return h(
		'li',
		{ 'data-tone': toneOf( step ) },
		h( 'span', {}, words( step.rule ? `${ step.step }: ${ step.rule }` : step.step ) ),
		h(
			'span',
			{ class: 'trp-log__time' },
			step.ms === undefined || step.ms === null
				? when( step.at )
				: sprintf( __( '+%s ms', 'trading-robot-service' ), Math.round( step.ms * 10 ) / 10 )
		),
		detailText( step ) && h( 'span', { class: 'trp-timeline__detail' }, detailText( step ) ),
		Array.isArray( rules ) &&
			rules.map( ( rule ) =>
				h(
					'span',
					{ class: 'trp-timeline__detail' },
					`${ BAD.has( rule.verdict ) ? '✕' : '✓' } ${ words( rule.rule ) }${ rule.detail ? `: ${ rule.detail }` : '' }`
				)
			)
	);
}

const isSimple = ( value ) =>
	[ 'string', 'number', 'boolean' ].includes( typeof value ) && value !== '';

/* Facts of a step: words as they are, lists with commas, arithmetic as name and value. */
function factText( name, value ) {
	if ( Array.isArray( value ) ) {
		return value.filter( isSimple ).join( ', ' );
	}
	if ( value && typeof value === 'object' ) {
		return Object.entries( value )
			.filter( ( [ , inner ] ) => isSimple( inner ) )
			.map( ( [ inner, amount ] ) => `${ words( inner ).toLowerCase() } ${ amount }` )
			.join( ', ' );
	}
	return isSimple( value ) ? `${ words( name ).toLowerCase() } ${ value }` : '';
}

function detailText( step ) {
	const said = [ step.verdict, step.summary, step.reason, step.detail ].filter( isSimple );
	const others = Object.entries( step )
		.filter( ( [ name ] ) => ! OWN.has( name ) )
		.map( ( [ name, value ] ) => factText( name, value ) );
	return [ ...said, ...others ].filter( Boolean ).join( ' \u00b7 ' );
}

const REPLAYABLE = new Set( [ 'dead', 'expired', 'discarded', 'refused' ] );
const DISCARDABLE = new Set( [ 'dead', 'received', 'retrying' ] );

function actions( signal, ctx ) {
	const replay = async () => {
		await ctx.api.post( `signals/${ signal.id }/replay` );
		toast( __( 'The alert was sent in again.', 'trading-robot-service' ) );
		await ctx.refresh();
	};
	const discard = async () => {
		await ctx.api.post( `signals/${ signal.id }/discard` );
		toast( __( 'The alert was discarded.', 'trading-robot-service' ) );
		await ctx.refresh();
	};
	const buttons = [
		REPLAYABLE.has( signal.status ) &&
			actionButton( __( 'Replay', 'trading-robot-service' ), replay, ctx, { kind: 'small' } ),
		DISCARDABLE.has( signal.status ) &&
			actionButton( __( 'Discard', 'trading-robot-service' ), discard, ctx, {
				kind: 'small ghost',
			} ),
	].filter( Boolean );
	return buttons.length > 0 && h( 'div', { class: 'trp-actions trp-log__actions' }, buttons );
}
