/** A part of the page that may be locked by the plan, or could not be read. */

import { h } from '../../dom.js';
import { __, sprintf } from '../../i18n.js';
import { panel } from '../parts/figures.js';
import { lockedCard } from '../parts/limits.js';

/** A panel whose `view(found)` is shown where `found` is neither locked nor failed. */
export function partOf( title, found, ctx, view, actions = null ) {
	if ( found.locked ) {
		return panel( title, null, lockedCard( lockedTitle(), found.locked, ctx ) );
	}
	if ( found.failed ) {
		return panel( title, null, failedCard( found.failed, ctx ) );
	}
	return panel( title, actions, view( found ) );
}

export const lockedTitle = () => __( 'Not part of your plan', 'trading-robot-service' );

const failedCard = ( error, ctx ) =>
	h(
		'div',
		{ class: 'trp-card trp-empty', role: 'alert' },
		h( 'h3', {}, __( 'This part could not be read', 'trading-robot-service' ) ),
		h( 'p', {}, error.message ),
		h(
			'button',
			{
				type: 'button',
				class: 'trp-button',
				onclick: () => ctx.refresh().catch( () => {} ),
			},
			__( 'Try again', 'trading-robot-service' )
		),
		error.requestId &&
			h(
				'p',
				{ class: 'trp-small trp-muted' },
				sprintf( __( 'Request id: %s', 'trading-robot-service' ), error.requestId )
			)
	);
