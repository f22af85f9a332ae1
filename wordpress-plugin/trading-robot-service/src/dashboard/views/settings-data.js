/** One's data: to take away, or to delete. */

import { h } from '../../dom.js';
import { localDate } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { actionButton } from '../parts/actions.js';
import { confirmDialog, openDialog } from '../parts/dialog.js';
import { panel } from '../parts/figures.js';
import { row, rows } from '../parts/rows.js';
import { saveFile } from '../parts/save-file.js';

export const dataSection = {
	load: ( ctx ) => ctx.api.get( 'users/me' ),
	view: ( { user }, ctx ) => [
		panel(
			__( 'Take your data with you', 'trading-robot-service' ),
			null,
			rows(
				row( {
					key: 'export',
					title: __( 'Everything kept about you', 'trading-robot-service' ),
					text: __(
						'Profile, sessions, bots, alerts, trades, mails and activity, as JSON and as CSV for a spreadsheet, in one ZIP. No password or key is in it.',
						'trading-robot-service'
					),
					actions: exportButton( ctx, 'small' ),
				} )
			)
		),
		panel(
			__( 'Leave', 'trading-robot-service' ),
			null,
			rows(
				row( {
					key: 'delete',
					title: __( 'Delete your account', 'trading-robot-service' ),
					text: __(
						'Stops every bot at once and erases the rest after seven days, in which you can change your mind.',
						'trading-robot-service'
					),
					actions: actionButton(
						__( 'Delete account', 'trading-robot-service' ),
						() => leave( user, ctx ),
						ctx,
						{ kind: 'small danger' }
					),
				} )
			)
		),
	],
};

export const exportButton = ( ctx, kind = '' ) =>
	actionButton(
		__( 'Download my data', 'trading-robot-service' ),
		async () => {
			const day = new Date().toISOString().slice( 0, 10 );
			saveFile( `trading-data-${ day }.zip`, await ctx.api.file( 'users/me/export' ) );
		},
		ctx,
		{ kind }
	);

const consequences = () => [
	__( 'Every bot stops and its webhook address closes, at once.', 'trading-robot-service' ),
	__(
		'Broker keys kept here are erased at once. At the broker they stay valid until you revoke them there.',
		'trading-robot-service'
	),
	__(
		'For seven days you can sign in and restore the account. Then everything is erased for good.',
		'trading-robot-service'
	),
	__( 'Your account on this site stays; its owner can delete it.', 'trading-robot-service' ),
];

async function leave( user, ctx ) {
	const confirmed = await confirmDialog( {
		title: __( 'Delete your account?', 'trading-robot-service' ),
		body: h(
			'ul',
			{},
			consequences().map( ( text ) => h( 'li', {}, text ) )
		),
		confirm: __( 'Delete my account', 'trading-robot-service' ),
		danger: true,
	} );
	if ( confirmed ) {
		await sayWhatFollows( await ctx.api.del( 'users/me' ), user );
		await ctx.refresh();
	}
}

const sayWhatFollows = ( { status, erased_at: at }, { email } ) =>
	openDialog( {
		title:
			status === 'leaving'
				? __( 'Your account is leaving', 'trading-robot-service' )
				: __( 'One more step: your mail', 'trading-robot-service' ),
		body: h(
			'p',
			{},
			status === 'leaving'
				? sprintf(
						__(
							'Your bots are stopped. Everything is erased on %s, unless you restore the account before.',
							'trading-robot-service'
						),
						localDate( at )
					)
				: sprintf(
						__(
							'We mailed a link to %s. Nothing is deleted until you follow it.',
							'trading-robot-service'
						),
						email
					)
		),
		buttons: ( close ) =>
			h(
				'button',
				{ type: 'button', class: 'trp-button trp-button--primary', onclick: () => close() },
				__( 'Understood', 'trading-robot-service' )
			),
	} );
