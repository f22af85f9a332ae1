/** One bot: figures and charts, trades, signals, alerts, settings. */

import { h } from '../../dom.js';
import { __ } from '../../i18n.js';
import { actionButton, cloneBot, deleteBot } from '../parts/actions.js';
import { botNotices } from '../parts/bot-notices.js';
import { driftBadge, driftPanel } from '../parts/drifts.js';
import { badge, botBadge, modeBadge } from '../parts/figures.js';
import { stopBot } from '../parts/halt.js';
import { botSkeleton, contentSkeleton } from '../parts/states.js';
import { toggle } from '../parts/tables.js';
import { loadPerformance } from '../performance/load.js';
import { BOT_TABS, botLink, editLink, overviewLink } from '../router.js';
import { alertsTab } from './bot-alerts.js';
import { figuresTab, loadFigures } from './bot-figures.js';
import { signalsTab, signalsOf, tradesOf, tradesTab } from './bot-lists.js';
import { settingsOf, settingsTab } from './bot-settings.js';
import { performanceTab } from './performance.js';

const TABS = {
	overview: { load: loadFigures, view: figuresTab },
	performance: { load: loadPerformance, view: performanceTab },
	trades: { load: tradesOf, view: tradesTab },
	signals: { load: signalsOf, view: signalsTab },
	alerts: { load: async () => ( {} ), view: alertsTab },
	settings: { load: settingsOf, view: settingsTab },
};

export const botScreen = ( { id, tab } ) => ( {
	key: `bot-${ id }-${ tab }`,
	title: ( data ) => data?.bot.name || __( 'Bot', 'trading-robot-service' ),
	interval: 5000,
	concerns: ( hint ) => hint.bot_id === id,
	events: ( { orders, trades, signals } ) =>
		[ ...( orders || [] ), ...( trades || signals || [] ) ].map( ( { id, state, status } ) => [
			id,
			state || status,
		] ),
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
		const drifts = bot.drifts > 0 ? ( await ctx.api.get( 'drifts', { bot_id: id } ) ).drifts : [];
		return { bot, drifts, ...content };
	},
	view: ( data, ctx ) =>
		h(
			'div',
			{ class: 'trp-stack', 'data-key': id },
			head( data.bot, ctx ),
			botNotices( data.bot, ctx ),
			driftPanel( data.drifts, ctx ),
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
					driftBadge( bot.drifts ),
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
		actionButton( __( 'Stop…', 'trading-robot-service' ), () => stopBot( bot, ctx ), ctx, {
			kind: 'danger',
		} ),
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
		performance: __( 'Performance', 'trading-robot-service' ),
		trades: __( 'Trades', 'trading-robot-service' ),
		signals: __( 'Signal log', 'trading-robot-service' ),
		alerts: __( 'Alerts', 'trading-robot-service' ),
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
