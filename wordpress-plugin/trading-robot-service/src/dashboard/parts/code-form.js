/** Asks for the code of the authenticator app, or for a backup code instead. */

import { h } from '../../dom.js';
import { __ } from '../../i18n.js';
import { textField } from './fields.js';
import { formOf, submitButton } from './forms.js';

export const codeField = ( options = {} ) =>
	textField( 'totp_code', __( 'Code from your app', 'trading-robot-service' ), {
		required: true,
		inputmode: 'numeric',
		autocomplete: 'one-time-code',
		maxlength: 9,
		class: 'trp-code-input',
		hint: __( 'Six digits; they change every 30 seconds.', 'trading-robot-service' ),
		...options,
	} );

const backupField = () =>
	textField( 'backup_code', __( 'Backup code', 'trading-robot-service' ), {
		required: true,
		autocomplete: 'off',
		autocapitalize: 'off',
		spellcheck: 'false',
		maxlength: 64,
		class: 'trp-code-input',
		hint: __( 'One of the ten you kept. Each works once.', 'trading-robot-service' ),
	} );

/** The fields of a form as the service takes them: codes may be typed with spaces. */
export const typedCode = ( given ) =>
	Object.fromEntries(
		[ ...given ].map( ( [ name, value ] ) => [ name, value.replace( /\s/g, '' ) ] )
	);

/** A form with `send({totp_code}|{backup_code})`, and a way to change between the two. */
export function codeForm( ctx, { submit, send, cancel } ) {
	const box = h( 'div', {} );
	const show = ( isBackup ) => {
		const name = isBackup ? 'backup_code' : 'totp_code';
		box.replaceChildren(
			formOf( ctx, {
				fields: [
					isBackup ? backupField() : codeField( { 'data-first': true } ),
					other( isBackup, () => {
						show( ! isBackup );
						box.querySelector( 'input' ).focus();
					} ),
				],
				buttons: h(
					'div',
					{ class: 'trp-actions trp-actions--end' },
					cancel &&
						h(
							'button',
							{ type: 'button', class: 'trp-button', onclick: cancel },
							__( 'Cancel', 'trading-robot-service' )
						),
					submitButton( submit )
				),
				place: ( error ) => ( error.code === 'wrong_code' ? name : null ),
				send: ( given ) => send( typedCode( given ) ),
			} )
		);
	};
	show( false );
	return box;
}

const other = ( isBackup, onclick ) =>
	h(
		'p',
		{ class: 'trp-code-other' },
		h(
			'button',
			{ type: 'button', class: 'trp-link', onclick },
			isBackup
				? __( 'Use the code of the app', 'trading-robot-service' )
				: __( 'Use a backup code', 'trading-robot-service' )
		)
	);
