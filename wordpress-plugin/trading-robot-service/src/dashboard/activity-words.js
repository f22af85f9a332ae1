/** The audit trail in sentences. Pure. */

import { __, sprintf } from '../i18n.js';

const signIns = () => ( {
	registered: __( 'Account opened', 'trading-robot-service' ),
	'registered.site': __( 'Account opened through a connected site', 'trading-robot-service' ),
	login: __( 'Signed in', 'trading-robot-service' ),
	'login.site': __( 'Signed in through a connected site', 'trading-robot-service' ),
	'login.failed': __( 'Sign-in refused: wrong email, password or code', 'trading-robot-service' ),
	logout: __( 'Signed out', 'trading-robot-service' ),
	'logout.site': __( 'Signed out at a connected site', 'trading-robot-service' ),
	'logout.everywhere': __( 'All sessions ended', 'trading-robot-service' ),
	'session.ended': __( 'A session ended', 'trading-robot-service' ),
	'refresh.reused': __(
		'A session ended: one of its tokens was used twice',
		'trading-robot-service'
	),
} );

const security = () => ( {
	'password.refused': __( 'Wrong password before a change', 'trading-robot-service' ),
	'password.forgotten': __( 'Link for a new password asked for', 'trading-robot-service' ),
	'password.reset': __( 'New password set by a mailed link', 'trading-robot-service' ),
	'password.changed': __( 'Password changed', 'trading-robot-service' ),
	'email.verified': __( 'Email address verified', 'trading-robot-service' ),
	'email.change_asked': __( 'Change of the email address asked for', 'trading-robot-service' ),
	'email.changed': __( 'Email address changed', 'trading-robot-service' ),
	'2fa.begun': __( 'Setting up two-step sign-in begun', 'trading-robot-service' ),
	'2fa.enabled': __( 'Two-step sign-in turned on', 'trading-robot-service' ),
	'2fa.disabled': __( 'Two-step sign-in turned off', 'trading-robot-service' ),
	'2fa.refused': __( 'Wrong code', 'trading-robot-service' ),
	'backup_code.used': __( 'Backup code used', 'trading-robot-service' ),
	'backup_code.renewed': __( 'New backup codes made', 'trading-robot-service' ),
	step_up: __( 'Code confirmed', 'trading-robot-service' ),
	'api_key.created': __( 'API key created', 'trading-robot-service' ),
	'api_key.revoked': __( 'API key revoked', 'trading-robot-service' ),
	'site.linked': __( 'Site connected to the account', 'trading-robot-service' ),
	'site.unlinked': __( 'Site disconnected from the account', 'trading-robot-service' ),
} );

const accounts = () => ( {
	'trading_account.added': __( 'Trading account added', 'trading-robot-service' ),
	'trading_account.changed': __( 'Trading account changed', 'trading-robot-service' ),
	'trading_account.keys_replaced': __( 'Broker keys replaced', 'trading-robot-service' ),
	'trading_account.removed': __( 'Trading account removed', 'trading-robot-service' ),
	'trading_account.revoked': __( 'Broker keys erased here', 'trading-robot-service' ),
	'trading_account.key_used': __( 'Broker keys used', 'trading-robot-service' ),
	'trading_account.unusual_use': __(
		'Broker keys used unusually often: check what runs',
		'trading-robot-service'
	),
	'trading_account.rewrapped': __( 'Broker keys encrypted anew', 'trading-robot-service' ),
	'bot.created': __( 'Bot made', 'trading-robot-service' ),
	'bot.changed': __( 'Bot changed', 'trading-robot-service' ),
	'bot.deleted': __( 'Bot deleted', 'trading-robot-service' ),
	'bot.running': __( 'Bot started', 'trading-robot-service' ),
	'bot.paused': __( 'Bot paused', 'trading-robot-service' ),
	'bot.stopped': __( 'Bot turned off', 'trading-robot-service' ),
	'bot.secret_rotated': __( 'New webhook address for a bot', 'trading-robot-service' ),
	'bot.moved': __( 'Bot moved to another account', 'trading-robot-service' ),
	'bot.capital_changed': __( 'Capital of a bot changed', 'trading-robot-service' ),
	'bot.went_live': __( 'Bot trades with real money', 'trading-robot-service' ),
	'bot.left_live': __( 'Bot trades with simulated money again', 'trading-robot-service' ),
} );

const stops = () => ( {
	'bot.halted': __( 'Bot stopped', 'trading-robot-service' ),
	'trading.stopped': __( 'All bots stopped', 'trading-robot-service' ),
	'trading.resumed': __( 'Bots may trade again', 'trading-robot-service' ),
	'signal.replayed': __( 'Alert sent in again', 'trading-robot-service' ),
	'signal.discarded': __( 'Alert discarded', 'trading-robot-service' ),
	'signal.test_sent': __( 'Test alert sent', 'trading-robot-service' ),
	'drift.repair': __( 'Books repaired', 'trading-robot-service' ),
} );

const life = () => ( {
	'account.exported': __( 'Data exported', 'trading-robot-service' ),
	'account.leave_asked': __( 'Link for deleting the account asked for', 'trading-robot-service' ),
	'account.left': __( 'Deletion of the account begun', 'trading-robot-service' ),
	'account.restored': __( 'Account restored', 'trading-robot-service' ),
} );

/** Groups to filter by: [[id, name, actions]…]. */
export const groups = () => [
	[ 'sign-in', __( 'Signing in and out', 'trading-robot-service' ), signIns() ],
	[ 'security', __( 'Security', 'trading-robot-service' ), security() ],
	[ 'accounts', __( 'Trading accounts and bots', 'trading-robot-service' ), accounts() ],
	[ 'stops', __( 'Stops, replays and repairs', 'trading-robot-service' ), stops() ],
	[ 'life', __( 'The account itself', 'trading-robot-service' ), life() ],
];

/** What happened, in words; an action without words is said by its code. */
export function sentenceOf( { action, details } ) {
	const [ text ] = groups()
		.map( ( [ , , actions ] ) => actions[ action ] )
		.filter( Boolean );
	const more = details?.purpose || details?.label || details?.reason;
	if ( ! text || ! more ) {
		return text || action;
	}
	return sprintf( __( '%1$s: %2$s', 'trading-robot-service' ), text, more );
}

export const inGroup = ( entries, chosen ) => {
	const [ , , actions ] = groups().find( ( [ id ] ) => id === chosen ) || [];
	return actions ? entries.filter( ( { action } ) => action in actions ) : entries;
};

const WORRYING = [ 'login.failed', 'refresh.reused', 'password.refused', '2fa.refused' ];

/** Whether the user should look twice. */
export const isWorrying = ( { action } ) =>
	WORRYING.includes( action ) || action.endsWith( 'unusual_use' );
