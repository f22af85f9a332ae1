/** Trading accounts: the user's accounts at brokers. */

import { h } from '../../dom.js';
import { localDate, localTime } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { ApiError } from '../api.js';
import { brokers } from '../broker-words.js';
import {
	changePermissions,
	refreshState,
	removeAccount,
	renameAccount,
	replaceKeys,
} from '../parts/account-actions.js';
import { accountState } from '../parts/account-state.js';
import { actionButton } from '../parts/actions.js';
import { driftBadge, driftPanel } from '../parts/drifts.js';
import { badge, modeBadge } from '../parts/figures.js';
import { accountsSkeleton, empty } from '../parts/states.js';
import { pager } from '../parts/tables.js';
import { newAccountLink } from '../router.js';

const PAGE = 20;

/* Hints that an account's figures, or what differs, may have changed. */
const CONCERNS = new Set( [ 'position', 'bot' ] );

const isRevoked = ( { status } ) => status === 'revoked';

/* An account whose state can't be read is shown all the same, with the reason. */
const stateOf = ( { id }, ctx ) =>
	ctx.api.get( `trading-accounts/${ id }/state` ).then(
		( { state } ) => state,
		( error ) => {
			if ( ! ( error instanceof ApiError ) || error.asksForProof ) {
				throw error;
			}
			return { error };
		}
	);

async function readAccounts( ctx ) {
	const [ page, { drifts } ] = await Promise.all( [
		ctx.api.get( 'trading-accounts', { page: ctx.state.page || 1, limit: PAGE } ),
		ctx.api.get( 'drifts', { limit: 100 } ),
	] );
	const accounts = page.trading_accounts;
	const states = await Promise.all(
		accounts.map( ( account ) => ( isRevoked( account ) ? null : stateOf( account, ctx ) ) )
	);
	return {
		...page,
		drifts,
		trading_accounts: accounts.map( ( account, index ) => ( {
			...account,
			state: states[ index ],
		} ) ),
	};
}

export const accountsScreen = () => ( {
	key: 'accounts',
	title: () => __( 'Trading accounts', 'trading-robot-service' ),
	interval: 15000,
	concerns: ( { type } ) => CONCERNS.has( type ),
	skeleton: accountsSkeleton,
	load: readAccounts,
	view: ( data, ctx ) =>
		h(
			'div',
			{ class: 'trp-stack', 'data-key': 'accounts' },
			head( data ),
			driftPanel( data.drifts, ctx ),
			list( data, ctx ),
			pager( data, ( page ) => {
				ctx.state.page = page;
				ctx.refresh();
			} )
		),
} );

const addLink = ( kind = '' ) =>
	h(
		'a',
		{ class: `trp-button trp-button--primary${ kind }`, href: newAccountLink() },
		__( 'Add an account', 'trading-robot-service' )
	);

const head = ( { total } ) =>
	h(
		'header',
		{ class: 'trp-app__head', 'data-key': 'head' },
		h( 'h1', { tabindex: -1 }, __( 'Trading accounts', 'trading-robot-service' ) ),
		total > 0 && addLink()
	);

function list( { trading_accounts: accounts, total, drifts }, ctx ) {
	if ( ! total ) {
		return empty(
			__( 'No trading account yet', 'trading-robot-service' ),
			__(
				'You need none for paper trading: your bots bring their own simulated money. Add one to trade at a broker, with its paper money or with real money.',
				'trading-robot-service'
			),
			addLink()
		);
	}
	return h(
		'ul',
		{ class: 'trp-accounts', 'data-key': 'list' },
		accounts.map( ( account ) =>
			card( account, drifts.filter( ( drift ) => drift.account.id === account.id ).length, ctx )
		)
	);
}

export const permissionText = ( permissions ) =>
	permissions === 'trade'
		? __( 'Read and trade', 'trading-robot-service' )
		: __( 'Read only', 'trading-robot-service' );

const card = ( account, drifts, ctx ) =>
	h(
		'li',
		{ class: 'trp-card trp-account', 'data-key': account.id },
		h(
			'div',
			{ class: 'trp-account__head' },
			h( 'h2', { class: 'trp-card__title' }, account.label ),
			isRevoked( account )
				? badge( __( 'Needs new keys', 'trading-robot-service' ), 'bad' )
				: badge( __( 'Verified', 'trading-robot-service' ), 'ok' )
		),
		h(
			'p',
			{ class: 'trp-card__meta' },
			brokers()[ account.broker ]?.name || account.broker,
			modeBadge( account.environment ),
			badge( permissionText( account.permissions ) ),
			driftBadge( drifts )
		),
		isRevoked( account ) &&
			h(
				'p',
				{ class: 'trp-account__why' },
				sprintf(
					__(
						'Its keys were erased here on %s. Replace them to bring the account back.',
						'trading-robot-service'
					),
					localDate( account.revoked_at )
				)
			),
		account.state && h( 'div', { class: 'trp-account__state' }, accountState( account.state ) ),
		facts( account ),
		h( 'div', { class: 'trp-card__footer trp-account__actions' }, buttons( account, ctx ) )
	);

const facts = ( account ) =>
	h(
		'dl',
		{ class: 'trp-facts trp-account__facts' },
		[
			[ __( 'Key ends in', 'trading-robot-service' ), h( 'code', {}, account.key_ending ) ],
			[ __( 'Checked', 'trading-robot-service' ), localTime( account.verified_at ) ],
			[
				__( 'Keys last used', 'trading-robot-service' ),
				account.last_used_at
					? localTime( account.last_used_at )
					: __( 'Never', 'trading-robot-service' ),
			],
		].map( ( [ name, value ] ) => h( 'div', {}, h( 'dt', {}, name ), h( 'dd', {}, value ) ) )
	);

function buttons( account, ctx ) {
	const named = ( text, action, kind = '' ) =>
		actionButton( text, () => action( account, ctx ), ctx, {
			kind: `small ${ kind }`,
			label: `${ text }: ${ account.label }`,
		} );
	return h(
		'div',
		{ class: 'trp-actions' },
		! isRevoked( account ) && named( __( 'Refresh', 'trading-robot-service' ), refreshState ),
		named(
			__( 'Replace keys', 'trading-robot-service' ),
			replaceKeys,
			isRevoked( account ) ? 'primary' : ''
		),
		! isRevoked( account ) &&
			named( __( 'Permissions', 'trading-robot-service' ), changePermissions ),
		named( __( 'Rename', 'trading-robot-service' ), renameAccount ),
		named( __( 'Remove', 'trading-robot-service' ), removeAccount, 'danger' )
	);
}
