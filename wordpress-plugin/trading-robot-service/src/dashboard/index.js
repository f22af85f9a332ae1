/** The user dashboard: an empty shell from the server, filled over the site's REST routes. */

import { followTheme } from '../charts.js';
import { fill, h } from '../dom.js';
import { __ } from '../i18n.js';
import { createApi } from './api.js';
import { onRoute } from './router.js';
import { runScreen } from './screen.js';
import { authView } from './views/auth.js';
import { editBotScreen, newBotScreen } from './views/bot-form.js';
import { botScreen } from './views/bot.js';
import { overview } from './views/overview.js';

const SCREENS = {
	overview: () => overview,
	new: newBotScreen,
	edit: editBotScreen,
	bot: botScreen,
};

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
function focusTitle( container ) {
	const title = container.querySelector( 'h1' );
	title?.focus( { preventScroll: true } );
	scrollTo( { top: Math.max( 0, container.getBoundingClientRect().top + scrollY - 90 ) } );
}

function run( container, ctx ) {
	let current = null;
	let shown = null;
	onRoute( ( route ) => {
		current?.stop();
		const sameBot = shown?.name === 'bot' && route.name === 'bot' && shown.id === route.id;
		current = runScreen( container, SCREENS[ route.name ]( route ), ctx, {
			known: sameBot ? current.data : null,
			onReady: shown && ! sameBot && ( () => focusTitle( container ) ),
		} );
		shown = route;
	} );
}

function mount( element ) {
	const config = JSON.parse( element.dataset.config );
	const container =
		element.querySelector( '.trp-app' ) || element.appendChild( h( 'div', { class: 'trp-app' } ) );
	container.replaceChildren();
	const ctx = { config, api: createApi( config ) };
	if ( ! config.signedIn ) {
		authView( container, ctx );
	} else if ( ! config.connected ) {
		notConnected( container );
	} else {
		run( container, ctx );
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
