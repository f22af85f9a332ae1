/** Where a bot's orders go, and the ways from there. */

import { h } from '../../dom.js';
import { localTime } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { brokers } from '../broker-words.js';
import { actionButton } from '../parts/actions.js';
import { modeBadge, panel } from '../parts/figures.js';
import { goLive, leaveLive, useOwnPaper, usePaperAccount } from '../parts/going-live.js';
import { row, rows } from '../parts/rows.js';
import { newAccountLink } from '../router.js';

/** The bot's accounts of one kind: at its broker, not revoked, allowed to trade. */
export const accountsFor = ( bot, accounts, environment ) =>
	accounts.filter(
		( account ) =>
			account.broker === bot.exchange &&
			account.environment === environment &&
			account.status === 'active' &&
			account.permissions === 'trade'
	);

export const placePanel = ( bot, accounts, ctx ) =>
	panel(
		__( 'Where it trades', 'trading-robot-service' ),
		modeBadge( bot.trading_mode ),
		rows( bot.trading_mode === 'live' ? liveRow( bot, ctx ) : paperRows( bot, accounts, ctx ) )
	);

const liveRow = ( bot, ctx ) =>
	row( {
		key: 'live',
		title: sprintf( __( 'Real money at %s', 'trading-robot-service' ), placeText( bot ) ),
		text: sprintf( __( 'Since %s', 'trading-robot-service' ), localTime( bot.went_live_at ) ),
		actions: actionButton(
			__( 'Back to paper', 'trading-robot-service' ),
			() => leaveLive( bot, ctx ),
			ctx,
			{ kind: 'small' }
		),
	} );

const placeText = ( { trading_account: account, exchange } ) =>
	account ? account.label : brokers()[ exchange ].name;

const paperRows = ( bot, accounts, ctx ) => [
	bot.trading_account
		? brokersPaperRow( bot, ctx )
		: ownPaperRow( bot, accountsFor( bot, accounts, 'paper' ), ctx ),
	goLiveRow( bot, accountsFor( bot, accounts, 'live' ), ctx ),
];

const ownPaperRow = ( bot, accounts, ctx ) =>
	row( {
		key: 'paper',
		title: __( 'Simulated money of this service', 'trading-robot-service' ),
		text: __( 'Market prices, with fees, spread and slippage.', 'trading-robot-service' ),
		actions:
			accounts.length > 0 &&
			actionButton(
				__( 'Use a paper account', 'trading-robot-service' ),
				() => usePaperAccount( bot, accounts, ctx ),
				ctx,
				{ kind: 'small' }
			),
	} );

const brokersPaperRow = ( bot, ctx ) =>
	row( {
		key: 'paper',
		title: sprintf( __( 'Simulated money at %s', 'trading-robot-service' ), placeText( bot ) ),
		text: __( 'The broker’s own paper account.', 'trading-robot-service' ),
		actions: actionButton(
			__( 'Back to this service’s', 'trading-robot-service' ),
			() => useOwnPaper( bot, ctx ),
			ctx,
			{ kind: 'small' }
		),
	} );

function goLiveRow( bot, accounts, ctx ) {
	const isPossible = accounts.length > 0;
	return row( {
		key: 'go-live',
		title: __( 'Real money', 'trading-robot-service' ),
		text: isPossible
			? __(
					'In two steps: you see the terms, then confirm them with a code.',
					'trading-robot-service'
			  )
			: sprintf(
					__( 'Needs a live account at %s with keys that may trade.', 'trading-robot-service' ),
					brokers()[ bot.exchange ].name
			  ),
		actions: isPossible
			? actionButton(
					__( 'Go live', 'trading-robot-service' ),
					() => goLive( bot, accounts, ctx ),
					ctx,
					{ kind: 'small' }
			  )
			: h(
					'a',
					{ class: 'trp-button trp-button--small', href: newAccountLink() },
					__( 'Add an account', 'trading-robot-service' )
			  ),
	} );
}
