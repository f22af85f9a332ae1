/** The user dashboard: an empty shell from the server, filled over the site's REST routes. */

import { followTheme } from '../charts.js';
import { fill, h } from '../dom.js';
import { __ } from '../i18n.js';
import { rememberSignedIn } from '../signed-in.js';
import { createApi } from './api.js';
import { takeCheckout } from './checkout.js';
import { createLive } from './live.js';
import { prove } from './parts/proof.js';
import {
	accountsLink,
	onRoute,
	overviewLink,
	performanceLink,
	SECTIONS,
	settingsLink,
	subscriptionLink,
} from './router.js';
import { runScreen } from './screen.js';
import { newAccountScreen } from './views/account-form.js';
import { accountsScreen } from './views/accounts.js';
import { authView } from './views/auth.js';
import { editBotScreen, newBotScreen } from './views/bot-form.js';
import { botScreen } from './views/bot.js';
import { gateFor } from './views/gates.js';
import { takeLinkNotice } from './views/linked.js';
import { overview } from './views/overview.js';
import { performanceScreen } from './views/performance.js';
import { offerScreen } from './views/plan-offer.js';
import { leftScreen, paidScreen } from './views/plan-outcome.js';
import { buyRobotScreen } from './views/robot-offer.js';
import { settingsScreen } from './views/settings.js';
import { subscriptionScreen } from './views/subscription.js';

const SCREENS = {
	overview: () => overview,
	new: newBotScreen,
	edit: editBotScreen,
	bot: botScreen,
	performance: performanceScreen,
	accounts: accountsScreen,
	newAccount: newAccountScreen,
	subscription: subscriptionScreen,
	offer: offerScreen,
	robot: buyRobotScreen,
	paid: paidScreen,
	left: leftScreen,
	settings: settingsScreen,
};

const tabs = () => [
	[
		__( 'Overview', 'trading-robot-service' ),
		overviewLink(),
		[ 'overview', 'new', 'edit', 'bot' ],
	],
	[ __( 'Performance', 'trading-robot-service' ), performanceLink(), [ 'performance' ] ],
	[
		__( 'Accounts', 'trading-robot-service' ),
		accountsLink(),
		[ 'accounts', 'newAccount' ],
	],
	[
		__( 'Subscription', 'trading-robot-service' ),
		subscriptionLink(),
		[ 'subscription', 'offer', 'robot', 'paid', 'left' ],
	],
	[ __( 'Settings', 'trading-robot-service' ), settingsLink( SECTIONS[ 0 ] ), [ 'settings' ] ],
];

const tabBar = ( { name } ) =>
	tabs().map( ( [ text, href, names ] ) =>
		h( 'a', { href, 'aria-current': names.includes( name ) ? 'page' : null }, text )
	);

function notConnected( container ) {
	fill(
		container,
		h(
			'div',
			{ class: 'trp-card trp-empty' },
			h( 'h1', {}, __( 'Trading is not set up on this site yet', 'trading-robot-service' ) ),
			h(
				'p',
				{},
				__(
					'The owner of this site has to connect it to the trading service in the plugin’s settings. Your account here is kept.',
					'trading-robot-service'
				)
			)
		)
	);
}

/* The title is focused after a change of screen, so that it is read and Tab goes on from there. */
function focusTitle( app, container ) {
	const title = container.querySelector( 'h1' );
	title?.focus( { preventScroll: true } );
	scrollTo( { top: Math.max( 0, app.getBoundingClientRect().top + scrollY - 90 ) } );
}

/* Parts of the same thing keep their place on the page while the next one loads. */
const isSibling = ( one, other ) =>
	one?.name === other.name && [ 'bot', 'settings' ].includes( one.name ) && one.id === other.id;

function run( app, ctx ) {
	const bar = h( 'nav', {
		class: 'trp-tabs trp-tabs--app',
		'aria-label': __( 'Parts of the dashboard', 'trading-robot-service' ),
	} );
	const container = h( 'div', {} );
	let current = null;
	let shown = null;
	const start = ( screen, options ) => {
		current?.stop();
		current = runScreen( container, screen, { ...ctx, onRefusal }, options );
	};
	const show = ( route ) => {
		const stays = isSibling( shown, route );
		const known = stays ? current.data : null;
		const onReady = shown && ! stays && ( () => focusTitle( app, container ) );
		bar.hidden = false;
		fill( bar, tabBar( route ) );
		shown = route;
		start( SCREENS[ route.name ]( route ), { known, onReady } );
	};
	/* A screen that may not be read makes way for what has to be done first. */
	function onRefusal( error ) {
		const goOn = () => show( { ...shown } );
		const gate = gateFor( error, goOn );
		if ( gate ) {
			bar.hidden = true;
			start( gate, { onReady: () => focusTitle( app, container ) } );
		}
		return Boolean( gate );
	}
	app.append( ...[ takeLinkNotice(), bar, container ].filter( Boolean ) );
	onRoute( show );
}

function mount( element ) {
	const config = JSON.parse( element.dataset.config );
	const container =
		element.querySelector( '.trp-app' ) || element.appendChild( h( 'div', { class: 'trp-app' } ) );
	container.replaceChildren();
	const api = createApi( config, ( error ) => prove( error, { config, api } ) );
	// Calls that never ask the reader for anything.
	const quiet = createApi( config );
	const ctx = { config, api, quiet };
	rememberSignedIn( config.signedIn );
	if ( ! config.signedIn ) {
		authView( container, ctx );
	} else if ( ! config.connected ) {
		notConnected( container );
	} else {
		takeCheckout();
		// Without a ticket it is polled.
		run( container, { ...ctx, live: createLive( quiet ) } );
	}
}

function start() {
	document.querySelectorAll( '.trp-dashboard[data-config]' ).forEach( mount );
	followTheme();
}

if ( document.readyState === 'loading' ) {
	document.addEventListener( 'DOMContentLoaded', start );
} else {
	start();
}
