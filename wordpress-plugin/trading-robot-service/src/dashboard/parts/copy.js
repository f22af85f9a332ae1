/** Text with a button that copies it. */

import { h } from '../../dom.js';
import { __ } from '../../i18n.js';

const DONE_MS = 2000;

async function copyText( text, element ) {
	try {
		await navigator.clipboard.writeText( text );
	} catch {
		// The clipboard needs https or a permission: select the text, so that Ctrl+C works.
		const range = document.createRange();
		range.selectNodeContents( element );
		getSelection().removeAllRanges();
		getSelection().addRange( range );
		return document.execCommand( 'copy' );
	}
	return true;
}

export function copyBox( text, label, { multiline = false, first = false } = {} ) {
	const shown = h(
		multiline ? 'pre' : 'code',
		{ class: 'trp-copy__text', tabindex: 0, 'aria-label': label },
		text
	);
	const button = copyButton( text, label, shown, { first } );
	return h( 'div', { class: 'trp-copy' }, shown, button );
}

/** Copies `text`; where the browser does not let it, selects it in `shown`. */
export function copyButton( text, label, shown, { first = false } = {} ) {
	const button = h(
		'button',
		{
			type: 'button',
			class: 'trp-button',
			'data-first': first,
			'aria-label': `${ __( 'Copy', 'trading-robot-service' ) }: ${ label }`,
			onclick: async () => {
				const done = await copyText( text, shown );
				button.textContent = done
					? __( 'Copied', 'trading-robot-service' )
					: __( 'Press Ctrl+C', 'trading-robot-service' );
				setTimeout( () => ( button.textContent = __( 'Copy', 'trading-robot-service' ) ), DONE_MS );
			},
		},
		__( 'Copy', 'trading-robot-service' )
	);
	return button;
}
