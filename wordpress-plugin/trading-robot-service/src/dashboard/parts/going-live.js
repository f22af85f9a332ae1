/** Where a bot's orders go: the paper broker, a paper account, or, in two steps, real money. */

import { h } from '../../dom.js';
import { __, sprintf } from '../../i18n.js';
import { amount } from '../bot-values.js';
import { confirmDialog, toast } from './dialog.js';
import { amountField, selectField } from './fields.js';
import { formDialog } from './forms.js';

const accountField = ( accounts ) =>
	selectField(
		'trading_account_id',
		__( 'Trading account', 'trading-robot-service' ),
		accounts.map( ( { id, label } ) => [ id, label ] )
	);

/** Moves a bot to one of the paper accounts. */
export async function usePaperAccount( bot, accounts, ctx ) {
	const answer = await formDialog( ctx, {
		title: sprintf( __( 'Where should %s trade?', 'trading-robot-service' ), bot.name ),
		intro: h(
			'p',
			{},
			__(
				'At the broker’s own paper account: simulated money, the broker’s own rules and fills.',
				'trading-robot-service'
			)
		),
		fields: accountField( accounts ),
		submit: __( 'Trade there', 'trading-robot-service' ),
		send: ( given ) =>
			ctx.api.post( `bots/${ bot.id }/account`, {
				trading_account_id: given.get( 'trading_account_id' ),
			} ),
	} );
	if ( answer ) {
		toast(
			sprintf( __( '%s now trades at the paper account.', 'trading-robot-service' ), bot.name )
		);
		await ctx.refresh();
	}
}

/** Back to the simulated market of this service. */
export async function useOwnPaper( bot, ctx ) {
	await ctx.api.post( `bots/${ bot.id }/account`, { trading_account_id: null } );
	toast(
		sprintf( __( '%s now trades with simulated money here.', 'trading-robot-service' ), bot.name )
	);
	await ctx.refresh();
}

/** Two steps: which account and how much, then the terms in sentences and the confirmation. */
export async function goLive( bot, accounts, ctx ) {
	const offer = await formDialog( ctx, {
		title: sprintf( __( 'Real money for %s: step 1 of 2', 'trading-robot-service' ), bot.name ),
		intro: h(
			'p',
			{},
			__( 'Nothing changes yet: the next step shows what you agree to.', 'trading-robot-service' )
		),
		fields: [
			accountField( accounts ),
			amountField( 'capital', __( 'Capital for this bot', 'trading-robot-service' ), {
				before: '$',
				required: true,
				'data-first': true,
				hint: __(
					'What the bot may count on. Shares of its equity are worked out from it.',
					'trading-robot-service'
				),
			} ),
		],
		submit: __( 'Show the terms', 'trading-robot-service' ),
		send: ( given ) =>
			ctx.api.post( `bots/${ bot.id }/live/terms`, {
				trading_account_id: given.get( 'trading_account_id' ),
				capital: amount( given.get( 'capital' ) ),
			} ),
	} );
	if ( offer && ( await agree( bot, offer.terms, ctx, offer.confirmation ) ) ) {
		toast( sprintf( __( '%s now trades with real money.', 'trading-robot-service' ), bot.name ) );
		await ctx.refresh();
	}
}

/* The refusal of the second step, such as terms that have changed, is shown in its dialog. */
const agree = ( bot, { sentences }, ctx, confirmation ) =>
	formDialog( ctx, {
		title: sprintf( __( 'Real money for %s: step 2 of 2', 'trading-robot-service' ), bot.name ),
		intro: h(
			'ul',
			{ class: 'trp-consequences' },
			sentences.map( ( sentence ) => h( 'li', {}, sentence ) )
		),
		fields: h(
			'p',
			{ class: 'trp-small trp-muted' },
			__(
				'These terms are good for five minutes. You are asked for a code.',
				'trading-robot-service'
			)
		),
		submit: __( 'Trade with real money', 'trading-robot-service' ),
		danger: true,
		wide: true,
		send: () => ctx.api.post( `bots/${ bot.id }/live`, { confirmation } ),
	} );

export async function leaveLive( bot, ctx ) {
	const confirmed = await confirmDialog( {
		title: sprintf( __( 'Back to simulated money with %s?', 'trading-robot-service' ), bot.name ),
		body: h(
			'p',
			{},
			__(
				'From then on its orders no longer reach the broker. Its live record stays and is not mixed with the paper one.',
				'trading-robot-service'
			)
		),
		confirm: __( 'Back to paper', 'trading-robot-service' ),
	} );
	if ( confirmed ) {
		await ctx.api.post( `bots/${ bot.id }/paper` );
		toast(
			sprintf( __( '%s trades with simulated money again.', 'trading-robot-service' ), bot.name )
		);
		await ctx.refresh();
	}
}
