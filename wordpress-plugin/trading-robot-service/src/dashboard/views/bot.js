/** One bot: figures and charts, trades, signals, settings. */

import { h } from '../../dom.js';
import { count, money, percent, ratio, signedMoney } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { actionButton, cloneBot, deleteBot, setStatus } from '../parts/actions.js';
import { badge, botBadge, chart, kpi, kpis, modeBadge, panel, signed } from '../parts/figures.js';
import { botSkeleton, contentSkeleton, empty } from '../parts/states.js';
import { positionsTable, toggle, tradesTable } from '../parts/tables.js';
import { BOT_TABS, botLink, editLink, overviewLink } from '../router.js';
import { signalsTab, signalsOf, tradesOf, tradesTab } from './bot-lists.js';
import { settingsTab } from './bot-settings.js';
import { equityPoints, equitySummary } from './overview.js';

const TABS = {
	overview: { load: loadFigures, view: figuresTab },
	trades: { load: tradesOf, view: tradesTab },
	signals: { load: signalsOf, view: signalsTab },
	settings: { load: async () => ( {} ), view: settingsTab },
};

export const botScreen = ( { id, tab } ) => ( {
	key: `bot-${ id }-${ tab }`,
	title: ( data ) => data?.bot.name || __( 'Bot', 'trading-robot-service' ),
	interval: 5000,
	concerns: ( hint ) => hint.bot_id === id,
	events: ( { trades, signals } ) =>
		( trades || signals || [] ).map( ( { id, state, status } ) => [ id, state || status ] ),
	skeleton: botSkeleton,
	waiting: ( { bot }, ctx ) =>
		h(
			'div',
			{ class: 'trp-stack', 'data-key': id },
			head( bot, ctx ),
			tabs( bot, tab ),
			contentSkeleton()
		),
	async load( ctx, last ) {
		const [ { bot }, content ] = await Promise.all( [
			ctx.api.get( `bots/${ id }` ),
			TABS[ tab ].load( ctx, id, last ),
		] );
		return { bot, ...content };
	},
	view: ( data, ctx ) =>
		h(
			'div',
			{ class: 'trp-stack', 'data-key': id },
			head( data.bot, ctx ),
			tabs( data.bot, tab ),
			TABS[ tab ].view( data, ctx )
		),
} );

function head( bot, ctx ) {
	return h(
		'header',
		{ 'data-key': 'head' },
		h(
			'p',
			{ class: 'trp-breadcrumb' },
			h( 'a', { href: overviewLink() }, __( 'Dashboard', 'trading-robot-service' ) ),
			' / ',
			__( 'Bots', 'trading-robot-service' )
		),
		h(
			'div',
			{ class: 'trp-app__head trp-app__head--bot' },
			h(
				'div',
				{},
				h( 'h1', { tabindex: -1 }, bot.name ),
				h(
					'p',
					{ class: 'trp-app__status' },
					botBadge( bot.status ),
					modeBadge( bot.trading_mode ),
					badge( assetText( bot ) ),
					bot.description
				)
			),
			h( 'div', { class: 'trp-actions' }, buttons( bot, ctx ) )
		)
	);
}

export const assetText = ( bot ) =>
	bot.asset_type === 'stocks'
		? __( 'US stocks, Alpaca', 'trading-robot-service' )
		: __( 'Crypto, Coinbase', 'trading-robot-service' );

function buttons( bot, ctx ) {
	return [
		toggle( bot, ctx, bot.status === 'running' ? '' : 'primary' ),
		bot.status !== 'stopped' &&
			actionButton(
				__( 'Stop', 'trading-robot-service' ),
				() => setStatus( bot, 'stopped', ctx ),
				ctx
			),
		h(
			'a',
			{ class: 'trp-button', href: editLink( bot.id ) },
			__( 'Edit', 'trading-robot-service' )
		),
		actionButton( __( 'Clone', 'trading-robot-service' ), () => cloneBot( bot, ctx ), ctx ),
		actionButton( __( 'Delete', 'trading-robot-service' ), () => deleteBot( bot, ctx ), ctx, {
			kind: 'danger',
		} ),
	].filter( Boolean );
}

function tabs( bot, active ) {
	const names = {
		overview: __( 'Overview', 'trading-robot-service' ),
		trades: __( 'Trades', 'trading-robot-service' ),
		signals: __( 'Signal log', 'trading-robot-service' ),
		settings: __( 'Settings', 'trading-robot-service' ),
	};
	return h(
		'nav',
		{
			class: 'trp-tabs',
			'aria-label': __( 'Parts of this bot', 'trading-robot-service' ),
			'data-key': 'tabs',
		},
		BOT_TABS.map( ( tab ) =>
			h(
				'a',
				{ href: botLink( bot.id, tab ), 'aria-current': tab === active ? 'page' : null },
				names[ tab ]
			)
		)
	);
}

/* Figures change with trades, so they are read again when those did, when news say so, and once a minute. */
const FIGURES_AGE_MS = 60000;

async function loadFigures( ctx, id, last ) {
	const figures = () => ctx.api.get( `bots/${ id }/performance` );
	const held = () => ctx.api.get( `bots/${ id }/positions` );
	const [ { trades }, first, firstHeld ] = await Promise.all( [
		ctx.api.get( `bots/${ id }/trades`, { limit: 5 } ),
		last ? null : figures(),
		last && ! last.positions.length ? null : held(),
	] );
	const isQuiet =
		last && ! ctx.news.has( 'figures' ) && JSON.stringify( trades ) === JSON.stringify( last.trades );
	const { positions } = firstHeld || ( isQuiet ? last : await held() );
	return isQuiet && Date.now() - last.readAt < FIGURES_AGE_MS
		? { performance: last.performance, readAt: last.readAt, positions, trades }
		: { performance: first || ( await figures() ), readAt: Date.now(), positions, trades };
}

function figuresTab( { bot, performance, positions, trades } ) {
	const { metrics, undefined: reasons = {} } = performance;
	return [
		kpis(
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
		),
		panel(
			__( 'Equity and drawdown', 'trading-robot-service' ),
			modeBadge( performance.mode ),
			h( 'div', { class: 'trp-card' }, curves( performance, bot ) )
		),
		panel(
			__( 'Open positions', 'trading-robot-service' ),
			modeBadge( bot.trading_mode ),
			positions.length
				? positionsTable( positions )
				: empty(
						__( 'No open position', 'trading-robot-service' ),
						__( 'The bot holds no symbol right now.', 'trading-robot-service' )
					)
		),
		panel(
			__( 'Latest trades', 'trading-robot-service' ),
			trades.length > 0 &&
				h(
					'a',
					{ href: botLink( bot.id, 'trades' ) },
					__( 'All trades', 'trading-robot-service' )
				),
			trades.length
				? tradesTable( trades )
				: empty(
						__( 'No trades yet', 'trading-robot-service' ),
						__(
							'Send an alert to this bot’s webhook address, and the trade appears here within seconds.',
							'trading-robot-service'
						)
					)
		),
	];
}

const reasonText = ( reason ) =>
	reason &&
	( {
		no_losses: __( 'no losing trade yet', 'trading-robot-service' ),
		no_trades: __( 'no closed trade yet', 'trading-robot-service' ),
	}[ reason ] ||
		reason.replaceAll( '_', ' ' ) );

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
