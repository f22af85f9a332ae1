/** A browser's own description as people say it: 'Firefox on Windows'. Pure. */

import { __, sprintf } from '../i18n.js';

/* The order decides: Edge and Opera also call themselves Chrome, Chrome calls itself Safari. */
const BROWSERS = [
	[ /Edg/, 'Edge' ],
	[ /OPR\//, 'Opera' ],
	[ /Firefox\/|FxiOS/, 'Firefox' ],
	[ /Chrome\/|CriOS/, 'Chrome' ],
	[ /Safari\//, 'Safari' ],
];

const SYSTEMS = [
	[ /iPhone/, 'iPhone' ],
	[ /iPad/, 'iPad' ],
	[ /Android/, 'Android' ],
	[ /Windows/, 'Windows' ],
	[ /Mac OS X|Macintosh/, 'macOS' ],
	[ /CrOS/, 'ChromeOS' ],
	[ /Linux/, 'Linux' ],
];

const first = ( known, text ) => known.find( ( [ pattern ] ) => pattern.test( text ) )?.[ 1 ];

/** Of a User-Agent header; what is not known is given as it is, cut short. */
export function deviceName( agent ) {
	const text = agent || '';
	const browser = first( BROWSERS, text );
	const system = first( SYSTEMS, text );
	if ( browser && system ) {
		return sprintf( __( '%1$s on %2$s', 'trading-robot-service' ), browser, system );
	}
	return browser || system || text.slice( 0, 60 );
}
