/** Who the user is at the trading service, and the email address. */

import { h } from '../../dom.js';
import { localDate } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { actionButton } from '../parts/actions.js';
import { toast } from '../parts/dialog.js';
import { textField } from '../parts/fields.js';
import { badge, panel } from '../parts/figures.js';
import { formDialog } from '../parts/forms.js';
import { withTitles } from '../parts/limits.js';
import { row, rows } from '../parts/rows.js';

export const profileSection = {
	async load( ctx ) {
		const { user } = await ctx.api.get( 'users/me' );
		return { user, plan: ( await withTitles( user, ctx ) ).plan };
	},
	view: ( { user, plan }, ctx ) => [
		panel( __( 'Email', 'trading-robot-service' ), null, rows( emailRow( user, ctx ) ) ),
		panel( __( 'Profile', 'trading-robot-service' ), null, rows( profileRows( user, plan, ctx ) ) ),
	],
};

function emailRow( user, ctx ) {
	const { email, email_verified: isVerified } = user;
	return row( {
		key: 'email',
		title: email,
		state: isVerified
			? badge( __( 'Verified', 'trading-robot-service' ), 'ok' )
			: badge( __( 'Not verified', 'trading-robot-service' ), 'warn' ),
		text: isVerified
			? __(
					'The trading service writes here about your account. Your address on this site is kept apart.',
					'trading-robot-service'
				)
			: __(
					'Follow the link we mailed you. Until then nothing about your account can be recovered by mail.',
					'trading-robot-service'
				),
		actions: [
			! isVerified &&
				actionButton(
					__( 'Mail the link again', 'trading-robot-service' ),
					() => resend( email, ctx ),
					ctx,
					{ kind: 'small' }
				),
			actionButton( __( 'Change', 'trading-robot-service' ), () => changeEmail( user, ctx ), ctx, {
				kind: 'small',
				label: __( 'Change the email address', 'trading-robot-service' ),
			} ),
		],
	} );
}

async function resend( email, ctx ) {
	await ctx.api.post( 'auth/verify-email/resend' );
	toast( sprintf( __( 'A new link is on its way to %s.', 'trading-robot-service' ), email ) );
}

async function changeEmail( { email: present }, ctx ) {
	const email = await formDialog( ctx, {
		title: __( 'Change your email address', 'trading-robot-service' ),
		intro: h(
			'p',
			{},
			sprintf(
				__(
					'We mail a link to the new address. Until you follow it, %s stays in use.',
					'trading-robot-service'
				),
				present
			)
		),
		fields: textField( 'email', __( 'New email address', 'trading-robot-service' ), {
			type: 'email',
			required: true,
			autocomplete: 'email',
			maxlength: 254,
			'data-first': true,
		} ),
		submit: __( 'Mail the link', 'trading-robot-service' ),
		send: async ( given ) => {
			await ctx.api.post( 'auth/email/change', { email: given.get( 'email' ).trim() } );
			return given.get( 'email' ).trim();
		},
	} );
	if ( email ) {
		toast( sprintf( __( 'Follow the link we sent to %s.', 'trading-robot-service' ), email ) );
	}
}

const profileRows = ( user, plan, ctx ) => [
	row( {
		key: 'username',
		title: __( 'Username', 'trading-robot-service' ),
		text: user.username,
	} ),
	row( {
		key: 'plan',
		title: __( 'Plan', 'trading-robot-service' ),
		text: plan,
		actions:
			ctx.config.pages?.pricing &&
			h(
				'a',
				{ class: 'trp-button trp-button--small', href: ctx.config.pages.pricing },
				__( 'Compare plans', 'trading-robot-service' )
			),
	} ),
	row( {
		key: 'since',
		title: __( 'Member since', 'trading-robot-service' ),
		text: localDate( user.created_at ),
	} ),
];
