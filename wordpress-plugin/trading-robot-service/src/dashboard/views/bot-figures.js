/** A bot's figures, curves, positions, open orders and latest trades. */

import { h } from '../../dom.js';
import { count, money, percent, ratio, signedMoney } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { chart, kpi, kpis, modeBadge, panel, signed } from '../parts/figures.js';
import { openOrdersTable } from '../parts/orders.js';
import { empty } from '../parts/states.js';
import { positionsTable, tradesTable } from '../parts/tables.js';
import { botLink } from '../router.js';
import { reasonText } from '../performance/words.js';
import { equityPoints, equitySummary } from './overview.js';

/* Figures change with trades, so they are read again when those did, when news say so, and once a minute. */
const FIGURES_AGE_MS = 60000;

export async function loadFigures( ctx, id, last ) {
	const figures = () => ctx.api.get( `bots/${ id }/performance` );
	const held = () => ctx.api.get( `bots/${ id }/positions` );
	const [ { trades }, { trades: orders }, first, firstHeld ] = await Promise.all( [
		ctx.api.get( `bots/${ id }/trades`, { limit: 5 } ),
		ctx.api.get( `bots/${ id }/trades`, { limit: 100, status: 'open' } ),
		last ? null : figures(),
		last && ! last.positions.length ? null : held(),
	] );
	const isQuiet =
		last &&
		! ctx.news.has( 'figures' ) &&
		JSON.stringify( trades ) === JSON.stringify( last.trades );
	const { positions } = firstHeld || ( isQuiet ? last : await held() );
	return isQuiet && Date.now() - last.readAt < FIGURES_AGE_MS
		? { performance: last.performance, readAt: last.readAt, positions, orders, trades }
		: { performance: first || ( await figures() ), readAt: Date.now(), positions, orders, trades };
}

export const figuresTab = ( { bot, performance, positions, orders, trades } ) => [
	keyFigures( bot, performance ),
	curvesPanel( bot, performance ),
	positionsPanel( bot, positions ),
	ordersPanel( bot, orders ),
	tradesPanel( bot, trades ),
];

function keyFigures( bot, { metrics, undefined: reasons = {} } ) {
	return kpis(
		kpi(
			__( 'Equity', 'trading-robot-service' ),
			money( bot.performance.equity ),
			sprintf( __( 'started with %s', 'trading-robot-service' ), money( bot.starting_cash ) )
		),
		kpi(
			__( 'Total P&L', 'trading-robot-service' ),
			signed( metrics.total_pnl, signedMoney( metrics.total_pnl ) ),
			__( 'closed trades, after fees', 'trading-robot-service' )
		),
		kpi(
			__( 'Round trips', 'trading-robot-service' ),
			count( metrics.trade_count ),
			sprintf(
				__( '%1$s won, %2$s lost', 'trading-robot-service' ),
				count( metrics.win_count ),
				count( metrics.loss_count )
			)
		),
		kpi(
			__( 'Win rate', 'trading-robot-service' ),
			percent( metrics.win_rate ),
			reasonText( reasons.win_rate )
		),
		kpi(
			__( 'Profit factor', 'trading-robot-service' ),
			ratio( metrics.profit_factor ),
			reasonText( reasons.profit_factor )
		),
		kpi(
			__( 'Max drawdown', 'trading-robot-service' ),
			percent( metrics.max_drawdown, 2 ),
			reasonText( reasons.max_drawdown )
		)
	);
}

const curvesPanel = ( bot, performance ) =>
	panel(
		__( 'Equity and drawdown', 'trading-robot-service' ),
		modeBadge( performance.mode ),
		h( 'div', { class: 'trp-card' }, curves( performance, bot ) )
	);

const positionsPanel = ( bot, positions ) =>
	panel(
		__( 'Open positions', 'trading-robot-service' ),
		modeBadge( bot.trading_mode ),
		positions.length
			? positionsTable( positions )
			: empty(
					__( 'No open position', 'trading-robot-service' ),
					__( 'The bot holds no symbol right now.', 'trading-robot-service' )
			  )
	);

const ordersPanel = ( bot, orders ) =>
	panel(
		__( 'Open orders', 'trading-robot-service' ),
		modeBadge( bot.trading_mode ),
		orders.length
			? openOrdersTable( orders )
			: empty(
					__( 'No open order', 'trading-robot-service' ),
					__(
						'Entries that wait for their price, and what guards positions, are listed here.',
						'trading-robot-service'
					)
			  )
	);

const tradesPanel = ( bot, trades ) =>
	panel(
		__( 'Latest trades', 'trading-robot-service' ),
		trades.length > 0 &&
			h( 'a', { href: botLink( bot.id, 'trades' ) }, __( 'All trades', 'trading-robot-service' ) ),
		trades.length
			? tradesTable( trades )
			: empty(
					__( 'No trades yet', 'trading-robot-service' ),
					__(
						'Send an alert to this bot’s webhook address, and the trade appears here within seconds.',
						'trading-robot-service'
					)
			  )
	);

function curves( { equity_curve: curve }, bot ) {
	const points = equityPoints( curve );
	const falls = ( curve || [] ).map( ( { at, drawdown } ) => [
		Date.parse( at ) / 1000,
		Number( drawdown ),
	] );
	const deepest = falls.length ? Math.min( ...falls.map( ( [ , y ] ) => y ) ) : 0;
	return [
		chart(
			{
				kind: 'equity',
				points,
				unit: '$',
				title: __( 'Equity', 'trading-robot-service' ),
				summary: equitySummary( points ),
			},
			bot.id
		),
		chart(
			{
				kind: 'drawdown',
				points: falls,
				unit: '%',
				title: __( 'Drawdown', 'trading-robot-service' ),
				summary: sprintf(
					__( 'Deepest fall from a peak: %s.', 'trading-robot-service' ),
					percent( deepest, 2 )
				),
			},
			bot.id
		),
	];
}
