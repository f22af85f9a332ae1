/** The first screen: the whole account at a glance. */

import { h } from '../../dom.js';
import { count, localTime, money, percent, ratio, signedMoney, utcTime } from '../../format.js';
import { __, _n, sprintf } from '../../i18n.js';
import { badge, chart, kpi, kpis, modeBadge, panel, signed } from '../parts/figures.js';
import { haltNotices, stopAllButton } from '../parts/halt.js';
import { botLimit, showLimit } from '../parts/limits.js';
import { missingPanel, titlesOf } from '../parts/missing.js';
import { noticesWithLink } from '../parts/plan-notices.js';
import { recentSignals } from '../parts/signals.js';
import { empty, overviewSkeleton } from '../parts/states.js';
import { botsTable, recentTrades } from '../parts/tables.js';
import { newBotLink } from '../router.js';
import { onboarding } from './onboarding.js';

export const overview = {
	key: 'overview',
	title: () => __( 'Dashboard', 'trading-robot-service' ),
	interval: 5000,
	skeleton: overviewSkeleton,
	load: readOverview,
	events: ( data ) => [
		data.recent_signals.map( ( { id, status } ) => [ id, status ] ),
		data.recent_trades.map( ( { id, state } ) => [ id, state ] ),
	],
	view: ( data, ctx ) =>
		h(
			'div',
			{ class: 'trp-stack', 'data-key': 'overview' },
			head( data, ctx ),
			haltNotices( data.halts, ctx ),
			ctx.state.plan && noticesWithLink( ctx.state.plan.own ),
			onboarding( data, ctx ),
			data.bot_count > 0 && [
				figures( data ),
				equityPanel( data ),
				botsPanel( data, ctx ),
				h(
					'div',
					{ class: 'trp-columns', 'data-key': 'recent' },
					tradesPanel( data ),
					signalsPanel( data )
				),
				totals( data.metrics ),
				ctx.state.plan && missingPanel( ctx.state.plan.missing, ctx.state.plan.titles, ctx ),
			]
		),
};

/* Whether the account is secured matters to newcomers and changes elsewhere: it is read once. */
async function readOverview( ctx, last ) {
	const [ data, me, halts ] = await Promise.all( [
		ctx.api.get( 'dashboard' ),
		last ? null : ctx.api.get( 'users/me' ),
		readHalts( ctx, last ),
	] );
	last || showPlan( ctx );
	return { ...data, halts, isSecured: me ? me.user.second_factor.enrolled : last.isSecured };
}

/* The figures do not wait for it, and where it can't be read the rest is still of use. */
async function showPlan( { api, state, redraw } ) {
	const [ own, missing, { plans } ] = await Promise.all( [
		api.get( 'subscription' ),
		api.get( 'plans/missing' ),
		api.get( 'plans' ),
	] ).catch( () => [ null, null, {} ] );
	if ( own ) {
		state.plan = { own, missing, titles: titlesOf( plans ) };
		redraw();
	}
}

/* A stop changes bots, so it is read again when those did, and now and then. */
const HALTS_AGE_MS = 15000;

async function readHalts( ctx, last ) {
	if ( last && ! ctx.news.has( 'bot' ) && Date.now() - last.halts.readAt < HALTS_AGE_MS ) {
		return last.halts;
	}
	return { ...( await ctx.api.get( 'halt' ) ), readAt: Date.now() };
}

function head( data, ctx ) {
	return h(
		'header',
		{ class: 'trp-app__head', 'data-key': 'head' },
		h(
			'div',
			{},
			h( 'h1', { tabindex: -1 }, __( 'Dashboard', 'trading-robot-service' ) ),
			h(
				'p',
				{ class: 'trp-app__status' },
				modeBadge( data.mode ),
				systemText( { queue_age_seconds: data.queue_age_seconds, ...data.system } ),
				h(
					'span',
					{ class: 'trp-asof', title: utcTime( data.as_of ) },
					sprintf( __( 'As of %s', 'trading-robot-service' ), localTime( data.as_of ) )
				)
			)
		),
		data.bot_count > 0 &&
			h( 'div', { class: 'trp-actions' }, stopAllButton( ctx ), createButton( data, ctx ) )
	);
}

const SLOW_QUEUE_SECONDS = 10;

function systemText( system ) {
	const slow = system?.queue_age_seconds > SLOW_QUEUE_SECONDS;
	return [
		slow
			? badge( __( 'Alerts are delayed', 'trading-robot-service' ), 'warn' )
			: badge( __( 'All systems running', 'trading-robot-service' ), 'ok' ),
		system?.market_data === 'simulated' &&
			badge( __( 'Simulated prices', 'trading-robot-service' ) ),
	];
}

function createButton( data, ctx ) {
	const limit = botLimit( data.plan );
	if ( ! limit ) {
		return h(
			'a',
			{ class: 'trp-button trp-button--primary', href: newBotLink() },
			__( 'Create a bot', 'trading-robot-service' )
		);
	}
	return h(
		'button',
		{
			type: 'button',
			class: 'trp-button',
			onclick: () => showLimit( limit, ctx ),
			title: __( 'Your plan’s limit is reached', 'trading-robot-service' ),
		},
		h( 'span', { class: 'trp-lock', 'aria-hidden': 'true' } ),
		__( 'Create a bot', 'trading-robot-service' )
	);
}

