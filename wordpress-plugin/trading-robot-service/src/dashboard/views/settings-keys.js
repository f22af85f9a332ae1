/** API keys: for the user's own programs. */

import { h } from '../../dom.js';
import { localDate, localTime } from '../../format.js';
import { __, _n, sprintf } from '../../i18n.js';
import { actionButton } from '../parts/actions.js';
import { copyBox } from '../parts/copy.js';
import { confirmDialog, openDialog, toast } from '../parts/dialog.js';
import { checkField, selectField, textField } from '../parts/fields.js';
import { badge, panel } from '../parts/figures.js';
import { formDialog } from '../parts/forms.js';
import { lockedCard, withTitles } from '../parts/limits.js';
import { row, rows } from '../parts/rows.js';
import { empty } from '../parts/states.js';

const DAYS = [ 30, 90, 180, 365 ];
const USUAL_DAYS = 90;

export const keysSection = {
	load: ( ctx ) => ctx.api.get( 'api-keys', { limit: 50 } ),
	view: ( { api_keys: keys }, ctx ) => [
		panel(
			__( 'API keys', 'trading-robot-service' ),
			! ctx.state.locked &&
				actionButton( __( 'Create a key', 'trading-robot-service' ), () => create( ctx ), ctx, {
					kind: 'primary small',
				} ),
			h(
				'p',
				{ class: 'trp-panel__lead' },
				__(
					'For your own programs: they send the key in the header X-API-Key. A key never asks for a code, so give it as little as it needs.',
					'trading-robot-service'
				)
			),
			ctx.state.locked &&
				lockedCard(
					__( 'API keys come with a larger plan', 'trading-robot-service' ),
					ctx.state.locked,
					ctx
				),
			keys.length > 0 && rows( keys.map( ( key ) => keyRow( key, ctx ) ) ),
			! keys.length &&
				! ctx.state.locked &&
				empty(
					__( 'No keys yet', 'trading-robot-service' ),
					__(
						'Create one when a program of yours should read your figures or change your bots.',
						'trading-robot-service'
					)
				)
		),
	],
};

const scopesText = ( scopes ) =>
	scopes.includes( 'trade' )
		? __( 'Reads and changes bots', 'trading-robot-service' )
		: __( 'Reads only', 'trading-robot-service' );

const isExpired = ( { expires_at: at } ) => Boolean( at ) && Date.parse( at ) < Date.now();

const keyRow = ( key, ctx ) =>
	row( {
		key: key.id,
		title: key.name,
		state: isExpired( key )
			? badge( __( 'Expired', 'trading-robot-service' ), 'warn' )
			: badge( scopesText( key.scopes ), key.scopes.includes( 'trade' ) ? 'warn' : '' ),
		text: [
			h( 'code', {}, `${ key.prefix }…` ),
			sprintf(
				__( 'Created %1$s, expires %2$s, last used %3$s', 'trading-robot-service' ),
				localDate( key.created_at ),
				localDate( key.expires_at ),
				key.last_used_at
					? localTime( key.last_used_at )
					: __( 'never', 'trading-robot-service' )
			),
		],
		actions: actionButton(
			__( 'Revoke', 'trading-robot-service' ),
			() => revoke( key, ctx ),
			ctx,
			{
				kind: 'small danger',
				label: sprintf( __( 'Revoke %s', 'trading-robot-service' ), key.name ),
			}
		),
	} );

const keyFields = () => [
	textField( 'name', __( 'Name', 'trading-robot-service' ), {
		required: true,
		maxlength: 64,
		autocomplete: 'off',
		placeholder: __( 'Nightly report', 'trading-robot-service' ),
		hint: __( 'What the key is for, so that you know it later.', 'trading-robot-service' ),
		'data-first': true,
	} ),
	h(
		'fieldset',
		{ class: 'trp-checks', 'data-field': 'scopes' },
		h( 'legend', {}, __( 'What it may do', 'trading-robot-service' ) ),
		h(
			'p',
			{ class: 'trp-field__hint' },
			__(
				'It may always read your bots, trades, figures and trading accounts. It can never add broker or API keys, or change how you sign in.',
				'trading-robot-service'
			)
		),
		checkField(
			'trade',
			__(
				'It may also create, change, run and delete bots, and make new webhook addresses',
				'trading-robot-service'
			),
			false
		),
		h( 'p', { class: 'trp-field__error', hidden: true } )
	),
	selectField(
		'expires_in_days',
		__( 'Works for', 'trading-robot-service' ),
		DAYS.map( ( days ) => [
			days,
			sprintf( _n( '%s day', '%s days', days, 'trading-robot-service' ), days ),
		] ),
		{ value: USUAL_DAYS }
	),
];

/** The request's body of a filled form. */
export const keyRequest = ( given ) => ( {
	name: given.get( 'name' ).trim(),
	scopes: given.get( 'trade' ) ? [ 'read', 'trade' ] : [ 'read' ],
	expires_in_days: Number( given.get( 'expires_in_days' ) ),
} );

async function create( ctx ) {
	const made = await formDialog( ctx, {
		title: __( 'Create an API key', 'trading-robot-service' ),
		fields: keyFields(),
		submit: __( 'Create key', 'trading-robot-service' ),
		send: ( given ) => ctx.api.post( 'api-keys', keyRequest( given ) ).catch( orLocked ),
	} );
	if ( made?.locked ) {
		ctx.state.locked = await withTitles( made.locked, ctx );
		ctx.redraw();
	} else if ( made ) {
		await showKey( made );
		await ctx.refresh();
	}
}

/* The plan decides at creation; the form then makes way for what the plan lacks. */
function orLocked( error ) {
	if ( error.code !== 'plan_limit_reached' ) {
		throw error;
	}
	return { locked: error.details };
}

const showKey = ( { key, api_key: { name } } ) =>
	openDialog( {
		title: sprintf( __( 'The key %s', 'trading-robot-service' ), name ),
		body: [
			h(
				'p',
				{},
				__(
					'Copy it now: it is shown this one time. Whoever has it can do what it may do.',
					'trading-robot-service'
				)
			),
			copyBox( key, __( 'API key', 'trading-robot-service' ), { first: true } ),
		],
		buttons: ( close ) =>
			h(
				'button',
				{ type: 'button', class: 'trp-button trp-button--primary', onclick: () => close( true ) },
				__( 'I have copied it', 'trading-robot-service' )
			),
	} );

async function revoke( key, ctx ) {
	const confirmed = await confirmDialog( {
		title: sprintf( __( 'Revoke %s?', 'trading-robot-service' ), key.name ),
		body: h(
			'p',
			{},
			__(
				'Programs that use it are refused from now on. This cannot be undone.',
				'trading-robot-service'
			)
		),
		confirm: __( 'Revoke key', 'trading-robot-service' ),
		danger: true,
	} );
	if ( confirmed ) {
		await ctx.api.del( `api-keys/${ key.id }` );
		toast( sprintf( __( '%s was revoked.', 'trading-robot-service' ), key.name ) );
		await ctx.refresh();
	}
}
