/** One plan that the user may change to: what it holds, what it costs and when, and the way there. */

import { h } from '../../dom.js';
import { cents, localDate } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { placeOf } from '../../plan-words.js';
import { openPortal, payForPlan } from '../checkout.js';
import { featureLines } from '../feature-words.js';
import { actionButton } from '../parts/actions.js';
import { happenings, whatHappens } from '../parts/cancelling.js';
import { toast } from '../parts/dialog.js';
import { textField } from '../parts/fields.js';
import { formOf, submitButton } from '../parts/forms.js';
import { empty, formSkeleton } from '../parts/states.js';
import { subscriptionLink } from '../router.js';
import { priceText } from './subscription.js';

export const offerScreen = ( { id } ) => ( {
	key: `offer-${ id }`,
	title: ( data ) => data?.plan?.title || __( 'Subscription', 'trading-robot-service' ),
	skeleton: formSkeleton,
	load: ( ctx ) => readOffer( id, ctx ),
	view: ( data, ctx ) =>
		h( 'div', { class: 'trp-narrow', 'data-key': `offer-${ id }` }, back(), offerView( data, ctx ) ),
} );

async function readOffer( id, { api } ) {
	const [ own, { plans } ] = await Promise.all( [ api.get( 'subscription' ), api.get( 'plans' ) ] );
	const plan = plans.find( ( known ) => known.id === id );
	const order = plans.map( ( known ) => known.id );
	const place = plan && placeOf( { id, isDefault: plan.default }, own, order );
	const needsPreview = [ 'up', 'down' ].includes( place ) && own.billing !== 'off';
	const preview = needsPreview
		? await api.post( 'subscription/preview', { plan: id } ).catch( orPaymentDue )
		: null;
	return { own, plans, plan, place, preview };
}

/* With a payment open nothing can be changed; the screen says so instead of a price. */
function orPaymentDue( error ) {
	if ( error.code !== 'payment_due' ) {
		throw error;
	}
	return { isPaymentDue: true };
}

export const back = () =>
	h(
		'p',
		{ class: 'trp-breadcrumb' },
		'‹ ',
		h( 'a', { href: subscriptionLink() }, __( 'Subscription', 'trading-robot-service' ) )
	);

function offerView( data, ctx ) {
	const { own, plan, place, preview } = data;
	if ( ! plan ) {
		return note( __( 'There is no such plan', 'trading-robot-service' ), '' );
	}
	if ( own.billing === 'off' ) {
		return note(
			__( 'Payments are not set up', 'trading-robot-service' ),
			__( 'The operator of this service has not switched payments on yet.', 'trading-robot-service' )
		);
	}
	if ( preview?.isPaymentDue || place === 'unpaid' ) {
		return paymentDue( ctx );
	}
	if ( place === 'buy' ) {
		return buyView( data, ctx );
	}
	return preview ? changeView( data, ctx ) : settled( data );
}

const note = ( title, text, ...actions ) => [
	h( 'h1', { tabindex: -1 }, title ),
	empty( '', text, actions, h( 'a', { class: 'trp-button', href: subscriptionLink() }, __( 'See your subscription', 'trading-robot-service' ) ) ),
];

const paymentDue = ( ctx ) =>
	note(
		__( 'A payment is open', 'trading-robot-service' ),
		__( 'Pay it first; then the plan can be changed.', 'trading-robot-service' ),
		actionButton( __( 'Check the card and pay', 'trading-robot-service' ), () => openPortal( ctx ), ctx, {
			kind: 'primary',
		} )
	);

const settled = ( { plan, place } ) =>
	note(
		plan.title,
		place === 'scheduled'
			? __( 'This plan is on its way already.', 'trading-robot-service' )
			: __( 'This is your plan already.', 'trading-robot-service' )
	);

const features = ( plan ) =>
	h(
		'ul',
		{ class: 'trp-plan__features' },
		featureLines( plan ).map( ( [ label, value ] ) =>
			h( 'li', {}, label, value && [ ' ', h( 'strong', {}, value ) ] )
		)
	);

const testNote = ( { billing } ) =>
	billing === 'test' &&
	h(
		'p',
		{ class: 'trp-notice trp-notice--info' },
		__( 'Test mode: no real money moves. Use one of Stripe’s test cards.', 'trading-robot-service' )
	);

