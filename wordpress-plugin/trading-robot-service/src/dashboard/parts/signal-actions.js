/** What can be done with a past signal: send it in again, to the bot or to paper, or drop it. */

import { h } from '../../dom.js';
import { __, sprintf } from '../../i18n.js';
import { botLink } from '../router.js';
import { actionButton } from './actions.js';
import { confirmDialog, toast } from './dialog.js';

const REPLAYABLE = new Set( [ 'done', 'dead', 'expired', 'discarded', 'refused', 'ignored' ] );
const DISCARDABLE = new Set( [ 'dead', 'received', 'retrying' ] );
const ALERTS = new Set( [ 'webhook', 'robot', 'test', 'replay', 'paper_replay' ] );

/* What is replayed trades at today's price, once more where it has traded already. */
function confirmed( signal, bot ) {
	const isLive = bot.trading_mode === 'live';
	if ( ! isLive && signal.status !== 'done' ) {
		return true;
	}
	return confirmDialog( {
		title: __( 'Send this alert in again?', 'trading-robot-service' ),
		body: [
			signal.status === 'done' &&
				h(
					'p',
					{},
					__(
						'It was carried out already and will be carried out once more.',
						'trading-robot-service'
					)
				),
			h(
				'p',
				{},
				isLive
					? sprintf(
							__(
								'%s trades with real money: the order goes to the broker at today’s price.',
								'trading-robot-service'
							),
							bot.name
					  )
					: __( 'It trades at today’s price.', 'trading-robot-service' )
			),
		],
		confirm: __( 'Send it in again', 'trading-robot-service' ),
		danger: isLive,
	} );
}

export function signalActions( signal, bot, ctx ) {
	const send = async () => {
		await ctx.api.post( `signals/${ signal.id }/replay`, { to: 'bot' } );
		toast( __( 'The alert was sent in again.', 'trading-robot-service' ) );
		await ctx.refresh();
	};
	/* A bot that trades at a broker has its paper replays in a bot beside it. */
	const sendToPaper = async () => {
		const { bot_id: twin } = await ctx.api.post( `signals/${ signal.id }/replay`, { to: 'paper' } );
		toast( __( 'The alert was sent in again, with simulated money.', 'trading-robot-service' ) );
		location.hash = botLink( twin, 'signals' );
	};
	const discard = async () => {
		await ctx.api.post( `signals/${ signal.id }/discard` );
		toast( __( 'The alert was discarded.', 'trading-robot-service' ) );
		await ctx.refresh();
	};
	const replayable = REPLAYABLE.has( signal.status ) && ALERTS.has( signal.source );
	const replay = async () => ( await confirmed( signal, bot ) ) && send();
	const buttons = [
		replayable &&
			actionButton( __( 'Replay', 'trading-robot-service' ), replay, ctx, { kind: 'small' } ),
		replayable &&
			bot.trading_account &&
			actionButton( __( 'Replay to paper', 'trading-robot-service' ), sendToPaper, ctx, {
				kind: 'small',
			} ),
		DISCARDABLE.has( signal.status ) &&
			actionButton( __( 'Discard', 'trading-robot-service' ), discard, ctx, {
				kind: 'small ghost',
			} ),
	].filter( Boolean );
	return buttons.length > 0 && h( 'div', { class: 'trp-actions trp-log__actions' }, buttons );
}
