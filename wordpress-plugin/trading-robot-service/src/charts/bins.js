/** From the service's bins to a chart of bars. Pure. */

import { __, sprintf } from '../i18n.js';

/**
 * `bins` [{from, to, count}…] (null: open) without the empty ones at either end, as points and
 * labels. Bins below zero count down from −1, so that their sign is that of what they hold.
 */
export function binned( bins, edgeText ) {
	const filled = bins.map( ( { count } ) => count > 0 );
	const first = filled.indexOf( true );
	if ( first < 0 ) {
		return { points: [], labels: {} };
	}
	const below = bins.filter( ( { to } ) => to !== null && to <= 0 ).length;
	const shown = bins
		.map( ( bin, place ) => [ place - below, bin ] )
		.slice( first, filled.lastIndexOf( true ) + 1 );
	return {
		points: shown.map( ( [ x, { count } ] ) => [ x, count ] ),
		labels: Object.fromEntries( shown.map( ( [ x, bin ] ) => [ x, labelOf( bin, edgeText ) ] ) ),
	};
}

function labelOf( { from, to }, edgeText ) {
	if ( from === null ) {
		return sprintf( __( 'under %s', 'trading-robot-service' ), edgeText( to ) );
	}
	if ( to === null ) {
		return sprintf( __( 'from %s', 'trading-robot-service' ), edgeText( from ) );
	}
	return sprintf(
		__( '%1$s to %2$s', 'trading-robot-service' ),
		edgeText( from ),
		edgeText( to )
	);
}
