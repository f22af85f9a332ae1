/** Proves in a dialog that it is the user, for an action that waits for it. */

import { h } from '../../dom.js';
import { __ } from '../../i18n.js';
import { enrolment } from '../views/enrolment.js';
import { codeForm } from './code-form.js';
import { openDialog } from './dialog.js';

let pending = null;

/** Answers whether the user proved it; actions that wait at the same time share one dialog. */
export function prove( error, ctx ) {
	pending ??= ask( error, ctx ).finally( () => ( pending = null ) );
	return pending;
}

const ask = async ( error, ctx ) =>
	Boolean( error.details.enrolled === false ? await enrol( ctx ) : await askForCode( ctx ) );

const askForCode = ( ctx ) =>
	openDialog( {
		title: __( 'Confirm that it is you', 'trading-robot-service' ),
		body: ( close ) => [
			h(
				'p',
				{},
				__(
					'This change is protected. Enter the code, and it goes on by itself.',
					'trading-robot-service'
				)
			),
			codeForm( ctx, {
				submit: __( 'Confirm', 'trading-robot-service' ),
				cancel: () => close( false ),
				send: async ( code ) => {
					await ctx.api.post( 'auth/step-up', code );
					close( true );
				},
			} ),
		],
	} );

async function enrol( ctx ) {
	let isEnrolled = false;
	await openDialog( {
		title: __( 'Secure your account first', 'trading-robot-service' ),
		body: ( close ) =>
			enrolment( ctx, {
				enrolled: () => ( isEnrolled = true ),
				done: () => close( true ),
			} ),
	} );
	return isEnrolled;
}
