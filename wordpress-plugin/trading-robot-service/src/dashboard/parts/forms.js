/** Forms: one way to send, and refusals at their fields or above them. */

import { fill, h } from '../../dom.js';
import { __, _n, sprintf } from '../../i18n.js';
import { fieldErrors } from '../api.js';
import { busy } from './actions.js';
import { openDialog } from './dialog.js';
import { showErrors } from './fields.js';
import { refused } from './limits.js';

export const problemNote = () =>
	h( 'div', {
		class: 'trp-notice trp-notice--error',
		role: 'alert',
		hidden: true,
		'data-key': 'problem',
	} );

/** Shows messages by their field; several, and those without a field, are named above them too. */
export function showRefusal( form, errors ) {
	const left = showErrors( form, errors );
	const note = form.querySelector( '[role="alert"]' );
	note.hidden = true;
	if ( left.length || Object.keys( errors ).length > 1 ) {
		sayProblem( form, __( 'Some fields need another look.', 'trading-robot-service' ), left );
	}
}

function sayProblem( form, text, more = [] ) {
	const note = form.querySelector( '[role="alert"]' );
	note.hidden = false;
	fill(
		note,
		h(
			'div',
			{},
			text,
			more.map( ( line ) => h( 'p', {}, line ) )
		)
	);
}

/** The sentence of a refusal; of 'too many tries' with how long to wait. */
export function refusalText( error ) {
	const seconds = error.details.retry_after_seconds;
	const text = error.status === 429 && seconds ? waitText( error, seconds ) : error.message;
	return error.requestId
		? `${ text } ${ sprintf( __( '(Request id: %s)', 'trading-robot-service' ), error.requestId ) }`
		: text;
}

function waitText( { message }, seconds ) {
	const minutes = Math.ceil( seconds / 60 );
	const wait =
		seconds < 60
			? sprintf(
					_n(
						'Try again in %s second.',
						'Try again in %s seconds.',
						seconds,
						'trading-robot-service'
					),
					seconds
				)
			: sprintf(
					_n(
						'Try again in %s minute.',
						'Try again in %s minutes.',
						minutes,
						'trading-robot-service'
					),
					minutes
				);
	return `${ message } ${ wait }`;
}

const missing = ( form ) =>
	Object.fromEntries(
		[ ...form.querySelectorAll( '[required]' ) ]
			.filter( ( input ) => ! input.value.trim() )
			.map( ( input ) => [ input.name, __( 'This is needed.', 'trading-robot-service' ) ] )
	);

/**
 * A form. `send(FormData)` may refuse with an ApiError; `place(error)` names the field of a refusal
 * that names none itself.
 */
export function formOf( ctx, { id, fields, buttons, send, place = () => null } ) {
	const form = h(
		'form',
		{ id, class: 'trp-form', method: 'post', novalidate: true, autocomplete: 'off' },
		problemNote(),
		fields,
		buttons
	);
	const refuse = ( error ) => {
		const field = place( error );
		const errors = field ? { [ field ]: error.message } : fieldErrors( error.details );
		const isPlan = error.code === 'plan_limit_reached';
		if ( isPlan ) {
			refused( error, ctx );
		}
		if ( isPlan || Object.keys( errors ).length ) {
			showRefusal( form, errors );
		} else {
			showErrors( form, {} );
			sayProblem( form, refusalText( error ) );
		}
	};
	form.addEventListener( 'submit', async ( event ) => {
		event.preventDefault();
		const gaps = missing( form );
		if ( Object.keys( gaps ).length ) {
			showRefusal( form, gaps );
			return;
		}
		form.querySelector( '[role="alert"]' ).hidden = true;
		const submit = event.submitter || form.querySelector( '[type="submit"]' );
		await busy( submit, () => send( new FormData( form ) ).catch( onlyRefusals( refuse ) ), ctx );
	} );
	return form;
}

/* A defect is no refusal: it goes on to the console. */
const onlyRefusals = ( refuse ) => ( error ) => {
	if ( ! error.code ) {
		throw error;
	}
	refuse( error );
};

export const submitButton = ( text, { danger, form, size } = {} ) =>
	h(
		'button',
		{
			type: 'submit',
			form,
			class: `trp-button trp-button--${ danger ? 'danger' : 'primary' }${ size ? ` trp-button--${ size }` : '' }`,
		},
		text
	);

let made = 0;

/** A form in a dialog; resolves with what `send` answers, or undefined when it was closed. */
export function formDialog( ctx, { title, intro, fields, submit, danger, send, place, wide } ) {
	const id = `trp-form-${ ( made += 1 ) }`;
	let finish;
	const form = formOf( ctx, {
		id,
		fields: [ intro, fields ],
		place,
		send: async ( given ) => finish( ( await send( given ) ) ?? true ),
	} );
	return openDialog( {
		title,
		wide,
		body: form,
		buttons: ( close ) => {
			finish = close;
			return [
				h(
					'button',
					{ type: 'button', class: 'trp-button', onclick: () => close() },
					__( 'Cancel', 'trading-robot-service' )
				),
				submitButton( submit, { danger, form: id } ),
			];
		},
	} );
}
