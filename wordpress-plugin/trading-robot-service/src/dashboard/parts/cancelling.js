/** Ending a subscription: what happens when, and then it is done. */

import { h } from '../../dom.js';
import { localDate } from '../../format.js';
import { __, _n, sprintf } from '../../i18n.js';
import { confirmDialog, toast } from './dialog.js';

/** Sentences of what happens: [[when, what]…]. `fallback`: the plan that counts afterwards. */
export function whatHappens( { period_end: end, title }, { title: next, limits } ) {
	const day = localDate( end );
	return [
		[
			sprintf( __( 'Until %s', 'trading-robot-service' ), day ),
			sprintf(
				__( '%s stays as it is, and you can take this back at any time.', 'trading-robot-service' ),
				title
			),
		],
		[
			sprintf( __( 'On %s', 'trading-robot-service' ), day ),
			sprintf(
				_n(
					'%1$s begins, with %2$s bot. Bots beyond that are paused, never deleted; you choose which ones stay.',
					'%1$s begins, with %2$s bots. Bots beyond that are paused, never deleted; you choose which ones stay.',
					limits.bots,
					'trading-robot-service'
				),
				next,
				limits.bots
			),
		],
		[
			__( 'Live bots', 'trading-robot-service' ),
			__( 'open nothing new from then on. What they hold stays guarded by its stops.', 'trading-robot-service' ),
		],
		[
			__( 'Your card', 'trading-robot-service' ),
			__( 'is not charged again. The running month is not paid back.', 'trading-robot-service' ),
		],
	];
}

export const happenings = ( lines ) =>
	h(
		'dl',
		{ class: 'trp-happens' },
		lines.map( ( [ when, what ] ) => h( 'div', {}, h( 'dt', {}, when ), h( 'dd', {}, what ) ) )
	);

export async function cancelSubscription( own, fallback, ctx ) {
	const { subscription } = own;
	const confirmed = await confirmDialog( {
		title: sprintf( __( 'Cancel %s?', 'trading-robot-service' ), subscription.title ),
		body: happenings( whatHappens( subscription, fallback ) ),
		dismiss: sprintf( __( 'Keep %s', 'trading-robot-service' ), subscription.title ),
		confirm: __( 'Cancel the subscription', 'trading-robot-service' ),
		danger: true,
	} );
	if ( confirmed ) {
		await ctx.api.post( 'subscription/cancel' );
		toast( __( 'Your subscription ends with the month that is paid for.', 'trading-robot-service' ) );
		await ctx.refresh();
	}
}
