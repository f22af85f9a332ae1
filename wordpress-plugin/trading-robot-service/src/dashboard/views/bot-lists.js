/** A bot's trades and signals, page by page. */

import { h } from '../../dom.js';
import { __ } from '../../i18n.js';
import { panel } from '../parts/figures.js';
import { signalLog } from '../parts/signals.js';
import { empty } from '../parts/states.js';
import { pager, tradesTable } from '../parts/tables.js';
import { botLink } from '../router.js';

const PAGE = 20;

export const tradesOf = ( ctx, id ) => listOf( ctx, id, 'trades' );
export const signalsOf = ( ctx, id ) => listOf( ctx, id, 'signals' );

async function listOf( ctx, id, name ) {
	const answer = await ctx.api.get( `bots/${ id }/${ name }`, {
		page: ctx.state.page || 1,
		limit: PAGE,
	} );
	return {
		[ name ]: answer[ name ],
		list: { page: answer.page, limit: answer.limit, total: answer.total },
	};
}

function turn( ctx ) {
	return ( page ) => {
		ctx.state.page = page;
		ctx.refresh().catch( () => {} );
	};
}

export const tradesTab = ( { trades, list }, ctx ) =>
	panel(
		__( 'Trades', 'trading-robot-service' ),
		null,
		trades.length
			? tradesTable( trades )
			: empty(
					__( 'No trades yet', 'trading-robot-service' ),
					__( 'Orders this bot places are listed here, newest first.', 'trading-robot-service' )
			  ),
		pager( list, turn( ctx ) )
	);

export const signalsTab = ( { bot, signals, list }, ctx ) =>
	panel(
		__( 'Signal log', 'trading-robot-service' ),
		null,
		signals.length
			? signalLog( signals, bot, ctx )
			: empty(
					__( 'No signals yet', 'trading-robot-service' ),
					__(
						'Every alert this bot receives is kept here: what came in, what was decided and why, and how long each step took.',
						'trading-robot-service'
					),
					bot.signal_source === 'webhook' &&
						h(
							'a',
							{ class: 'trp-button', href: botLink( bot.id, 'alerts' ) },
							__( 'Set up or try an alert', 'trading-robot-service' )
						)
			  ),
		pager( list, turn( ctx ) )
	);
