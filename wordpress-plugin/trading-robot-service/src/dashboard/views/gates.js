/** What stands in the way of every screen: a code, an account to connect, an account that leaves. */

import { h } from '../../dom.js';
import { localDate } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { actionButton } from '../parts/actions.js';
import { codeForm } from '../parts/code-form.js';
import { toast } from '../parts/dialog.js';
import { formSkeleton } from '../parts/states.js';
import { exportButton } from './settings-data.js';
import { enrolment } from './enrolment.js';

const GRACE_DAYS = 7;
const DAY_MS = 86400000;

/** The screen that takes the place of one that was refused so, or null; `goOn` shows that again. */
export function gateFor( error, goOn ) {
	if ( error.code === 'second_factor_required' ) {
		return error.details.enrolled === false ? enrolScreen( goOn ) : codeScreen( goOn );
	}
	return { link_required: linkScreen, account_leaving: () => leavingScreen( goOn ) }[
		error.code
	]?.();
}

function gate( key, title, view, load = async () => ( {} ) ) {
	return {
		key,
		title: () => title,
		skeleton: formSkeleton,
		load,
		view: ( data, ctx ) =>
			h(
				'div',
				{ class: 'trp-gate', 'data-key': key },
				h( 'h1', { tabindex: -1 }, title ),
				h( 'div', { class: 'trp-card' }, view( data, ctx ) )
			),
	};
}

const signOut = ( ctx ) =>
	h(
		'p',
		{ class: 'trp-gate__out' },
		actionButton(
			__( 'Sign out', 'trading-robot-service' ),
			async () => {
				await ctx.api.site( 'sign-out' );
				location.reload();
			},
			ctx,
			{ kind: 'ghost small' }
		)
	);

const enrolScreen = ( goOn ) =>
	gate( 'enrol', __( 'Secure your account', 'trading-robot-service' ), ( data, ctx ) => [
		enrolment( ctx, { done: goOn } ),
		signOut( ctx ),
	] );

const codeScreen = ( goOn ) =>
	gate( 'code', __( 'Enter the code', 'trading-robot-service' ), ( data, ctx ) => [
		h(
			'p',
			{},
			__(
				'Open your authenticator app and type the code it shows for this account.',
				'trading-robot-service'
			)
		),
		codeForm( ctx, {
			submit: __( 'Go on', 'trading-robot-service' ),
			send: async ( code ) => {
				await ctx.api.post( 'auth/step-up', code );
				goOn();
			},
		} ),
		signOut( ctx ),
	] );

async function connect( ctx ) {
	const { url } = await ctx.api.site( 'link/start' );
	location.assign( url );
}

const linkScreen = () =>
	gate( 'link', __( 'You have an account already', 'trading-robot-service' ), ( data, ctx ) => [
		h(
			'p',
			{},
			__(
				'An account with your email address exists at the trading service. To make sure that it is yours, sign in there once; then this site shows its bots and trades.',
				'trading-robot-service'
			)
		),
		h(
			'p',
			{ class: 'trp-small trp-muted' },
			__(
				'You will come back here. This site never sees the password of the trading service.',
				'trading-robot-service'
			)
		),
		h(
			'div',
			{ class: 'trp-actions' },
			actionButton( __( 'Connect it', 'trading-robot-service' ), () => connect( ctx ), ctx, {
				kind: 'primary',
			} )
		),
		signOut( ctx ),
	] );

async function restore( ctx, goOn ) {
	await ctx.api.post( 'users/me/restore' );
	toast(
		__( 'Your account stays. Its bots are back, stopped.', 'trading-robot-service' )
	);
	goOn();
}

const erasedOn = ( { leaving_at: at } ) =>
	localDate( new Date( Date.parse( at ) + GRACE_DAYS * DAY_MS ).toISOString() );

const leavingScreen = ( goOn ) =>
	gate(
		'leaving',
		__( 'This account is about to be deleted', 'trading-robot-service' ),
		( { user }, ctx ) => [
			h(
				'p',
				{},
				sprintf(
					__(
						'Your bots are stopped and their webhook addresses closed. On %s everything else is erased for good.',
						'trading-robot-service'
					),
					erasedOn( user )
				)
			),
			h(
				'p',
				{},
				__(
					'Until then you can keep it: your bots come back, stopped. Trading accounts will need new keys.',
					'trading-robot-service'
				)
			),
			h(
				'div',
				{ class: 'trp-actions' },
				actionButton(
					__( 'Restore my account', 'trading-robot-service' ),
					() => restore( ctx, goOn ),
					ctx,
					{ kind: 'primary' }
				),
				exportButton( ctx )
			),
			signOut( ctx ),
		],
		( ctx ) => ctx.api.get( 'users/me' )
	);
