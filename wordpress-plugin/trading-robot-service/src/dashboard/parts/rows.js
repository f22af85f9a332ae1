/** Settings as rows of a card: what it is, how it stands, what can be done. */

import { h } from '../../dom.js';

export const rows = ( ...items ) =>
	h( 'div', { class: 'trp-card trp-rows' }, items.flat().filter( Boolean ) );

/** `{title, text, state, actions}`; `state` is a badge. */
export const row = ( { key, title, text, state, actions } ) =>
	h(
		'div',
		{ class: 'trp-row', 'data-key': key },
		h(
			'div',
			{ class: 'trp-row__what' },
			h( 'h3', {}, title, state && [ ' ', state ] ),
			text &&
				[ text ].flat().map( ( line ) => h( 'p', { class: 'trp-row__text' }, line ) )
		),
		actions && h( 'div', { class: 'trp-actions trp-row__actions' }, actions )
	);
