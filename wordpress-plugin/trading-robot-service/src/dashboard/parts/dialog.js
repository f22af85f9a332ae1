/** Dialogs and short messages. The browser's own <dialog> keeps the focus and answers Escape. */

import { h } from '../../dom.js';
import { __ } from '../../i18n.js';

let made = 0;

const place = () =>
	document.querySelector( '.trp-dashboard' ) || document.querySelector( '.trp' ) || document.body;

/**
 * Opens a dialog; resolves with what was passed to `close` (undefined on Escape). `body` may be a
 * function of `close`; without `buttons` it brings its own.
 */
export function openDialog( { title, body, buttons, wide } ) {
	return new Promise( ( resolve ) => {
		const id = `trp-dialog-${ ( made += 1 ) }`;
		const opener = document.activeElement;
		let result;
		const close = ( value ) => {
			result = value;
			dialog.close();
		};
		const dialog = h(
			'dialog',
			{ class: `trp-dialog${ wide ? ' trp-dialog--wide' : '' }`, 'aria-labelledby': id },
			h(
				'div',
				{ class: 'trp-dialog__head' },
				h( 'h2', { class: 'trp-dialog__title', id }, title ),
				h(
					'button',
					{
						type: 'button',
						class: 'trp-close',
						'aria-label': __( 'Close', 'trading-robot-service' ),
						onclick: () => close(),
					},
					'×'
				)
			),
			h( 'div', { class: 'trp-dialog__body' }, typeof body === 'function' ? body( close ) : body ),
			buttons && h( 'div', { class: 'trp-dialog__footer' }, buttons( close ) )
		);
		dialog.addEventListener( 'close', () => {
			dialog.remove();
			opener?.isConnected && opener.focus();
			resolve( result );
		} );
		place().append( dialog );
		dialog.showModal();
		dialog.querySelector( '[data-first]' )?.focus();
	} );
}

/** Asks before something that cannot be taken back; true when confirmed. */
export function confirmDialog( { title, body, confirm, dismiss, danger } ) {
	return openDialog( {
		title,
		body,
		buttons: ( close ) => [
			h(
				'button',
				{ type: 'button', class: 'trp-button', 'data-first': true, onclick: () => close( false ) },
				dismiss || __( 'Cancel', 'trading-robot-service' )
			),
			h(
				'button',
				{
					type: 'button',
					class: `trp-button trp-button--${ danger ? 'danger' : 'primary' }`,
					onclick: () => close( true ),
				},
				confirm
			),
		],
	} );
}

const TOAST_MS = 6000;

function toasts() {
	let box = place().querySelector( '.trp-toasts' );
	if ( ! box ) {
		box = h( 'div', { class: 'trp-toasts', role: 'status', 'aria-live': 'polite' } );
		place().append( box );
	}
	return box;
}

export function toast( text, kind ) {
	const item = h(
		'div',
		{ class: `trp-toast${ kind ? ` trp-toast--${ kind }` : '' }` },
		h( 'span', {}, text ),
		h(
			'button',
			{
				type: 'button',
				class: 'trp-close',
				'aria-label': __( 'Close', 'trading-robot-service' ),
				onclick: () => item.remove(),
			},
			'×'
		)
	);
	toasts().append( item );
	setTimeout( () => item.remove(), TOAST_MS );
}
