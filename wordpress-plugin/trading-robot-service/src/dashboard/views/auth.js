/** Signed out: sign in or make an account. */

import { fill, h } from '../../dom.js';
import { __ } from '../../i18n.js';
import { busy } from '../parts/actions.js';

const PASSWORD_LENGTH = 12;

const TABS = () => [
	[ 'sign-in', __( 'Sign in', 'trading-robot-service' ) ],
	[ 'sign-up', __( 'Create an account', 'trading-robot-service' ) ],
];

/* An address inside of the dashboard stays for after the door. */
const leadsInside = () => location.hash.startsWith( '#/' );

/* From 'Start free', or from what a visitor chose on a public page. */
const comesToBegin = () =>
	location.hash === '#sign-up' || /^#\/(?:subscription\/to|robots|bots\/new)/.test( location.hash );

export function authView( container, ctx ) {
	let active = comesToBegin() ? 'sign-up' : 'sign-in';
	const choose = ( name, focus ) => {
		active = name;
		draw();
		focus && container.querySelector( `#trp-tab-${ name }` ).focus();
	};
	const draw = () =>
		fill(
			container,
			h(
				'div',
				{ class: 'trp-auth' },
				h(
					'div',
					{ class: 'trp-auth__intro' },
					h(
						'h1',
						{},
						active === 'sign-in'
							? __( 'Welcome back', 'trading-robot-service' )
							: __( 'Start free', 'trading-robot-service' )
					),
					h(
						'p',
						{},
						active === 'sign-in'
							? __( 'Sign in to see your bots and their trades.', 'trading-robot-service' )
							: __( 'One bot, paper trading, no credit card.', 'trading-robot-service' )
					)
				),
				h( 'div', { class: 'trp-card' }, tabs( active, choose ), panelFor( active, ctx ) )
			)
		);
	draw();
}

function tabs( active, choose ) {
	const other = active === 'sign-in' ? 'sign-up' : 'sign-in';
	const onkeydown = ( event ) =>
		[ 'ArrowLeft', 'ArrowRight' ].includes( event.key ) && choose( other, true );
	return h(
		'div',
		{ class: 'trp-tabs', role: 'tablist', onkeydown },
		TABS().map( ( [ name, text ] ) =>
			h(
				'button',
				{
					type: 'button',
					role: 'tab',
					id: `trp-tab-${ name }`,
					'aria-selected': String( name === active ),
					'aria-controls': `trp-panel-${ name }`,
					tabindex: name === active ? 0 : -1,
					onclick: () => choose( name ),
				},
				text
			)
		)
	);
}

function panelFor( name, ctx ) {
	const form = name === 'sign-in' ? signInForm( ctx ) : signUpForm( ctx );
	return h(
		'div',
		{
			role: 'tabpanel',
			id: `trp-panel-${ name }`,
			'aria-labelledby': `trp-tab-${ name }`,
			'data-key': name,
		},
		form
	);
}

function input( name, label, { hint, ...attributes } ) {
	const id = `trp-auth-${ name }`;
	const described = hint && `${ id }-hint`;
	return h(
		'div',
		{ class: 'trp-field' },
		h(
			'label',
			{ for: id },
			label,
			! attributes.required &&
				h(
					'span',
					{ class: 'trp-field__optional' },
					` ${ __( '(optional)', 'trading-robot-service' ) }`
				)
		),
		h( 'input', { id, name, 'aria-describedby': described, ...attributes } ),
		hint && h( 'p', { class: 'trp-field__hint', id: described }, hint )
	);
}

function form( path, ctx, button, ...fields ) {
	const problem = h( 'p', { class: 'trp-notice trp-notice--error', role: 'alert', hidden: true } );
	const submit = h(
		'button',
		{ type: 'submit', class: 'trp-button trp-button--primary trp-button--block' },
		button
	);
	const send = async ( event ) => {
		event.preventDefault();
		const values = Object.fromEntries( new FormData( event.target ) );
		problem.hidden = true;
		await busy( submit, () => enter( ctx, path, values, problem ), ctx );
	};
	return h( 'form', { method: 'post', onsubmit: send }, problem, fields, submit );
}

async function enter( ctx, path, values, problem ) {
	try {
		await ctx.api.site( path, values );
	} catch ( error ) {
		problem.textContent = error.message;
		problem.hidden = false;
		return;
	}
	if ( ! leadsInside() ) {
		history.replaceState( null, '', location.pathname + location.search );
	}
	scrollTo( 0, 0 );
	location.reload();
}

const signInForm = ( ctx ) =>
	form(
		'sign-in',
		ctx,
		__( 'Sign in', 'trading-robot-service' ),
		input( 'login', __( 'Email or username', 'trading-robot-service' ), {
			type: 'text',
			autocomplete: 'username',
			required: true,
		} ),
		input( 'password', __( 'Password', 'trading-robot-service' ), {
			type: 'password',
			autocomplete: 'current-password',
			required: true,
		} )
	);

/* People leave the hidden field empty; programs that fill every field do not. */
const signUpForm = ( ctx ) =>
	form(
		'sign-up',
		ctx,
		__( 'Create account', 'trading-robot-service' ),
		input( 'email', __( 'Email', 'trading-robot-service' ), {
			type: 'email',
			autocomplete: 'email',
			required: true,
		} ),
		input( 'username', __( 'Username', 'trading-robot-service' ), {
			type: 'text',
			autocomplete: 'username',
			hint: __( 'Made from your email when left empty.', 'trading-robot-service' ),
		} ),
		input( 'password', __( 'Password', 'trading-robot-service' ), {
			type: 'password',
			autocomplete: 'new-password',
			minlength: PASSWORD_LENGTH,
			required: true,
			hint: __( 'At least 12 characters.', 'trading-robot-service' ),
		} ),
		h(
			'div',
			{ class: 'trp-trap', 'aria-hidden': 'true' },
			h( 'label', { for: 'trp-auth-website' }, 'Website' ),
			h( 'input', { id: 'trp-auth-website', name: 'website', tabindex: -1, autocomplete: 'off' } )
		)
	);
