/** Stopping trading in words: its three steps, and who has stopped. Pure. */

import { localTime } from '../format.js';
import { __, _n, sprintf } from '../i18n.js';

export const LEVELS = [ 'entries', 'cancel', 'flatten' ];

/** `{title, hint, confirm}` of each step, from the least to the most. */
export const levelWords = () => ( {
	entries: {
		title: __( 'No new entries', 'trading-robot-service' ),
		hint: __( 'Orders and positions stay as they are, exits go on.', 'trading-robot-service' ),
		confirm: __( 'Stop new entries', 'trading-robot-service' ),
	},
	cancel: {
		title: __( 'Cancel what waits', 'trading-robot-service' ),
		hint: __( 'No new entries, and entries that wait are cancelled.', 'trading-robot-service' ),
		confirm: __( 'Cancel entries', 'trading-robot-service' ),
	},
	flatten: {
		title: __( 'Close everything', 'trading-robot-service' ),
		hint: __( 'Entries are cancelled, and every position is closed.', 'trading-robot-service' ),
		confirm: __( 'Close all positions', 'trading-robot-service' ),
	},
} );

const heldText = ( count ) =>
	count === undefined
		? __(
				'All open positions are closed at the market’s price, whatever it is then.',
				'trading-robot-service'
		  )
		: sprintf(
				_n(
					'%s open position is closed at the market’s price, whatever it is then.',
					'%s open positions are closed at the market’s price, whatever it is then.',
					count,
					'trading-robot-service'
				),
				count
		  );

/** What a step does to whom, sentence by sentence; `count` of open positions where it is known. */
export function consequences( level, who, count ) {
	const lines = [
		sprintf(
			__( '%s: no new position is opened until you start again.', 'trading-robot-service' ),
			who
		),
	];
	if ( level !== 'entries' ) {
		lines.push( __( 'Entry orders that wait are cancelled.', 'trading-robot-service' ) );
	}
	if ( level !== 'flatten' ) {
		lines.push( __( 'Stop losses and take profits stay in place.', 'trading-robot-service' ) );
		return lines;
	}
	return [
		...lines,
		heldText( count ),
		__( 'This cannot be undone. You are asked for a code.', 'trading-robot-service' ),
	];
}

const levelText = ( level ) =>
	( {
		entries: __( 'no new entries', 'trading-robot-service' ),
		cancel: __( 'entries cancelled, protection kept', 'trading-robot-service' ),
		flatten: __( 'positions closed', 'trading-robot-service' ),
	} )[ level ] || level;

const whoText = ( { by, scope } ) => {
	if ( by === 'you' ) {
		return __( 'You stopped all your bots at %1$s: %2$s.', 'trading-robot-service' );
	}
	return scope === 'platform'
		? __( 'The operator stopped trading for everybody at %1$s: %2$s.', 'trading-robot-service' )
		: __( 'The operator stopped your bots at %1$s: %2$s.', 'trading-robot-service' );
};

/** Who stopped trading, when, how much and why. */
export function haltText( halt ) {
	const said = sprintf( whoText( halt ), localTime( halt.ordered_at ), levelText( halt.level ) );
	return halt.reason
		? `${ said } ${ sprintf( __( 'Reason: %s', 'trading-robot-service' ), halt.reason ) }`
		: said;
}
