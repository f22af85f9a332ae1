/** Where the user is signed in. */

import { h } from '../../dom.js';
import { localTime } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { deviceName } from '../device-name.js';
import { actionButton } from '../parts/actions.js';
import { confirmDialog, toast } from '../parts/dialog.js';
import { badge, panel } from '../parts/figures.js';
import { row, rows } from '../parts/rows.js';

export const sessionsSection = {
	load: ( ctx ) => ctx.api.get( 'auth/sessions' ),
	view: ( { sessions }, ctx ) =>
		panel(
			__( 'Where you are signed in', 'trading-robot-service' ),
			actionButton(
				__( 'End all sessions', 'trading-robot-service' ),
				() => endAll( ctx ),
				ctx,
				{ kind: 'small danger' }
			),
			h(
				'p',
				{ class: 'trp-panel__lead' },
				__(
					'A session you do not know? End it and set a new password.',
					'trading-robot-service'
				)
			),
			rows( sessions.map( ( session ) => sessionRow( session, ctx ) ) )
		),
};

const nameOf = ( { site, device } ) =>
	site
		? sprintf( __( 'Through %s', 'trading-robot-service' ), site )
		: deviceName( device ) || __( 'Unknown device', 'trading-robot-service' );

const sessionRow = ( session, ctx ) =>
	row( {
		key: session.id,
		title: nameOf( session ),
		state: session.current && badge( __( 'This session', 'trading-robot-service' ), 'ok' ),
		text: sprintf(
			__( '%1$s. Last seen %2$s, signed in %3$s.', 'trading-robot-service' ),
			session.address || __( 'Unknown address', 'trading-robot-service' ),
			localTime( session.seen_at ),
			localTime( session.created_at )
		),
		actions:
			! session.current &&
			actionButton( __( 'End', 'trading-robot-service' ), () => end( session, ctx ), ctx, {
				kind: 'small',
				label: sprintf(
					__( 'End the session: %s', 'trading-robot-service' ),
					nameOf( session )
				),
			} ),
	} );

async function end( session, ctx ) {
	await ctx.api.del( `auth/sessions/${ session.id }` );
	toast( __( 'The session has ended.', 'trading-robot-service' ) );
	await ctx.refresh();
}

async function endAll( ctx ) {
	const confirmed = await confirmDialog( {
		title: __( 'End all sessions?', 'trading-robot-service' ),
		body: h(
			'p',
			{},
			__(
				'Every device and site is signed out of the trading service, this page too: it will ask for your code again. Bots keep running.',
				'trading-robot-service'
			)
		),
		confirm: __( 'End all sessions', 'trading-robot-service' ),
		danger: true,
	} );
	if ( confirmed ) {
		await ctx.api.post( 'auth/logout-everywhere' );
		toast( __( 'All sessions have ended.', 'trading-robot-service' ) );
		await ctx.refresh();
	}
}
