/** Figures of performance in words. Pure. */

import { count } from '../../format.js';
import { __, _n, sprintf } from '../../i18n.js';
import { dayNames } from '../time-words.js';

export const PERIODS = [ 'daily', 'weekly', 'monthly', 'all-time' ];

export const periodNames = () => ( {
	daily: __( 'Today', 'trading-robot-service' ),
	weekly: __( 'This week', 'trading-robot-service' ),
	monthly: __( 'This month', 'trading-robot-service' ),
	'all-time': __( 'All time', 'trading-robot-service' ),
} );

const REASONS = () => ( {
	no_trades: __( 'no closed trade yet', 'trading-robot-service' ),
	no_decided_trades: __( 'no trade won or lost yet', 'trading-robot-service' ),
	no_wins: __( 'no winning trade yet', 'trading-robot-service' ),
	no_losses: __( 'no losing trade yet', 'trading-robot-service' ),
	too_few_samples: __( 'too short a record', 'trading-robot-service' ),
	no_deviation: __( 'the value has not moved', 'trading-robot-service' ),
	no_downside: __( 'no fall yet', 'trading-robot-service' ),
	no_capital: __( 'no capital yet', 'trading-robot-service' ),
} );

/** Why a figure has no value; nothing where it has one. */
export const reasonText = ( reason ) =>
	reason && ( REASONS()[ reason ] || reason.replaceAll( '_', ' ' ) );

const UNITS = () => [
	[ 86400, __( '%s d', 'trading-robot-service' ) ],
	[ 3600, __( '%s h', 'trading-robot-service' ) ],
	[ 60, __( '%s min', 'trading-robot-service' ) ],
	[ 1, __( '%s s', 'trading-robot-service' ) ],
];

/** '2 h 5 min': the two largest units of a time span in seconds, '–' for none. */
export function spanText( seconds ) {
	if ( seconds === null || seconds === undefined ) {
		return '–';
	}
	const units = UNITS();
	const largest = units.findIndex( ( [ size ] ) => seconds >= size );
	if ( largest < 0 ) {
		return sprintf( units.at( -1 )[ 1 ], 0 );
	}
	let left = Math.round( seconds );
	return units
		.slice( largest, largest + 2 )
		.map( ( [ size, text ] ) => {
			const whole = Math.floor( left / size );
			left -= whole * size;
			return whole > 0 && sprintf( text, whole );
		} )
		.filter( Boolean )
		.join( ' ' );
}

export const directionText = ( side ) =>
	( {
		long: __( 'Long', 'trading-robot-service' ),
		short: __( 'Short', 'trading-robot-service' ),
	} )[ side ] || side;

const hour = ( value ) => String( value % 24 ).padStart( 2, '0' );

/** The key of a group as people say it; `group` symbol | side | weekday | hour. */
export function groupText( group, key ) {
	if ( group === 'side' ) {
		return directionText( key );
	}
	if ( group === 'weekday' ) {
		return Object.values( dayNames() )[ Number( key ) ] || key;
	}
	return group === 'hour' ? `${ hour( Number( key ) ) }:00–${ hour( Number( key ) + 1 ) }:00` : key;
}

/** '3 wins in a row', '2 losses in a row', '–' for none. */
export function streakText( run ) {
	if ( ! run ) {
		return '–';
	}
	const length = Math.abs( run );
	const text =
		run > 0
			? _n( '%s win', '%s wins in a row', length, 'trading-robot-service' )
			: _n( '%s loss', '%s losses in a row', length, 'trading-robot-service' );
	return sprintf( text, count( length ) );
}

/** Basis points: above zero is worse than the signal's price. */
export const bpsText = ( value ) =>
	value === null || value === undefined
		? '–'
		: sprintf(
				__( '%s bps', 'trading-robot-service' ),
				`${ value > 0 ? '+' : value < 0 ? '\u2212' : '' }${ Math.abs( value ).toFixed( 1 ) }`
			);

/** The longest period of a plan, which is shown first. */
export const longest = ( allowed ) =>
	[ ...PERIODS ].reverse().find( ( period ) => allowed.includes( period ) ) || PERIODS[ 0 ];
