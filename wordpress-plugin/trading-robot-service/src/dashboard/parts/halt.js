/** Stopping in three steps: a bot, all of a user's bots, everybody's. */

import { fill, h } from '../../dom.js';
import { __, sprintf } from '../../i18n.js';
import { consequences, haltText, LEVELS, levelWords } from '../halt-words.js';
import { actionButton } from './actions.js';
import { confirmDialog, openDialog, toast } from './dialog.js';
import { choiceField } from './fields.js';

/** Asks how much is to be stopped, naming what happens; the level, or undefined when cancelled. */
function askLevel( { title, who, count } ) {
	let level = LEVELS[ 0 ];
	const what = h( 'ul', { class: 'trp-consequences', 'aria-live': 'polite' } );
	const confirm = h( 'button', { type: 'button', class: 'trp-button trp-button--danger' } );
	const show = () => {
		fill(
			what,
			consequences( level, who, count ).map( ( line ) => h( 'li', {}, line ) )
		);
		confirm.textContent = levelWords()[ level ].confirm;
	};
	const choose = ( { target } ) => {
		level = target.value;
		show();
	};
	show();
	return openDialog( {
		title,
		body: [ levels( level, choose ), what ],
		buttons: ( close ) => {
			confirm.addEventListener( 'click', () => close( level ) );
			return [
				h(
					'button',
					{ type: 'button', class: 'trp-button', 'data-first': true, onclick: () => close() },
					__( 'Cancel', 'trading-robot-service' )
				),
				confirm,
			];
		},
	} );
}

const levels = ( value, onchange ) =>
	choiceField(
		'level',
		__( 'How much is to stop', 'trading-robot-service' ),
		LEVELS.map( ( name ) => [ name, levelWords()[ name ].title, levelWords()[ name ].hint ] ),
		{ value, onchange }
	);

async function stop( question, path, said, ctx ) {
	const level = await askLevel( question );
	if ( level ) {
		await ctx.api.post( path, { level } );
		toast( said );
		await ctx.refresh();
	}
}

export const stopBot = ( bot, ctx ) =>
	stop(
		{
			title: sprintf( __( 'Stop %s?', 'trading-robot-service' ), bot.name ),
			who: bot.name,
			count: bot.open_positions,
		},
		`bots/${ bot.id }/halt`,
		sprintf( __( '%s was stopped.', 'trading-robot-service' ), bot.name ),
		ctx
	);

export const stopAll = ( ctx ) =>
	stop(
		{
			title: __( 'Stop everything?', 'trading-robot-service' ),
			who: __( 'All your bots', 'trading-robot-service' ),
		},
		'halt',
		__( 'All your bots were stopped.', 'trading-robot-service' ),
		ctx
	);

export const stopPlatform = ( ctx ) =>
	stop(
		{
			title: __( 'Stop trading for everybody?', 'trading-robot-service' ),
			who: __( 'Every bot of every user', 'trading-robot-service' ),
		},
		'admin/halt',
		__( 'Trading was stopped for everybody.', 'trading-robot-service' ),
		ctx
	);

async function resume( question, path, said, ctx ) {
	const confirmed = await confirmDialog( {
		...question,
		confirm: __( 'Let them trade again', 'trading-robot-service' ),
	} );
	if ( confirmed ) {
		await ctx.api.del( path );
		toast( said );
		await ctx.refresh();
	}
}

const stayPaused = () =>
	h(
		'p',
		{},
		__(
			'Bots that run may open positions again from now on. Bots that are paused stay paused, and nothing that was cancelled or closed comes back.',
			'trading-robot-service'
		)
	);

export const resumeAll = ( ctx ) =>
	resume(
		{ title: __( 'Let your bots trade again?', 'trading-robot-service' ), body: stayPaused() },
		'halt',
		__( 'Your bots may trade again.', 'trading-robot-service' ),
		ctx
	);

export const resumePlatform = ( ctx ) =>
	resume(
		{ title: __( 'Let everybody trade again?', 'trading-robot-service' ), body: stayPaused() },
		'admin/halt',
		__( 'Everybody may trade again.', 'trading-robot-service' ),
		ctx
	);

/** Says that trading is stopped; its own user may end it there. */
export const haltNotice = ( halt, ctx ) =>
	halt &&
	h(
		'div',
		{ class: 'trp-notice trp-notice--error', role: 'status', 'data-key': `halt-${ halt.scope }` },
		h(
			'p',
			{},
			h( 'strong', {}, __( 'Trading is stopped.', 'trading-robot-service' ) ),
			' ',
			haltText( halt )
		),
		halt.by === 'you' &&
			actionButton(
				__( 'Let them trade again', 'trading-robot-service' ),
				() => resumeAll( ctx ),
				ctx,
				{ kind: 'small' }
			)
	);

/** The user's own stop and the operator's for everybody, whichever are in force. */
export const haltNotices = ( halts, ctx ) =>
	[ halts?.platform, halts?.halt ].map( ( halt ) => haltNotice( halt, ctx ) );

/** The button that stops all of the user's bots. */
export const stopAllButton = ( ctx ) =>
	actionButton( __( 'Stop everything', 'trading-robot-service' ), () => stopAll( ctx ), ctx, {
		kind: 'danger',
	} );
