/** Form fields with their label, hint and the server's message. */

import { h } from '../../dom.js';
import { __ } from '../../i18n.js';

const idOf = ( name ) => `trp-field-${ name.replaceAll( '.', '-' ) }`;

function frame( name, label, { hint, required }, control ) {
	const id = idOf( name );
	return h(
		'div',
		{ class: 'trp-field', 'data-field': name },
		h(
			'label',
			{ for: id },
			label,
			! required &&
				h(
					'span',
					{ class: 'trp-field__optional' },
					` ${ __( '(optional)', 'trading-robot-service' ) }`
				)
		),
		control,
		hint && h( 'p', { class: 'trp-field__hint', id: `${ id }-hint` }, hint ),
		h( 'p', { class: 'trp-field__error', id: `${ id }-error`, hidden: true } )
	);
}

const described = ( name, hint ) =>
	[ hint && `${ idOf( name ) }-hint`, `${ idOf( name ) }-error` ].filter( Boolean ).join( ' ' );

export function textField( name, label, { hint, required, before, after, ...attributes } ) {
	const input = h( 'input', {
		id: idOf( name ),
		name,
		type: 'text',
		required,
		'aria-describedby': described( name, hint ),
		...attributes,
	} );
	const sides = `${ before ? ' trp-affix--before' : '' }${ after ? ' trp-affix--after' : '' }`;
	const control =
		before || after
			? h(
					'div',
					{ class: `trp-affix${ sides }` },
					before &&
						h(
							'span',
							{ class: 'trp-affix__sign trp-affix__sign--before', 'aria-hidden': 'true' },
							before
						),
					input,
					after &&
						h(
							'span',
							{ class: 'trp-affix__sign trp-affix__sign--after', 'aria-hidden': 'true' },
							after
						)
			  )
			: input;
	return frame( name, label, { hint, required }, control );
}

export const amountField = ( name, label, options ) =>
	textField( name, label, { inputmode: 'decimal', autocomplete: 'off', ...options } );

export function selectField( name, label, choices, { hint, value, onchange, ...attributes } = {} ) {
	const select = h(
		'select',
		{
			id: idOf( name ),
			name,
			onchange,
			'aria-describedby': described( name, hint ),
			...attributes,
		},
		choices.map( ( [ key, text ] ) => h( 'option', { value: key, selected: key === value }, text ) )
	);
	return frame( name, label, { hint, required: true }, select );
}

/** Radio buttons as cards: [[value, title, hint, disabled]…]. */
export function choiceField( name, label, choices, { value, onchange } ) {
	return h(
		'fieldset',
		{ class: 'trp-choices', 'data-field': name },
		h( 'legend', {}, label ),
		choices.map( ( [ key, title, hint, disabled ] ) =>
			h(
				'label',
				{ class: 'trp-choice' },
				h( 'input', {
					type: 'radio',
					name,
					value: key,
					checked: key === value,
					disabled,
					onchange,
				} ),
				h(
					'span',
					{},
					h( 'span', { class: 'trp-choice__title' }, title ),
					h( 'span', { class: 'trp-choice__hint' }, hint )
				)
			)
		),
		h( 'p', { class: 'trp-field__error', hidden: true } )
	);
}

export const checkField = ( name, label, checked, { field = name, hint } = {} ) =>
	h(
		'div',
		{ 'data-field': field },
		h(
			'label',
			{ class: 'trp-check' },
			h( 'input', { type: 'checkbox', name, checked } ),
			h( 'span', {}, label, hint && h( 'span', { class: 'trp-field__hint' }, hint ) )
		),
		h( 'p', { class: 'trp-field__error', hidden: true } )
	);

/** Text of several lines. */
export function areaField( name, label, { hint, value, ...attributes } ) {
	const area = h( 'textarea', {
		id: idOf( name ),
		name,
		rows: 4,
		spellcheck: 'false',
		autocomplete: 'off',
		'aria-describedby': described( name, hint ),
		...attributes,
	} );
	area.value = area.defaultValue = value ?? '';
	return frame( name, label, { hint, required: attributes.required }, area );
}

/** Fields that most people leave as they are, out of the way until they are wanted. */
export const advanced = ( key, title, ...fields ) =>
	h(
		'details',
		{ class: 'trp-advanced', 'data-key': key },
		h( 'summary', {}, title ),
		h( 'div', { class: 'trp-advanced__fields' }, fields )
	);

/** Put each message at its field; answers the messages that have no field here. */
export function showErrors( form, errors ) {
	clearErrors( form );
	const left = [];
	for ( const [ name, message ] of Object.entries( errors ) ) {
		const field =
			form.querySelector( `[data-field="${ CSS.escape( name ) }"]` ) || closest( form, name );
		if ( field && ! field.hidden ) {
			mark( field, message );
		} else {
			left.push( name ? `${ name }: ${ message }` : message );
		}
	}
	form.querySelector( '[aria-invalid="true"]' )?.focus();
	return left;
}

/* 'symbols.0' belongs to the field 'symbols'. */
function closest( form, name ) {
	const parent = name.split( '.' ).slice( 0, -1 ).join( '.' );
	return parent
		? form.querySelector( `[data-field="${ CSS.escape( parent ) }"]` ) || closest( form, parent )
		: null;
}

function mark( field, message ) {
	const note = field.querySelector( '.trp-field__error' );
	note.textContent = [ note.textContent, message ].filter( Boolean ).join( ' ' );
	note.hidden = false;
	field.closest( 'details' )?.setAttribute( 'open', '' );
	field.querySelector( 'input, select, textarea' )?.setAttribute( 'aria-invalid', 'true' );
}

function clearErrors( form ) {
	form.querySelectorAll( '.trp-field__error' ).forEach( ( note ) => {
		note.textContent = '';
		note.hidden = true;
	} );
	form
		.querySelectorAll( '[aria-invalid]' )
		.forEach( ( input ) => input.removeAttribute( 'aria-invalid' ) );
}
