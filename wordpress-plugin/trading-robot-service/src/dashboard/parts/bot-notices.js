/** What the owner of a bot should know before anything else on its page. */

import { h } from '../../dom.js';
import { localTime } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { subscriptionLink } from '../router.js';
import { actionButton } from './actions.js';
import { haltNotice } from './halt.js';
import { words } from './rules.js';

export const botNotices = ( bot, ctx ) => [
	bot.halted && haltNotice( bot.halted, ctx ),
	bot.held_by_plan && heldNotice(),
	blockedNotice( bot ),
	isLocked( bot ) && lockNotice( bot ),
	Object.entries( bot.warnings || {} ).map( ( [ key, warning ] ) =>
		warningNotice( bot, key, warning, ctx )
	),
];

const isLocked = ( { locked_until: until } ) =>
	Boolean( until ) && Date.parse( until ) > Date.now();

const notice = ( key, kind, title, text, action ) =>
	h(
		'div',
		{ class: `trp-notice trp-notice--${ kind }`, role: 'status', 'data-key': key },
		h( 'p', {}, h( 'strong', {}, title ), ' ', text ),
		action
	);

const lockNotice = ( { locked_until: until } ) =>
	notice(
		'locked',
		'warn',
		__( 'The daily loss was reached.', 'trading-robot-service' ),
		sprintf(
			__(
				'No new entries until %s. What guards open positions stays, and exits go on.',
				'trading-robot-service'
			),
			localTime( until )
		)
	);

const heldNotice = () =>
	notice(
		'held',
		'warn',
		__( 'Your plan has no place for this bot.', 'trading-robot-service' ),
		__(
			'It is paused and opens nothing; what it holds stays guarded. Choose which bots stay, or upgrade.',
			'trading-robot-service'
		),
		h(
			'a',
			{ class: 'trp-button trp-button--small', href: subscriptionLink() },
			__( 'Choose', 'trading-robot-service' )
		)
	);

/* The first thing against entries is a stop, which has a notice of its own. */
function blockedNotice( { blocked, halted } ) {
	const others = blocked.slice( halted ? 1 : 0 );
	return (
		others.length > 0 &&
		notice(
			'blocked',
			'error',
			__( 'This bot opens nothing now.', 'trading-robot-service' ),
			others.join( ' ' )
		)
	);
}

const titles = () => ( {
	lost_alert: __( 'An alert seems to have been lost.', 'trading-robot-service' ),
	unguarded: __( 'A position has no stop.', 'trading-robot-service' ),
} );

/* What is still so stays; what has happened can be put away. */
const DISMISSIBLE = new Set( [ 'lost_alert' ] );

function warningNotice( bot, key, { at, detail }, ctx ) {
	const dismiss = async () => {
		await ctx.api.post( `bots/${ bot.id }/warnings/dismiss`, { key } );
		await ctx.refresh();
	};
	const said = [ detail, at && `(${ localTime( at ) })` ].filter( Boolean ).join( ' ' );
	return notice(
		`warning-${ key }`,
		key === 'unguarded' ? 'error' : 'warn',
		titles()[ key ] || words( key ),
		said,
		DISMISSIBLE.has( key ) &&
			actionButton( __( 'Dismiss', 'trading-robot-service' ), dismiss, ctx, { kind: 'small' } )
	);
}
