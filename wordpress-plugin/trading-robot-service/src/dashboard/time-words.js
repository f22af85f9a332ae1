/** Days and hours in words. Pure. */

import { __, sprintf } from '../i18n.js';
import { DAYS } from './execution-values.js';

export const dayNames = () => ( {
	mon: __( 'Mon', 'trading-robot-service' ),
	tue: __( 'Tue', 'trading-robot-service' ),
	wed: __( 'Wed', 'trading-robot-service' ),
	thu: __( 'Thu', 'trading-robot-service' ),
	fri: __( 'Fri', 'trading-robot-service' ),
	sat: __( 'Sat', 'trading-robot-service' ),
	sun: __( 'Sun', 'trading-robot-service' ),
} );

/* Days that follow each other are said as a span: Mon–Fri. */
function daysText( days ) {
	const places = DAYS.map( ( day, index ) => ( days.includes( day ) ? index : -1 ) ).filter(
		( index ) => index >= 0
	);
	const names = places.map( ( index ) => dayNames()[ DAYS[ index ] ] );
	const isSpan = places.length > 2 && places.at( -1 ) - places[ 0 ] === places.length - 1;
	return isSpan ? `${ names[ 0 ] }–${ names.at( -1 ) }` : names.join( ', ' );
}

/** 'Mon–Fri 09:30–16:00, New York'. */
export function hoursText( { trading_windows: windows, time_zone: zone } ) {
	const spans = ( windows || [] ).map(
		( { days, start, end } ) => `${ daysText( days || DAYS ) } ${ start }–${ end }`
	);
	const place = String( zone || '' )
		.split( '/' )
		.at( -1 )
		.replaceAll( '_', ' ' );
	return spans.length
		? sprintf( __( '%1$s (%2$s)', 'trading-robot-service' ), spans.join( '; ' ), place )
		: __( 'Any', 'trading-robot-service' );
}

/** '2 minutes' for 120; seconds where they do not come out even. */
export function durationText( seconds ) {
	const [ size, text ] = [
		[ 86400, __( '%s d', 'trading-robot-service' ) ],
		[ 3600, __( '%s h', 'trading-robot-service' ) ],
		[ 60, __( '%s min', 'trading-robot-service' ) ],
		[ 1, __( '%s s', 'trading-robot-service' ) ],
	].find( ( [ unit ] ) => seconds % unit === 0 && seconds >= unit ) || [
		1,
		__( '%s s', 'trading-robot-service' ),
	];
	return sprintf( text, seconds / size );
}
