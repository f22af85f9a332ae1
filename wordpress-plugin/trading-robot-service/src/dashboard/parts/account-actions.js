/** What a user can do with a trading account. */

import { h } from '../../dom.js';
import { __, sprintf } from '../../i18n.js';
import { brokers, fieldOf, wholeSecret } from '../broker-words.js';
import { keyFields, labelField, permissionField, stepsToKeys } from './account-fields.js';
import { confirmDialog, toast } from './dialog.js';
import { formDialog } from './forms.js';

async function change( account, ctx, dialog, said ) {
	const answer = await formDialog( ctx, {
		...dialog,
		place: fieldOf,
		send: ( given ) => ctx.api.put( `trading-accounts/${ account.id }`, dialog.body( given ) ),
	} );
	if ( answer ) {
		toast( sprintf( said, answer.trading_account.label ) );
		await ctx.refresh();
	}
}

/** Has the broker asked now. */
export async function refreshState( account, ctx ) {
	const { state } = await ctx.api.post( `trading-accounts/${ account.id }/refresh` );
	toast(
		state.problem
			? sprintf(
					__( '%1$s can’t be asked: %2$s', 'trading-robot-service' ),
					account.label,
					state.problem
			  )
			: sprintf( __( '%s was asked just now.', 'trading-robot-service' ), account.label ),
		state.problem && 'error'
	);
	await ctx.refresh();
}

export const renameAccount = ( account, ctx ) =>
	change(
		account,
		ctx,
		{
			title: sprintf( __( 'Rename %s', 'trading-robot-service' ), account.label ),
			fields: labelField( account.label ),
			submit: __( 'Save', 'trading-robot-service' ),
			body: ( given ) => ( { label: given.get( 'label' ).trim() } ),
		},
		__( 'The account is now called %s.', 'trading-robot-service' )
	);

export const changePermissions = ( account, ctx ) =>
	change(
		account,
		ctx,
		{
			title: sprintf( __( 'Permissions of %s', 'trading-robot-service' ), account.label ),
			intro: h(
				'p',
				{},
				__(
					'Going from reading to trading asks the broker again what the keys may do.',
					'trading-robot-service'
				)
			),
			fields: permissionField( account.permissions ),
			submit: __( 'Save', 'trading-robot-service' ),
			body: ( given ) => ( { permissions: given.get( 'permissions' ) } ),
		},
		__( 'The permissions of %s were changed.', 'trading-robot-service' )
	);

export function replaceKeys( account, ctx ) {
	const words = brokers()[ account.broker ];
	return change(
		account,
		ctx,
		{
			title: sprintf( __( 'New keys for %s', 'trading-robot-service' ), account.label ),
			intro: stepsToKeys( words ),
			fields: keyFields( words ),
			submit: __( 'Check and replace', 'trading-robot-service' ),
			body: ( given ) => ( {
				api_key: given.get( 'api_key' ).trim(),
				api_secret: wholeSecret( given.get( 'api_secret' ) ),
			} ),
		},
		__( '%s has new keys, confirmed by the broker.', 'trading-robot-service' )
	);
}

export async function removeAccount( account, ctx ) {
	const broker = brokers()[ account.broker ]?.name || account.broker;
	const confirmed = await confirmDialog( {
		title: sprintf( __( 'Remove %s?', 'trading-robot-service' ), account.label ),
		body: [
			h(
				'p',
				{},
				__(
					'The account and its keys are erased here. Bots that trade there can send no more orders.',
					'trading-robot-service'
				)
			),
			h(
				'p',
				{},
				sprintf(
					__(
						'At %1$s the key ending in %2$s stays valid until you revoke it there.',
						'trading-robot-service'
					),
					broker,
					account.key_ending
				)
			),
		],
		confirm: __( 'Remove account', 'trading-robot-service' ),
		danger: true,
	} );
	if ( confirmed ) {
		await ctx.api.del( `trading-accounts/${ account.id }` );
		toast( sprintf( __( '%s was removed.', 'trading-robot-service' ), account.label ) );
		await ctx.refresh();
	}
}
