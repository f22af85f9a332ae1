/** What a larger plan would show and allow, from the user's own record, in sentences. Pure. */

import { count } from '../format.js';
import { __, _n, sprintf } from '../i18n.js';

const periods = () => ( {
	daily: __( 'daily', 'trading-robot-service' ),
	weekly: __( 'weekly', 'trading-robot-service' ),
	monthly: __( 'monthly', 'trading-robot-service' ),
	'all-time': __( 'all-time', 'trading-robot-service' ),
} );

/* From the shortest to the longest, as everywhere. */
const inOrder = ( names ) => {
	const order = Object.keys( periods() );
	return [ ...names ].sort( ( a, b ) => order.indexOf( a ) - order.indexOf( b ) );
};

const SENTENCES = {
	history_days: ( { number, fills } ) => [
		sprintf( _n( '%s day of your history', '%s days of your history', number, 'trading-robot-service' ), count( number ) ),
		sprintf(
			_n( '%s fill of yours lies before what your plan shows.', '%s fills of yours lie before what your plan shows.', fills, 'trading-robot-service' ),
			count( fills )
		),
	],
	periods: ( { number, names } ) => [
		sprintf( _n( '%s kind of figures', '%s kinds of figures', number, 'trading-robot-service' ), count( number ) ),
		sprintf(
			__( 'Not shown for your bots: %s figures.', 'trading-robot-service' ),
			inOrder( names ).map( ( name ) => periods()[ name ] || name ).join( ', ' )
		),
	],
	robots: ( { number, names } ) => [
		sprintf( _n( '%s robot more', '%s robots more', number, 'trading-robot-service' ), count( number ) ),
		sprintf( __( 'No place left in your plan for: %s.', 'trading-robot-service' ), names.join( ', ' ) ),
	],
	bots: ( { number } ) => [
		sprintf( _n( '%s paused bot', '%s paused bots', number, 'trading-robot-service' ), count( number ) ),
		_n(
			'Your plan has no place for it, so it opens nothing.',
			'Your plan has no place for them, so they open nothing.',
			number,
			'trading-robot-service'
		),
	],
	webhooks_per_day: ( { number } ) => [
		sprintf( _n( '%s alert turned away', '%s alerts turned away', number, 'trading-robot-service' ), count( number ) ),
		__( 'In the last 30 days, because the day’s alerts were used up.', 'trading-robot-service' ),
	],
	live_trading: ( { number } ) => [
		sprintf( _n( '%s try to go live', '%s tries to go live', number, 'trading-robot-service' ), count( number ) ),
		__( 'In the last 30 days; your plan trades on paper.', 'trading-robot-service' ),
	],
};

/** [title, sentence] of a fact; null for one that this version has no words for. */
export const factWords = ( fact ) => SENTENCES[ fact.key ]?.( fact ) ?? null;
