/** What a subscription comes to: for each plan, and in sentences. Pure. */

import { localDate } from './format.js';
import { __, sprintf } from './i18n.js';

/* Stripe's words for a subscription that is over, or never began. */
const OVER = [ 'canceled', 'incomplete', 'incomplete_expired' ];

/** Whether there is a subscription that can be changed; without one a plan is bought anew. */
export const isBought = ( { subscription } ) =>
	Boolean( subscription ) && ! subscription.given && ! OVER.includes( subscription.status );

/**
 * How a plan stands to the reader: current, scheduled, unpaid, up, down, buy, or included (there is
 * nothing to buy). `order`: the ids of all plans as the service lists them, smallest first.
 */
export function placeOf( { id, isDefault }, own, order ) {
	const { subscription } = own;
	if ( id === own.plan.id ) {
		return 'current';
	}
	if ( ! isBought( own ) ) {
		return isDefault ? 'included' : 'buy';
	}
	if ( id === subscription.plan ) {
		return 'unpaid';
	}
	if ( subscription.scheduled?.plan === id || ( isDefault && subscription.cancel_at ) ) {
		return 'scheduled';
	}
	return order.indexOf( id ) > order.indexOf( subscription.plan ) ? 'up' : 'down';
}

/** What the button of a plan says that can be changed to; '' for others. */
export function changeText( place, { id, title }, own, order ) {
	const isLarger = order.indexOf( id ) > order.indexOf( own.plan.id );
	const text = {
		up: __( 'Upgrade to %s', 'trading-robot-service' ),
		down: __( 'Downgrade to %s', 'trading-robot-service' ),
		buy: isLarger
			? __( 'Upgrade to %s', 'trading-robot-service' )
			: __( 'Subscribe to %s', 'trading-robot-service' ),
	}[ place ];
	return text ? sprintf( text, title ) : '';
}

/** The line under a plan's price that is the reader's own, or ''. */
export function ownLine( place, { subscription } ) {
	if ( place === 'scheduled' ) {
		return sprintf(
			__( 'Begins on %s', 'trading-robot-service' ),
			localDate( subscription.scheduled?.at || subscription.cancel_at )
		);
	}
	if ( place === 'unpaid' ) {
		return __( 'Your payment is open', 'trading-robot-service' );
	}
	return place === 'current' ? whatNext( subscription ) : '';
}

/** When the plan in force is paid for again, or ends; '' where nothing is to come. */
export function whatNext( subscription ) {
	if ( ! subscription || subscription.lapsed || OVER.includes( subscription.status ) ) {
		return '';
	}
	const { status, cancel_at: ends, scheduled, trial_end: trial, period_end: renews } = subscription;
	if ( ends || scheduled ) {
		return sprintf( __( 'Ends on %s', 'trading-robot-service' ), localDate( ends || scheduled.at ) );
	}
	if ( status === 'past_due' ) {
		return __( 'Payment failed', 'trading-robot-service' );
	}
	if ( status === 'trialing' && trial ) {
		return sprintf( __( 'On trial until %s', 'trading-robot-service' ), localDate( trial ) );
	}
	return renews ? sprintf( __( 'Renews on %s', 'trading-robot-service' ), localDate( renews ) ) : '';
}

/**
 * What the reader has to know of the subscription: [{key, kind, title, text, act}]. `act` says what
 * can be done about it: pay or resume.
 */
export function planNotices( own ) {
	const { subscription } = own;
	if ( ! subscription || OVER.includes( subscription.status ) ) {
		return [];
	}
	return [ unpaid( subscription ), toCome( subscription ) ].filter( Boolean );
}

function unpaid( { title, lapsed, grace_until: until } ) {
	if ( lapsed ) {
		return {
			key: 'lapsed',
			kind: 'error',
			title: sprintf( __( '%s is not paid for.', 'trading-robot-service' ), title ),
			text: __(
				'Bots beyond the plan without a fee are paused, live bots open nothing new, and what they hold stays guarded. All of it comes back with the payment.',
				'trading-robot-service'
			),
			act: 'pay',
		};
	}
	return (
		until && {
			key: 'past-due',
			kind: 'warn',
			title: sprintf( __( 'A payment for %s failed.', 'trading-robot-service' ), title ),
			text: sprintf(
				__(
					'Everything works until %s. After that the plan without a fee counts, and live bots open nothing new; what they hold stays guarded.',
					'trading-robot-service'
				),
				localDate( until )
			),
			act: 'pay',
		}
	);
}

function toCome( { title, cancel_at: ends, scheduled } ) {
	if ( ends ) {
		return {
			key: 'ends',
			kind: 'info',
			title: sprintf( __( '%1$s ends on %2$s.', 'trading-robot-service' ), title, localDate( ends ) ),
			text: __( 'Until then everything works, and nothing more is charged.', 'trading-robot-service' ),
			act: 'resume',
		};
	}
	return (
		scheduled && {
			key: 'scheduled',
			kind: 'info',
			title: sprintf(
				__( '%1$s begins on %2$s.', 'trading-robot-service' ),
				scheduled.title,
				localDate( scheduled.at )
			),
			text: sprintf( __( 'Until then you keep %s.', 'trading-robot-service' ), title ),
			act: 'resume',
		}
	);
}

/**
 * What can be done with a robot: {badge, actions: [[use | demo | buy | upgrade, plan]…]}. `access` is
 * the service's answer; its `unlocked_by` names the plan.
 */
export function robotOffer( { access, source, expires_at: until, price_cents: cents, unlocked_by: plan } ) {
	const more = [
		plan && [ 'upgrade', plan ],
		source !== 'purchase' && cents !== null && access !== 'full' && [ 'buy' ],
	].filter( Boolean );
	if ( ! access ) {
		return { badge: null, actions: more };
	}
	if ( source === 'purchase' ) {
		return { badge: __( 'Yours', 'trading-robot-service' ), actions: [ [ 'use' ] ] };
	}
	if ( source === 'grant' ) {
		return { badge: grantText( until ), actions: [ [ 'use' ], ...more ] };
	}
	return access === 'full'
		? { badge: __( 'Included', 'trading-robot-service' ), actions: [ [ 'use' ] ] }
		: {
				badge: __( 'Included on paper', 'trading-robot-service' ),
				actions: [ [ access === 'demo' ? 'demo' : 'use' ], ...more ],
			};
}

const grantText = ( until ) =>
	until
		? sprintf( __( 'Yours until %s', 'trading-robot-service' ), localDate( until ) )
		: __( 'Yours', 'trading-robot-service' );
