/**
 * The chain of published days, checked in the browser. Pure but for SHA-256, which is the
 * browser's own. A day's hash is the SHA-256 of its seal; its seal is JSON with sorted keys and
 * no spaces, and holds the hash of the day before and the SHA-256 of each page of lines.
 */

const DAY_MS = 86400000;

/** What stands before the first day. */
export const START = '0'.repeat( 64 );

export async function sha256( text ) {
	const bytes = await crypto.subtle.digest( 'SHA-256', new TextEncoder().encode( text ) );
	return [ ...new Uint8Array( bytes ) ].map( ( b ) => b.toString( 16 ).padStart( 2, '0' ) ).join( '' );
}

/* The keys are in their order. */
export const sealOf = ( { day, entries, page_hashes, previous_hash } ) =>
	JSON.stringify( { day, entries, page_hashes, previous_hash } );

/** Thrown for a day that is not what was published; `code` says how, `day` which. */
export class Broken extends Error {
	constructor( code, day ) {
		super( code );
		this.code = code;
		this.day = day;
	}
}

/** Days newest first: each hash recomputed, each day sealed onto the one before. */
export async function checkDays( days ) {
	for ( const [ place, day ] of days.entries() ) {
		if ( ( await sha256( sealOf( day ) ) ) !== day.hash ) {
			throw new Broken( 'hash', day.day );
		}
		const before = days[ place + 1 ];
		if ( before && day.previous_hash !== before.hash ) {
			throw new Broken( 'link', day.day );
		}
		if ( before && Date.parse( day.day ) - Date.parse( before.day ) !== DAY_MS ) {
			throw new Broken( 'gap', day.day );
		}
	}
}

/** The lines of a day, page by page: `readPage(number)` answers the text of one. Answers the lines. */
export async function checkLines( day, readPage ) {
	const lines = [];
	for ( const [ place, expected ] of day.page_hashes.entries() ) {
		const text = await readPage( place + 1 );
		if ( ( await sha256( text ) ) !== expected ) {
			throw new Broken( 'lines', day.day );
		}
		lines.push( ...text.split( '\n' ).filter( Boolean ) );
	}
	if ( lines.length !== day.entries ) {
		throw new Broken( 'count', day.day );
	}
	return lines;
}
