/** What stands against a subscription, or is to come, with what can be done about it. */

import { h } from '../../dom.js';
import { __ } from '../../i18n.js';
import { planNotices } from '../../plan-words.js';
import { openPortal } from '../checkout.js';
import { subscriptionLink } from '../router.js';
import { usageNotices } from '../usage-words.js';
import { actionButton } from './actions.js';
import { toast } from './dialog.js';

/** With buttons, for the subscription's own screen. */
export const noticesWithActions = ( own, ctx ) =>
	planNotices( own ).map( ( notice ) => noticeBox( notice, actionOf( notice, ctx ) ) );

/** With a link to that screen, for others. */
export const noticesWithLink = ( own ) =>
	[ ...planNotices( own ), ...usageNotices( own ) ].map( ( notice ) =>
		noticeBox(
			notice,
			h(
				'a',
				{ class: 'trp-button trp-button--small', href: subscriptionLink() },
				__( 'Open subscription', 'trading-robot-service' )
			)
		)
	);

export const noticeBox = ( { key, kind, title, text }, action ) =>
	h(
		'div',
		{ class: `trp-notice trp-notice--${ kind }`, role: 'status', 'data-key': `plan-${ key }` },
		h( 'p', {}, h( 'strong', {}, title ), ' ', text ),
		action
	);

const actionOf = ( { act }, ctx ) =>
	act === 'pay'
		? actionButton( __( 'Check the card and pay', 'trading-robot-service' ), () => openPortal( ctx ), ctx, {
				kind: 'primary small',
		  } )
		: actionButton( __( 'Keep it as it is', 'trading-robot-service' ), () => resume( ctx ), ctx, {
				kind: 'small',
		  } );

async function resume( ctx ) {
	await ctx.api.post( 'subscription/resume' );
	toast( __( 'Your subscription goes on as it is.', 'trading-robot-service' ) );
	await ctx.refresh();
}