function figures( data ) {
	const { limits = {}, usage = {}, title } = data.plan || {};
	const alerts = limits.max_webhooks_per_day ?? limits.webhooks_per_day;
	const bots = limits.max_bots ?? limits.bots;
	return kpis(
		kpi(
			__( 'Total value', 'trading-robot-service' ),
			money( data.total_value ),
			__( 'Paper money, all bots', 'trading-robot-service' )
		),
		kpi(
			__( 'Today’s P&L', 'trading-robot-service' ),
			signed( data.todays_pnl, signedMoney( data.todays_pnl ) ),
			__( 'Realised and open', 'trading-robot-service' )
		),
		kpi(
			__( 'Active bots', 'trading-robot-service' ),
			count( data.active_bots ),
			sprintf(
				_n( 'of %s bot', 'of %s bots', data.bot_count, 'trading-robot-service' ),
				count( data.bot_count )
			)
		),
		kpi( __( 'Alerts today', 'trading-robot-service' ), usageText( usage.webhooks_today, alerts ), [
			meter( usage.webhooks_today, alerts, __( 'Alerts today', 'trading-robot-service' ) ),
			planText( title, usage.bots, bots ),
		] )
	);
}

const planText = ( title, used, allowed ) =>
	allowed
		? sprintf(
				__( '%1$s plan, %2$s of %3$s bots', 'trading-robot-service' ),
				title,
				count( used ),
				count( allowed )
		  )
		: title;

const usageText = ( used, allowed ) =>
	allowed
		? sprintf( __( '%1$s of %2$s', 'trading-robot-service' ), count( used || 0 ), count( allowed ) )
		: count( used || 0 );

function meter( used = 0, allowed, label ) {
	if ( ! allowed ) {
		return null;
	}
	const share = Math.min( 100, ( 100 * used ) / allowed );
	return h(
		'span',
		{
			class: `trp-meter${ share >= 80 ? ' trp-meter--full' : '' }`,
			role: 'meter',
			'aria-label': label,
			'aria-valuemin': 0,
			'aria-valuemax': allowed,
			'aria-valuenow': used,
		},
		h( 'span', { style: `width:${ share }%` } )
	);
}

/** Points of an equity curve as the chart takes them. */
export const equityPoints = ( curve ) =>
	( curve || [] ).map( ( { at, equity } ) => [ Date.parse( at ) / 1000, Number( equity ) ] );

export function equitySummary( points ) {
	if ( points.length < 2 ) {
		return __( 'The curve grows with each trade and each hour.', 'trading-robot-service' );
	}
	const change = points[ points.length - 1 ][ 1 ] - points[ 0 ][ 1 ];
	const values = points.map( ( [ , y ] ) => y );
	return sprintf(
		__( 'From %1$s to %2$s (%3$s); lowest %4$s, highest %5$s.', 'trading-robot-service' ),
		money( points[ 0 ][ 1 ] ),
		money( points[ points.length - 1 ][ 1 ] ),
		signedMoney( change ),
		money( Math.min( ...values ) ),
		money( Math.max( ...values ) )
	);
}

function equityPanel( data ) {
	const points = equityPoints( data.equity_curve );
	const spec = {
		kind: 'equity',
		points,
		unit: '$',
		title: __( 'Value of all bots', 'trading-robot-service' ),
		summary: equitySummary( points ),
	};
	return panel(
		__( 'Equity', 'trading-robot-service' ),
		modeBadge( data.mode ),
		h( 'div', { class: 'trp-card' }, chart( spec ) )
	);
}

const botsPanel = ( data, ctx ) =>
	panel( __( 'Bots', 'trading-robot-service' ), null, botsTable( data.bots, ctx ) );

function tradesPanel( { recent_trades: trades } ) {
	const content = trades.length
		? recentTrades( trades.slice( 0, 8 ) )
		: empty(
				__( 'No trades yet', 'trading-robot-service' ),
				__(
					'The first alert that passes a bot’s rules shows up here within seconds.',
					'trading-robot-service'
				)
		  );
	return panel( __( 'Recent trades', 'trading-robot-service' ), null, content );
}

function signalsPanel( { recent_signals: signals } ) {
	const content = signals.length
		? recentSignals( signals.slice( 0, 8 ) )
		: empty(
				__( 'No signals yet', 'trading-robot-service' ),
				__(
					'Each alert a bot receives is kept here with what was decided.',
					'trading-robot-service'
				)
		  );
	return panel( __( 'Recent signals', 'trading-robot-service' ), null, content );
}

export function totals( metrics ) {
	if ( ! metrics?.trade_count ) {
		return null;
	}
	return panel(
		__( 'All-time figures', 'trading-robot-service' ),
		modeBadge( metrics.mode ),
		kpis(
			kpi(
				__( 'Total P&L', 'trading-robot-service' ),
				signed( metrics.total_pnl, signedMoney( metrics.total_pnl ) )
			),
			kpi( __( 'Round trips', 'trading-robot-service' ), count( metrics.trade_count ) ),
			kpi( __( 'Win rate', 'trading-robot-service' ), percent( metrics.win_rate ) ),
			kpi( __( 'Profit factor', 'trading-robot-service' ), ratio( metrics.profit_factor ) ),
			kpi( __( 'Max drawdown', 'trading-robot-service' ), percent( metrics.max_drawdown, 2 ) )
		)
	);
}
