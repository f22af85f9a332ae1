/** What a bot may trade with: money put in and taken out, which is no gain and no loss. */

import { h } from '../../dom.js';
import { money } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { amount } from '../bot-values.js';
import { actionButton } from './actions.js';
import { toast } from './dialog.js';
import { amountField } from './fields.js';
import { panel } from './figures.js';
import { formDialog } from './forms.js';
import { row, rows } from './rows.js';

export const capitalPanel = ( bot, ctx ) =>
	panel(
		__( 'Capital', 'trading-robot-service' ),
		null,
		rows(
			row( {
				key: 'capital',
				title: sprintf(
					__( '%s, open positions included', 'trading-robot-service' ),
					money( bot.performance.equity )
				),
				text: __(
					'Money that you put in or take out is no gain and no loss: the bot’s return stays as it is.',
					'trading-robot-service'
				),
				actions: [ button( bot, ctx, 1 ), button( bot, ctx, -1 ) ],
			} )
		)
	);

const button = ( bot, ctx, sign ) =>
	actionButton( words( sign ).submit, () => changeCapital( bot, ctx, sign ), ctx, {
		kind: 'small',
	} );

const words = ( sign ) =>
	sign > 0
		? {
				title: __( 'Put money into %s', 'trading-robot-service' ),
				submit: __( 'Put money in', 'trading-robot-service' ),
				done: __( '%1$s was put into %2$s.', 'trading-robot-service' ),
		  }
		: {
				title: __( 'Take money out of %s', 'trading-robot-service' ),
				submit: __( 'Take money out', 'trading-robot-service' ),
				done: __( '%1$s was taken out of %2$s.', 'trading-robot-service' ),
		  };

/** Puts money in (`sign` 1) or takes it out (-1); a refusal is shown in the dialog. */
async function changeCapital( bot, ctx, sign ) {
	const { title, submit, done } = words( sign );
	let asked = '';
	const answer = await formDialog( ctx, {
		title: sprintf( title, bot.name ),
		intro: h( 'p', {}, meaning( bot, sign ) ),
		fields: amountField( 'amount', __( 'Amount', 'trading-robot-service' ), {
			before: '$',
			required: true,
			'data-first': true,
		} ),
		submit,
		send: ( given ) => {
			asked = amount( given.get( 'amount' ) );
			/* With a sign of the user's own it is no number, and refused: which button counts. */
			const signed = `${ sign > 0 ? '+' : '-' }${ asked }`;
			return ctx.api.post( `bots/${ bot.id }/capital`, { amount: signed } );
		},
	} );
	if ( answer ) {
		toast( sprintf( done, money( asked ), bot.name ) );
		await ctx.refresh();
	}
}

function meaning( { trading_mode: mode }, sign ) {
	if ( sign < 0 ) {
		return __(
			'What the bot holds and what its open orders need stays in it.',
			'trading-robot-service'
		);
	}
	return mode === 'live'
		? __(
				'How much more of your account the bot may trade with. No money is moved at the broker. You are asked for a code.',
				'trading-robot-service'
		  )
		: __( 'More simulated money to trade with.', 'trading-robot-service' );
}
