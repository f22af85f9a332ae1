/** Channels that users are told through: added, tested, removed. */

import { h } from '../../dom.js';
import { localTime } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { kindWords } from '../notify-words.js';
import { actionButton } from './actions.js';
import { copyBox } from './copy.js';
import { confirmDialog, openDialog, toast } from './dialog.js';
import { selectField, textField } from './fields.js';
import { badge } from './figures.js';
import { formDialog } from './forms.js';
import { row } from './rows.js';

export const channelRow = ( channel, ctx ) =>
	row( {
		key: channel.id,
		title: channel.name,
		state: badge(
			kindWords()[ channel.kind ]?.name || channel.kind,
			channel.last_error ? 'bad' : ''
		),
		text: [
			channel.target,
			channel.last_sent_at
				? sprintf(
						__( 'Last message %s', 'trading-robot-service' ),
						localTime( channel.last_sent_at )
				  )
				: __( 'No message yet', 'trading-robot-service' ),
			channel.last_error &&
				sprintf(
					__( 'The latest attempt failed: %s', 'trading-robot-service' ),
					channel.last_error
				),
		].filter( Boolean ),
		actions: [
			named( channel, __( 'Send a test', 'trading-robot-service' ), tryChannel, ctx ),
			named( channel, __( 'Remove', 'trading-robot-service' ), removeChannel, ctx, 'danger' ),
		],
	} );

const named = ( channel, text, action, ctx, kind = '' ) =>
	actionButton( text, () => action( channel, ctx ), ctx, {
		kind: `small ${ kind }`,
		label: `${ text }: ${ channel.name }`,
	} );

async function tryChannel( channel, ctx ) {
	const { delivered, reason } = await ctx.api.post( `notification-channels/${ channel.id }/test` );
	if ( delivered ) {
		toast( sprintf( __( '%s took the test message.', 'trading-robot-service' ), channel.name ) );
	} else {
		toast(
			sprintf(
				__( '%1$s did not take it: %2$s', 'trading-robot-service' ),
				channel.name,
				reason || ''
			),
			'error'
		);
	}
	await ctx.refresh();
}

async function removeChannel( channel, ctx ) {
	const confirmed = await confirmDialog( {
		title: sprintf( __( 'Remove %s?', 'trading-robot-service' ), channel.name ),
		body: h(
			'p',
			{},
			__(
				'You are told nothing through it any more, not even what is on its way.',
				'trading-robot-service'
			)
		),
		confirm: __( 'Remove channel', 'trading-robot-service' ),
		danger: true,
	} );
	if ( confirmed ) {
		await ctx.api.del( `notification-channels/${ channel.id }` );
		toast( sprintf( __( '%s was removed.', 'trading-robot-service' ), channel.name ) );
		await ctx.refresh();
	}
}

/* Each kind asks for something else; what was typed for another kind is not sent. */
function channelFields() {
	const kinds = Object.entries( kindWords() );
	const own = h( 'div', {} );
	const show = ( kind ) => {
		const { steps, fields } = kindWords()[ kind ];
		own.replaceChildren(
			h( 'p', { class: 'trp-howto' }, steps ),
			...fields.map( ( [ name, label, attributes ] ) =>
				textField( name, label, {
					required: true,
					autocomplete: 'off',
					spellcheck: 'false',
					...attributes,
				} )
			)
		);
	};
	show( kinds[ 0 ][ 0 ] );
	return [
		selectField(
			'kind',
			__( 'Where to', 'trading-robot-service' ),
			kinds.map( ( [ kind, { name } ] ) => [ kind, name ] ),
			{ onchange: ( { target } ) => show( target.value ) }
		),
		textField( 'name', __( 'Name', 'trading-robot-service' ), {
			required: true,
			maxlength: 64,
			autocomplete: 'off',
			hint: __( 'How you recognise the channel in the list.', 'trading-robot-service' ),
		} ),
		own,
	];
}

export async function addChannel( ctx ) {
	const made = await formDialog( ctx, {
		title: __( 'Add a channel', 'trading-robot-service' ),
		fields: channelFields(),
		submit: __( 'Add channel', 'trading-robot-service' ),
		place: ( { code } ) => ( code === 'name_taken' ? 'name' : null ),
		send: ( given ) =>
			ctx.api.post(
				'notification-channels',
				Object.fromEntries( [ ...given ].map( ( [ name, value ] ) => [ name, value.trim() ] ) )
			),
	} );
	if ( ! made ) {
		return;
	}
	if ( made.signing_secret ) {
		await showSecret( made );
	}
	toast(
		sprintf(
			__( '%s was added. Send a test to see that it arrives.', 'trading-robot-service' ),
			made.channel.name
		)
	);
	await ctx.refresh();
}

const showSecret = ( { channel, signing_secret: secret } ) =>
	openDialog( {
		title: sprintf( __( 'Signing secret of %s', 'trading-robot-service' ), channel.name ),
		body: [
			h(
				'p',
				{},
				__(
					'Each request is signed with it, so that you can tell ours from others. It is shown this one time.',
					'trading-robot-service'
				)
			),
			copyBox( secret, __( 'Signing secret', 'trading-robot-service' ), { first: true } ),
		],
		buttons: ( close ) =>
			h(
				'button',
				{ type: 'button', class: 'trp-button trp-button--primary', onclick: () => close( true ) },
				__( 'I have copied it', 'trading-robot-service' )
			),
	} );
