/** One robot, bought by itself. */

import { h } from '../../dom.js';
import { cents } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { robotOffer } from '../../plan-words.js';
import { payForRobot } from '../checkout.js';
import { badge } from '../parts/figures.js';
import { formOf, submitButton } from '../parts/forms.js';
import { titlesOf } from '../parts/missing.js';
import { countShown, placeNow, upgradeLink } from '../parts/prompts.js';
import { empty, formSkeleton } from '../parts/states.js';
import { newBotLink, subscriptionLink } from '../router.js';
import { back, codeField, codeOf, codePlace } from './plan-offer.js';

export const buyRobotScreen = ( { id } ) => ( {
	key: `robot-${ id }`,
	title: ( data ) => data?.robot?.name || __( 'Robot', 'trading-robot-service' ),
	skeleton: formSkeleton,
	load: ( ctx ) => readRobot( id, ctx ),
	view: ( data, ctx ) =>
		h( 'div', { class: 'trp-narrow', 'data-key': `robot-${ id }` }, back(), robotView( data, ctx ) ),
} );

async function readRobot( id, { api } ) {
	const [ { robots }, { robots: access }, own, { plans } ] = await Promise.all( [
		api.get( 'robots' ),
		api.get( 'robot-access' ),
		api.get( 'subscription' ),
		api.get( 'plans' ),
	] );
	return {
		robot: robots.find( ( robot ) => robot.id === id ),
		access: access.find( ( robot ) => robot.robot_id === id ),
		billing: own.billing,
		titles: titlesOf( plans ),
	};
}

function robotView( { robot, access, billing, titles }, ctx ) {
	if ( ! robot || ! access ) {
		return [
			h( 'h1', { tabindex: -1 }, __( 'There is no such robot', 'trading-robot-service' ) ),
			empty( '', '', h( 'a', { class: 'trp-button', href: subscriptionLink() }, __( 'See your subscription', 'trading-robot-service' ) ) ),
		];
	}
	const { badge: text, actions } = robotOffer( access );
	return [
		h( 'h1', { tabindex: -1 }, robot.name, text && [ ' ', badge( text, 'ok' ) ] ),
		h(
			'div',
			{ class: 'trp-card trp-offer' },
			h( 'p', {}, robot.description ),
			actions.map( ( action ) => actionView( action, { access, billing, titles }, ctx ) )
		),
	];
}

function actionView( [ act, plan ], { access, billing, titles }, ctx ) {
	if ( act === 'buy' ) {
		return billing === 'off' ? null : purchase( access, ctx );
	}
	if ( act === 'upgrade' ) {
		const offer = { limit: 'robots', next_plan: plan, place: placeNow() };
		countShown( offer, ctx, { once: true } );
		return h(
			'p',
			{},
			upgradeLink( sprintf( __( 'Or upgrade to %s, which includes it', 'trading-robot-service' ), titles[ plan ] || plan ), offer, ctx )
		);
	}
	return h(
		'a',
		{ class: 'trp-button trp-button--large', href: newBotLink( access.robot_id ) },
		act === 'demo'
			? __( 'Try demo', 'trading-robot-service' )
			: __( 'Use this robot', 'trading-robot-service' )
	);
}

const purchase = ( { robot_id: id, price_cents: price }, ctx ) => [
	h( 'p', { class: 'trp-plan__price' }, cents( price ), ' ', h( 'small', {}, __( 'once', 'trading-robot-service' ) ) ),
	h(
		'p',
		{ class: 'trp-muted' },
		__( 'Yours for good, whatever your plan; trading with real money still needs a plan that includes it.', 'trading-robot-service' )
	),
	formOf( ctx, {
		id: 'trp-buy-robot',
		fields: codeField(),
		buttons: submitButton( __( 'Continue to Stripe', 'trading-robot-service' ), { size: 'large' } ),
		place: codePlace,
		send: ( given ) => payForRobot( id, codeOf( given ), ctx ),
	} ),
];