function buyView( { own, plan }, ctx ) {
	const form = formOf( ctx, {
		id: 'trp-buy',
		fields: codeField(),
		buttons: submitButton( __( 'Continue to Stripe', 'trading-robot-service' ), { size: 'large' } ),
		place: codePlace,
		send: ( given ) => payForPlan( plan.id, codeOf( given ), ctx ),
	} );
	return [
		h( 'h1', { tabindex: -1 }, sprintf( __( 'Upgrade to %s', 'trading-robot-service' ), plan.title ) ),
		testNote( own ),
		h(
			'div',
			{ class: 'trp-card trp-offer' },
			h( 'p', { class: 'trp-plan__price' }, priceText( plan ) ),
			h(
				'p',
				{ class: 'trp-muted' },
				plan.trial_days && own.subscription === null
					? sprintf(
							__( '%s days free, then paid each month until you cancel.', 'trading-robot-service' ),
							plan.trial_days
					  )
					: __( 'Paid each month until you cancel; you can cancel at any time.', 'trading-robot-service' )
			),
			features( plan ),
			form,
			h(
				'p',
				{ class: 'trp-field__hint' },
				__( 'You pay on a page of Stripe’s. This site never sees your card.', 'trading-robot-service' )
			)
		),
	];
}

export const codeField = () =>
	textField( 'code', __( 'Promotion code', 'trading-robot-service' ), {
		maxlength: 64,
		autocomplete: 'off',
	} );

export const codePlace = ( error ) => ( error.code === 'code_not_valid' ? 'code' : null );

export const codeOf = ( given ) => given.get( 'code' ).trim() || null;

function changeView( data, ctx ) {
	const { own, plan, preview } = data;
	const isUp = preview.way === 'up';
	return [
		h(
			'h1',
			{ tabindex: -1 },
			sprintf(
				isUp
					? __( 'Upgrade to %s', 'trading-robot-service' )
					: __( 'Downgrade to %s', 'trading-robot-service' ),
				plan.title
			)
		),
		testNote( own ),
		h(
			'div',
			{ class: 'trp-card trp-offer' },
			isUp ? upPreview( data ) : downPreview( data ),
			features( plan ),
			h(
				'div',
				{ class: 'trp-actions' },
				actionButton( confirmText( preview ), () => change( data, ctx ), ctx, { kind: 'primary large' } ),
				h( 'a', { class: 'trp-button trp-button--ghost trp-button--large', href: subscriptionLink() }, __( 'Not now', 'trading-robot-service' ) )
			)
		),
	];
}

const confirmText = ( { way, due_cents: due, currency, effective_at: at } ) =>
	way === 'up'
		? sprintf( __( 'Pay %s and upgrade', 'trading-robot-service' ), cents( due, currency ) )
		: sprintf( __( 'Downgrade on %s', 'trading-robot-service' ), localDate( at ) );

const upPreview = ( { plan, preview } ) => [
	h( 'h2', {}, __( 'What is charged now', 'trading-robot-service' ) ),
	h(
		'dl',
		{ class: 'trp-bill' },
		preview.lines.map( ( line ) => billLine( line.description, line.amount_cents, preview ) ),
		preview.credit_cents > 0 &&
			billLine( __( 'Kept as your credit', 'trading-robot-service' ), preview.credit_cents, preview ),
		billLine( __( 'Due now', 'trading-robot-service' ), preview.due_cents, preview, 'trp-bill__due' )
	),
	h(
		'p',
		{ class: 'trp-muted' },
		sprintf(
			__( 'It takes effect at once. From the next payment on: %s.', 'trading-robot-service' ),
			priceText( plan )
		)
	),
];

const billLine = ( text, amount, { currency }, kind ) =>
	h( 'div', { class: kind }, h( 'dt', {}, text ), h( 'dd', { class: 'trp-num' }, cents( amount, currency ) ) );

const downPreview = ( { own, plan, preview } ) => [
	h( 'h2', {}, __( 'What happens when', 'trading-robot-service' ) ),
	happenings( whatHappens( { ...own.subscription, period_end: preview.effective_at }, plan ).slice( 0, 2 ) ),
	h(
		'p',
		{ class: 'trp-muted' },
		sprintf( __( 'Nothing is charged now. From then on: %s.', 'trading-robot-service' ), priceText( plan ) )
	),
];

/* An upgrade is billed as of the moment that was shown. */
async function change( { plan, preview }, ctx ) {
	const { way, effective_at: at } = preview;
	try {
		await ctx.api.post( 'subscription/change', { plan: plan.id, shown_at: way === 'up' ? at : null } );
	} catch ( error ) {
		if ( error.code === 'preview_too_old' ) {
			await ctx.refresh();
		}
		throw error;
	}
	toast(
		way === 'up'
			? sprintf( __( 'You are on %s now.', 'trading-robot-service' ), plan.title )
			: sprintf( __( '%1$s begins on %2$s.', 'trading-robot-service' ), plan.title, localDate( at ) )
	);
	location.hash = subscriptionLink();
}
