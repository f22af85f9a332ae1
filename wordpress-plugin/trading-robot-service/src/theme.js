/** Dark unless the reader chose light; the choice stays in this browser. */

import { __ } from './i18n.js';

const KEY = 'trp-theme';

function stored() {
	try {
		return localStorage.getItem( KEY );
	} catch {
		return null;
	}
}

function store( theme ) {
	try {
		localStorage.setItem( KEY, theme );
	} catch {
		// Storage can be forbidden; the choice then holds for this page.
	}
}

const current = () => ( document.documentElement.dataset.trpTheme === 'light' ? 'light' : 'dark' );

function apply( theme ) {
	if ( theme === 'light' ) {
		document.documentElement.dataset.trpTheme = 'light';
	} else {
		delete document.documentElement.dataset.trpTheme;
	}
	document.querySelectorAll( '.trp-theme-toggle' ).forEach( ( button ) => label( button, theme ) );
}

function label( button, theme ) {
	const text =
		theme === 'light'
			? __( 'Switch to the dark theme', 'trading-robot-service' )
			: __( 'Switch to the light theme', 'trading-robot-service' );
	button.setAttribute( 'aria-label', text );
	button.setAttribute( 'title', text );
}

export function startTheme() {
	apply( stored() === 'light' ? 'light' : 'dark' );
	document.addEventListener( 'click', ( event ) => {
		if ( event.target.closest?.( '.trp-theme-toggle' ) ) {
			const theme = current() === 'light' ? 'dark' : 'light';
			store( theme );
			apply( theme );
		}
	} );
}
