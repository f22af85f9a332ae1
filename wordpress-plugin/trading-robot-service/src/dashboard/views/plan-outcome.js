/** Back from Stripe's page: bought, and what it takes until the service knows; or left. */

import { h } from '../../dom.js';
import { __, sprintf } from '../../i18n.js';
import { formSkeleton } from '../parts/states.js';
import { buyRobotLink, newBotLink, offerLink, overviewLink, subscriptionLink } from '../router.js';

/* Stripe tells the service within seconds; after this long the page says that it may take longer. */
const PATIENCE_MS = 60000;

const title = () => __( 'Subscription', 'trading-robot-service' );

const frame = ( key, ...content ) =>
	h( 'div', { class: 'trp-gate', 'data-key': key }, h( 'div', { class: 'trp-card trp-outcome' }, content ) );

export const paidScreen = ( { kind, id } ) => {
	const since = Date.now();
	return {
		key: `paid-${ kind }-${ id }`,
		title,
		interval: 3000,
		isUntold: true,
		skeleton: formSkeleton,
		load: ( ctx ) => ( kind === 'plan' ? planArrived( id, ctx ) : robotArrived( id, ctx ) ),
		events: ( { hasArrived } ) => hasArrived,
		view: ( data ) =>
			frame( 'paid', data.hasArrived ? arrived( data, kind, id ) : waiting( data, Date.now() - since ) ),
	};
};

async function planArrived( id, { api } ) {
	const [ own, { plans } ] = await Promise.all( [ api.get( 'subscription' ), api.get( 'plans' ) ] );
	return {
		hasArrived: own.plan.id === id,
		name: plans.find( ( plan ) => plan.id === id )?.title || id,
	};
}

async function robotArrived( id, { api } ) {
	const [ { robots }, { robots: known } ] = await Promise.all( [
		api.get( 'robot-access' ),
		api.get( 'robots' ),
	] );
	return {
		hasArrived: robots.some( ( robot ) => robot.robot_id === id && robot.source === 'purchase' ),
		name: known.find( ( robot ) => robot.id === id )?.name || id,
	};
}

const waiting = ( { name }, waited ) => [
	h( 'span', { class: 'trp-spinner', 'aria-hidden': 'true' } ),
	h( 'h1', { tabindex: -1 }, __( 'Thank you. One moment…', 'trading-robot-service' ) ),
	h(
		'p',
		{ role: 'status' },
		waited < PATIENCE_MS
			? sprintf( __( 'Stripe is telling us that %s was paid for. This page goes on by itself.', 'trading-robot-service' ), name )
			: __(
					'This takes longer than usual; bank transfers take days. Nothing is lost, and you need not wait here: a mail tells you when it is done.',
					'trading-robot-service'
			  )
	),
	h( 'a', { class: 'trp-button', href: subscriptionLink() }, __( 'See your subscription', 'trading-robot-service' ) ),
];

const arrived = ( { name }, kind, id ) => [
	h( 'span', { class: 'trp-outcome__tick', 'aria-hidden': 'true' } ),
	h(
		'h1',
		{ tabindex: -1 },
		kind === 'plan'
			? sprintf( __( 'You are on %s now', 'trading-robot-service' ), name )
			: sprintf( __( '%s is yours', 'trading-robot-service' ), name )
	),
	h(
		'p',
		{ role: 'status' },
		kind === 'plan'
			? __( 'Everything it includes works from this moment on.', 'trading-robot-service' )
			: __( 'Your bots may run it, whatever your plan.', 'trading-robot-service' )
	),
	h(
		'div',
		{ class: 'trp-actions' },
		kind === 'plan'
			? h( 'a', { class: 'trp-button trp-button--primary', href: overviewLink() }, __( 'Go to the dashboard', 'trading-robot-service' ) )
			: h( 'a', { class: 'trp-button trp-button--primary', href: newBotLink( id ) }, __( 'Use this robot', 'trading-robot-service' ) ),
		h( 'a', { class: 'trp-button', href: subscriptionLink() }, __( 'See your subscription', 'trading-robot-service' ) )
	),
];

export const leftScreen = ( { kind, id } ) => ( {
	key: `left-${ kind }-${ id }`,
	title,
	skeleton: formSkeleton,
	load: async () => ( {} ),
	view: () =>
		frame(
			'left',
			h( 'h1', { tabindex: -1 }, __( 'Nothing was bought', 'trading-robot-service' ) ),
			h( 'p', {}, __( 'You left Stripe’s page before paying. Nothing was charged.', 'trading-robot-service' ) ),
			h(
				'div',
				{ class: 'trp-actions' },
				h(
					'a',
					{ class: 'trp-button trp-button--primary', href: kind === 'plan' ? offerLink( id ) : buyRobotLink( id ) },
					__( 'Look at it again', 'trading-robot-service' )
				),
				h( 'a', { class: 'trp-button', href: subscriptionLink() }, __( 'See your subscription', 'trading-robot-service' ) )
			)
		),
} );
