/** The subscription: plan, what is used, bots beyond the plan, the other plans, invoices. */

import { h } from '../../dom.js';
import { cents } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { changeText, isBought, ownLine, placeOf, whatNext } from '../../plan-words.js';
import { openPortal } from '../checkout.js';
import { actionButton } from '../parts/actions.js';
import { cancelSubscription } from '../parts/cancelling.js';
import { badge, panel } from '../parts/figures.js';
import { invoicesTable } from '../parts/invoices.js';
import { missingPanel, titlesOf } from '../parts/missing.js';
import { placesPanel } from '../parts/places.js';
import { noticesWithActions } from '../parts/plan-notices.js';
import { contentSkeleton } from '../parts/states.js';
import { usageBars } from '../parts/usage.js';
import { offerLink } from '../router.js';

const INVOICES = 24;
const MOST_BOTS = 100;

export const subscriptionScreen = () => ( {
	key: 'subscription',
	title: () => __( 'Subscription', 'trading-robot-service' ),
	interval: 15000,
	skeleton: contentSkeleton,
	load: readSubscription,
	view: ( data, ctx ) =>
		h(
			'div',
			{ class: 'trp-stack', 'data-key': 'subscription' },
			head( data ),
			noticesWithActions( data.own, ctx ),
			placesPanel( data.bots, placesOf( data.own ), ctx ),
			planCard( data, ctx ),
			panel( __( 'What is used', 'trading-robot-service' ), null, usageBars( data.own.usage ) ),
			data.own.billing !== 'off' && plansPanel( data ),
			missingPanel( data.missing, titlesOf( data.plans ), ctx ),
			panel(
				__( 'Invoices', 'trading-robot-service' ),
				null,
				invoicesTable( data.transactions, ctx )
			)
		),
} );

/* The bots are read where some have no place; what is on sale stays as it is for now. */
async function readSubscription( { api }, last ) {
	const [ own, missing, { transactions }, { plans } ] = await Promise.all( [
		api.get( 'subscription' ),
		api.get( 'plans/missing' ),
		api.get( 'transactions', { limit: INVOICES } ),
		last ?? api.get( 'plans' ),
	] );
	const isOver = missing.missing.some( ( { key } ) => key === 'bots' );
	const { bots } = isOver ? await api.get( 'bots', { limit: MOST_BOTS } ) : { bots: [] };
	return { own, missing, transactions, plans, bots };
}

const placesOf = ( { usage } ) => usage.find( ( { key } ) => key === 'bots' )?.limit ?? 0;

const head = ( { own } ) =>
	h(
		'header',
		{ class: 'trp-app__head', 'data-key': 'head' },
		h(
			'div',
			{},
			h( 'h1', { tabindex: -1 }, __( 'Subscription', 'trading-robot-service' ) ),
			own.billing !== 'live' && h( 'p', { class: 'trp-app__status' }, billingBadge( own.billing ) )
		)
	);

const billingBadge = ( billing ) =>
	billing === 'off'
		? badge( __( 'Payments are not set up', 'trading-robot-service' ), 'warn' )
		: badge( __( 'Test mode: no real money moves', 'trading-robot-service' ), 'paper' );

function planCard( { own, plans }, ctx ) {
	const plan = plans.find( ( { id } ) => id === own.plan.id );
	const { subscription } = own;
	const next = whatNext( subscription );
	return h(
		'section',
		{ class: 'trp-card trp-own-plan', 'data-key': 'plan', 'aria-labelledby': 'trp-own-plan' },
		h(
			'div',
			{},
			h( 'p', { class: 'trp-eyebrow' }, __( 'Your plan', 'trading-robot-service' ) ),
			h( 'h2', { id: 'trp-own-plan' }, own.plan.title, ' ', stateBadge( subscription ) ),
			h( 'p', { class: 'trp-own-plan__price' }, priceLine( plan, subscription, next ) )
		),
		h( 'div', { class: 'trp-actions' }, planActions( own, plans, ctx ) )
	);
}

function stateBadge( subscription ) {
	const [ text, kind ] = {
		active: [ __( 'Active', 'trading-robot-service' ), 'ok' ],
		trialing: [ __( 'Trial', 'trading-robot-service' ), 'ok' ],
		past_due: [ __( 'Payment failed', 'trading-robot-service' ), 'bad' ],
		unpaid: [ __( 'Not paid', 'trading-robot-service' ), 'bad' ],
		paused: [ __( 'Paused', 'trading-robot-service' ), 'warn' ],
	}[ subscription?.status ] || [ null ];
	return text && badge( text, kind );
}

function priceLine( plan, subscription, next ) {
	if ( subscription?.given && ! subscription.lapsed && plan?.price_cents ) {
		return __( 'Given to you; nothing is charged.', 'trading-robot-service' );
	}
	const price = plan && priceText( plan );
	return [ price, next ].filter( Boolean ).join( ' · ' );
}

export const priceText = ( { price_cents: price, currency, interval } ) =>
	price
		? sprintf(
				interval === 'year'
					? __( '%s a year', 'trading-robot-service' )
					: __( '%s a month', 'trading-robot-service' ),
				cents( price, currency )
		  )
		: __( 'No fee', 'trading-robot-service' );

const planActions = ( own, plans, ctx ) => [
	own.can_open_portal &&
		own.billing !== 'off' &&
		actionButton( __( 'Cards and invoices at Stripe', 'trading-robot-service' ), () => openPortal( ctx ), ctx ),
	isBought( own ) &&
		! own.subscription.cancel_at &&
		actionButton(
			__( 'Cancel…', 'trading-robot-service' ),
			() => cancelSubscription( own, plans.find( ( plan ) => plan.default ), ctx ),
			ctx,
			{ kind: 'ghost', label: __( 'Cancel the subscription…', 'trading-robot-service' ) }
		),
];

const plansPanel = ( { own, plans } ) =>
	panel(
		__( 'Change the plan', 'trading-robot-service' ),
		null,
		h(
			'ul',
			{ class: 'trp-change' },
			plans.map( ( plan ) => planRow( plan, own, plans ) )
		)
	);

function planRow( plan, own, plans ) {
	const order = plans.map( ( { id } ) => id );
	const place = placeOf( { id: plan.id, isDefault: plan.default }, own, order );
	return h(
		'li',
		{ class: 'trp-card trp-change__plan', 'data-key': plan.id, 'data-place': place },
		h( 'h3', {}, plan.title, ' ', planBadge( plan, place ) ),
		h( 'p', { class: 'trp-change__price' }, priceText( plan ) ),
		h( 'p', { class: 'trp-small trp-muted' }, ownLine( place, own ) ),
		changeLink( plan.id, place, changeText( place, plan, own, order ) )
	);
}

const planBadge = ( { popular }, place ) =>
	place === 'current'
		? badge( __( 'Your plan', 'trading-robot-service' ), 'ok' )
		: popular && badge( __( 'Most popular', 'trading-robot-service' ) );

const changeLink = ( id, place, text ) =>
	text &&
	h(
		'a',
		{
			class: `trp-button trp-button--small${ place === 'down' ? '' : ' trp-button--primary' }`,
			href: offerLink( id ),
		},
		text
	);
