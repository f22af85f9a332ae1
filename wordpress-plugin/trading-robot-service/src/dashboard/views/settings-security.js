/** The second factor, the password, and the sites that may act for the user. */

import { h } from '../../dom.js';
import { localDate } from '../../format.js';
import { __, _n, sprintf } from '../../i18n.js';
import { actionButton } from '../parts/actions.js';
import { showBackupCodes } from '../parts/backup-codes.js';
import { confirmDialog, toast } from '../parts/dialog.js';
import { badge, panel } from '../parts/figures.js';
import { prove } from '../parts/proof.js';
import { row, rows } from '../parts/rows.js';
import { empty } from '../parts/states.js';

const FEW_CODES = 3;

export const securitySection = {
	async load( ctx ) {
		const [ me, { site_links: sites } ] = await Promise.all( [
			ctx.api.get( 'users/me' ),
			ctx.api.get( 'site-links' ),
		] );
		return { ...me, sites };
	},
	view: ( { user, session, sites }, ctx ) => [
		panel(
			__( 'Two-step sign-in', 'trading-robot-service' ),
			null,
			rows( user.second_factor.enrolled ? factorRows( user, session, ctx ) : setUpRow( ctx ) )
		),
		panel(
			__( 'Password', 'trading-robot-service' ),
			null,
			rows( passwordRow( user, ctx ) )
		),
		panel( __( 'Connected sites', 'trading-robot-service' ), null, siteRows( sites, ctx ) ),
	],
};

const setUpRow = ( ctx ) =>
	row( {
		key: 'factor',
		title: __( 'Authenticator app', 'trading-robot-service' ),
		state: badge( __( 'Off', 'trading-robot-service' ), 'warn' ),
		text: __(
			'With a code from your phone, a stolen password alone opens nothing.',
			'trading-robot-service'
		),
		actions: actionButton(
			__( 'Set it up', 'trading-robot-service' ),
			async () => {
				await prove( { details: { enrolled: false } }, ctx );
				await ctx.refresh();
			},
			ctx,
			{ kind: 'primary small' }
		),
	} );

const factorRows = ( { second_factor: factor }, session, ctx ) => [
	row( {
		key: 'factor',
		title: __( 'Authenticator app', 'trading-robot-service' ),
		state: badge( __( 'On', 'trading-robot-service' ), 'ok' ),
		text: __(
			'A code from your app is asked for at sign-in and again before risky changes.',
			'trading-robot-service'
		),
		actions: actionButton(
			__( 'Turn off', 'trading-robot-service' ),
			() => disable( session, ctx ),
			ctx,
			{
				kind: 'small danger',
				label: __( 'Turn two-step sign-in off', 'trading-robot-service' ),
			}
		),
	} ),
	row( {
		key: 'codes',
		title: __( 'Backup codes', 'trading-robot-service' ),
		state: badge( codesLeft( factor ), factor.backup_codes_left < FEW_CODES ? 'warn' : 'ok' ),
		text: __(
			'Each gets you in once without the phone. New ones make the old ones useless.',
			'trading-robot-service'
		),
		actions: actionButton(
			__( 'New backup codes', 'trading-robot-service' ),
			() => renewCodes( ctx ),
			ctx,
			{ kind: 'small' }
		),
	} ),
];

const codesLeft = ( { backup_codes_left: left } ) =>
	sprintf( _n( '%s left', '%s left', left, 'trading-robot-service' ), left );

async function renewCodes( ctx ) {
	const { backup_codes: codes } = await ctx.api.post( 'auth/2fa/backup-codes' );
	await showBackupCodes( codes );
	await ctx.refresh();
}

async function disable( session, ctx ) {
	const confirmed = await confirmDialog( {
		title: __( 'Turn two-step sign-in off?', 'trading-robot-service' ),
		body: [
			h(
				'p',
				{},
				__(
					'Your app’s code and all backup codes stop working, and every other session ends.',
					'trading-robot-service'
				)
			),
			h(
				'p',
				{},
				session.policy === 'required'
					? __(
							'The trading service asks every account for a second step: you will set up an app again before you go on.',
							'trading-robot-service'
						)
					: __(
							'Adding trading accounts, API keys and other risky changes will ask you to set it up again.',
							'trading-robot-service'
						)
			),
		],
		confirm: __( 'Turn off', 'trading-robot-service' ),
		danger: true,
	} );
	if ( confirmed ) {
		await ctx.api.post( 'auth/2fa/disable' );
		toast( __( 'Two-step sign-in is off.', 'trading-robot-service' ) );
		await ctx.refresh();
	}
}

const passwordRow = ( { email, has_password: hasPassword }, ctx ) =>
	row( {
		key: 'password',
		title: __( 'Password of the trading service', 'trading-robot-service' ),
		text: hasPassword
			? __(
					'It is not the password of this site and is never typed here. A link by mail sets a new one and ends every session.',
					'trading-robot-service'
				)
			: __(
					'You have none: you come in through this site. A link by mail sets one, for signing in without this site.',
					'trading-robot-service'
				),
		actions: actionButton(
			__( 'Mail me a link', 'trading-robot-service' ),
			async () => {
				await ctx.api.post( 'auth/password/forgot', { email } );
				toast(
					sprintf(
						__( 'If mail reaches %s, a link is on its way.', 'trading-robot-service' ),
						email
					)
				);
			},
			ctx,
			{
				kind: 'small',
				label: __( 'Mail me a link to set a new password', 'trading-robot-service' ),
			}
		),
	} );

function siteRows( sites, ctx ) {
	if ( ! sites.length ) {
		return empty(
			__( 'No site is connected', 'trading-robot-service' ),
			__( 'Sites that you connect can show and change your bots.', 'trading-robot-service' )
		);
	}
	return rows( sites.map( ( site ) => siteRow( site, ctx ) ) );
}

const isThisSite = ( { url } ) => new URL( url, location.href ).origin === location.origin;

const siteRow = ( site, ctx ) =>
	row( {
		key: site.site_id,
		title: site.name || site.url,
		state: isThisSite( site ) && badge( __( 'This site', 'trading-robot-service' ), 'ok' ),
		text: [
			site.url,
			sprintf(
				__( 'Connected on %s', 'trading-robot-service' ),
				localDate( site.created_at )
			),
		],
		actions: actionButton(
			__( 'Disconnect', 'trading-robot-service' ),
			() => unlink( site, ctx ),
			ctx,
			{
				kind: 'small danger',
				label: sprintf( __( 'Disconnect %s', 'trading-robot-service' ), site.name || site.url ),
			}
		),
	} );

async function unlink( site, ctx ) {
	const confirmed = await confirmDialog( {
		title: sprintf( __( 'Disconnect %s?', 'trading-robot-service' ), site.name || site.url ),
		body: h(
			'p',
			{},
			isThisSite( site )
				? __(
						'This page shows nothing of your account until you connect it again with the trading service’s own password. Set one first if you have none.',
						'trading-robot-service'
					)
				: __(
						'The site can no longer show or change your bots. They keep running.',
						'trading-robot-service'
					)
		),
		confirm: __( 'Disconnect', 'trading-robot-service' ),
		danger: true,
	} );
	if ( confirmed ) {
		await ctx.api.del( `site-links/${ site.site_id }` );
		toast( __( 'The site is disconnected.', 'trading-robot-service' ) );
		await ctx.refresh();
	}
}
