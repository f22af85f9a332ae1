/** Files in words. Pure. */

import { __, sprintf } from '../../i18n.js';

/** What comes through the site at most; PHP holds a file in its memory. */
export const THROUGH_SITE_BYTES = 19_000_000;

export const KINDS = () => ( {
	trades_csv: __( 'Trade history, CSV', 'trading-robot-service' ),
	trades_json: __( 'Trade history, JSON', 'trading-robot-service' ),
	report_pdf: __( 'Performance report, PDF', 'trading-robot-service' ),
	tax_csv: __( 'Tax report, CSV', 'trading-robot-service' ),
} );

export const METHODS = () => [
	[ 'fifo', __( 'First in, first out', 'trading-robot-service' ) ],
	[ 'lifo', __( 'Last in, first out', 'trading-robot-service' ) ],
	[ 'highest_cost', __( 'Highest cost first', 'trading-robot-service' ) ],
];

const YEARS = 7;

/** The year in progress and those before it, as choices. */
export function taxYears( now = new Date() ) {
	const year = now.getFullYear();
	return Array.from( { length: YEARS }, ( _, back ) => [
		String( year - back ),
		String( year - back ),
	] );
}

/** '812 bytes', '3.4 kB', '12.0 MB'. */
export function sizeText( bytes ) {
	if ( bytes < 1000 ) {
		return sprintf( __( '%s bytes', 'trading-robot-service' ), bytes );
	}
	return bytes < 1_000_000
		? sprintf( __( '%s kB', 'trading-robot-service' ), ( bytes / 1000 ).toFixed( 1 ) )
		: sprintf( __( '%s MB', 'trading-robot-service' ), ( bytes / 1_000_000 ).toFixed( 1 ) );
}
