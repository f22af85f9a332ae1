/** Setting up the second factor: why, the app, the backup codes. */

import { h } from '../../dom.js';
import { __, sprintf } from '../../i18n.js';
import { busy } from '../parts/actions.js';
import { backupCodes } from '../parts/backup-codes.js';
import { codeField, typedCode } from '../parts/code-form.js';
import { copyBox } from '../parts/copy.js';
import { formOf, problemNote, refusalText, submitButton } from '../parts/forms.js';

const STEPS = 3;

/**
 * The three steps in one element. `enrolled` is called once the service knows the app, `done` when
 * the backup codes are kept.
 */
export function enrolment( ctx, { enrolled = () => {}, done } ) {
	const box = h( 'div', { class: 'trp-enrolment' } );
	const show = ( number, title, ...content ) => {
		box.replaceChildren( head( number, title ), ...content.flat( Infinity ) );
		box.querySelector( 'input' )?.focus();
	};
	const codes = ( given ) => {
		enrolled();
		show( 3, __( 'Keep your backup codes', 'trading-robot-service' ), backupCodes( given, done ) );
	};
	const app = ( given ) =>
		show(
			2,
			__( 'Scan the picture with your app', 'trading-robot-service' ),
			appStep( ctx, given, codes )
		);
	show(
		1,
		__( 'Add a second step to signing in', 'trading-robot-service' ),
		whyStep( ctx, { app, done } )
	);
	return box;
}

const head = ( number, title ) =>
	h(
		'div',
		{ class: 'trp-enrolment__head' },
		h(
			'p',
			{ class: 'trp-eyebrow' },
			sprintf( __( 'Step %1$s of %2$s', 'trading-robot-service' ), number, STEPS )
		),
		h( 'h2', { tabindex: -1 }, title )
	);

function whyStep( ctx, { app, done } ) {
	const note = problemNote();
	const begin = async () => {
		try {
			app( await ctx.api.post( 'auth/2fa/enable' ) );
		} catch ( error ) {
			if ( error.code === 'already_enrolled' ) {
				done();
				return;
			}
			note.textContent = refusalText( error );
			note.hidden = false;
		}
	};
	return [
		note,
		h(
			'p',
			{},
			__(
				'With a code from your phone, a stolen password alone moves none of your bots, keys or money.',
				'trading-robot-service'
			)
		),
		h(
			'p',
			{},
			__(
				'You need an authenticator app: Google Authenticator, Microsoft Authenticator, 1Password, Aegis or any other that shows six digits.',
				'trading-robot-service'
			)
		),
		h(
			'div',
			{ class: 'trp-actions trp-actions--end' },
			h(
				'button',
				{
					type: 'button',
					class: 'trp-button trp-button--primary',
					onclick: ( event ) => busy( event.currentTarget, begin, ctx ),
				},
				__( 'Set it up', 'trading-robot-service' )
			)
		),
	];
}

/* In groups of four it can be typed without losing the place. */
const grouped = ( secret ) => secret.match( /.{1,4}/g ).join( ' ' );

function appStep( ctx, { secret, qr_code: picture, otpauth_url: address }, codes ) {
	return [
		h( 'img', {
			class: 'trp-qr',
			src: `data:image/png;base64,${ picture }`,
			alt: __( 'QR code for the authenticator app', 'trading-robot-service' ),
			width: 200,
			height: 200,
		} ),
		h(
			'details',
			{ class: 'trp-enrolment__by-hand' },
			h( 'summary', {}, __( 'I can’t scan it', 'trading-robot-service' ) ),
			h(
				'p',
				{ class: 'trp-small' },
				__( 'Type this key into the app, or ', 'trading-robot-service' ),
				h( 'a', { href: address }, __( 'open the app on this device', 'trading-robot-service' ) ),
				'.'
			),
			copyBox( grouped( secret ), __( 'Key for typing by hand', 'trading-robot-service' ) )
		),
		formOf( ctx, {
			fields: codeField( {
				hint: __(
					'The six digits the app shows now. They prove that it works.',
					'trading-robot-service'
				),
			} ),
			buttons: h(
				'div',
				{ class: 'trp-actions trp-actions--end' },
				submitButton( __( 'Confirm', 'trading-robot-service' ) )
			),
			place: ( error ) => ( error.code === 'wrong_code' ? 'totp_code' : null ),
			send: async ( given ) => {
				const answer = await ctx.api.post( 'auth/2fa/confirm', typedCode( given ) );
				codes( answer.backup_codes );
			},
		} ),
	];
}
