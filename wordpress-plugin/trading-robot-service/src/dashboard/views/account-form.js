/** Add a trading account. */

import { fill, h } from '../../dom.js';
import { __, sprintf } from '../../i18n.js';
import { brokers, fieldOf, wholeSecret } from '../broker-words.js';
import { keyFields, labelField, permissionField, stepsToKeys } from '../parts/account-fields.js';
import { toast } from '../parts/dialog.js';
import { choiceField } from '../parts/fields.js';
import { formOf, submitButton } from '../parts/forms.js';
import { formSkeleton } from '../parts/states.js';
import { accountsLink } from '../router.js';

export const newAccountScreen = () => ( {
	key: 'new-account',
	title: () => __( 'Add a trading account', 'trading-robot-service' ),
	skeleton: formSkeleton,
	load: async () => ( {} ),
	view: ( data, ctx ) =>
		h(
			'div',
			{ 'data-key': 'new-account', class: 'trp-narrow' },
			h(
				'p',
				{ class: 'trp-breadcrumb' },
				h( 'a', { href: accountsLink() }, __( 'Trading accounts', 'trading-robot-service' ) ),
				' / ',
				__( 'New account', 'trading-robot-service' )
			),
			h(
				'div',
				{ class: 'trp-app__head' },
				h( 'h1', { tabindex: -1 }, __( 'Add a trading account', 'trading-robot-service' ) )
			),
			accountForm( ctx )
		),
} );

function accountForm( ctx ) {
	const box = h( 'div', {} );
	const chosen = { broker: 'alpaca', environment: 'paper' };
	const choose = ( event ) => {
		chosen[ event.target.name ] = event.target.value;
		draw();
	};
	const draw = () => {
		chosen.environment = chosen.broker === 'coinbase' ? 'live' : chosen.environment;
		fill( box, sections( chosen, choose ) );
	};
	draw();
	return formOf( ctx, {
		fields: box,
		buttons: h(
			'div',
			{ class: 'trp-actions' },
			submitButton( __( 'Check and add', 'trading-robot-service' ), { size: 'large' } ),
			h(
				'a',
				{ class: 'trp-button trp-button--ghost trp-button--large', href: accountsLink() },
				__( 'Cancel', 'trading-robot-service' )
			)
		),
		place: fieldOf,
		send: async ( given ) => {
			await ctx.api.post( 'trading-accounts', accountRequest( given ) );
			toast(
				sprintf(
					__( '%s was added; the broker confirmed its keys.', 'trading-robot-service' ),
					given.get( 'label' ).trim()
				)
			);
			location.hash = accountsLink();
		},
	} );
}

/** The request's body of a filled form. */
export const accountRequest = ( given ) => ( {
	label: given.get( 'label' ).trim(),
	broker: given.get( 'broker' ),
	environment: given.get( 'environment' ),
	permissions: given.get( 'permissions' ),
	api_key: given.get( 'api_key' ).trim(),
	api_secret: wholeSecret( given.get( 'api_secret' ) ),
} );

const section = ( key, title, text, ...fields ) =>
	h(
		'section',
		{ class: 'trp-form__section', 'data-key': key },
		h( 'h2', {}, title ),
		h( 'p', {}, text ),
		fields
	);

function sections( { broker, environment }, choose ) {
	const words = brokers()[ broker ];
	return [
		section(
			'broker',
			__( 'The account', 'trading-robot-service' ),
			__( 'Which broker, and which of its accounts.', 'trading-robot-service' ),
			choiceField(
				'broker',
				__( 'Broker', 'trading-robot-service' ),
				Object.entries( brokers() ).map( ( [ id, { name, sells } ] ) => [ id, name, sells ] ),
				{ value: broker, onchange: choose }
			),
			environmentField( broker, environment, choose ),
			labelField()
		),
		section(
			`keys-${ broker }`,
			__( 'Its keys', 'trading-robot-service' ),
			sprintf( __( '%s gives you a key in two parts.', 'trading-robot-service' ), words.name ),
			stepsToKeys( words ),
			keyFields( words )
		),
		section(
			'permissions',
			__( 'Permissions', 'trading-robot-service' ),
			__( 'Give no more than you need; you can change it later.', 'trading-robot-service' ),
			permissionField( 'read' )
		),
	];
}

const environmentField = ( broker, environment, choose ) =>
	h(
		'div',
		{ 'data-key': `environment-${ broker }` },
		choiceField(
			'environment',
			__( 'Kind of account', 'trading-robot-service' ),
			[
				[
					'paper',
					__( 'Paper', 'trading-robot-service' ),
					broker === 'coinbase'
						? __( 'Coinbase has none.', 'trading-robot-service' )
						: __( 'Simulated money at the broker.', 'trading-robot-service' ),
					broker === 'coinbase',
				],
				[
					'live',
					__( 'Live', 'trading-robot-service' ),
					__( 'Real money. Needs a plan with live accounts.', 'trading-robot-service' ),
				],
			],
			{ value: environment, onchange: choose }
		)
	);
