/** The button that checks the published days, and what it found. */

import { Broken, checkDays, checkLines } from './chain.js';
import { h } from './dom.js';
import { count } from './format.js';
import { __, _n, sprintf } from './i18n.js';

const MOST_SHOWN = 200;

export function startChains( root ) {
	root.querySelectorAll( '[data-trp-chain]' ).forEach( dress );
}

function dress( card ) {
	const result = h( 'div', { class: 'trp-chain__result', role: 'status' } );
	const button = h(
		'button',
		{ type: 'button', class: 'trp-button', onclick: () => check( card, button, result ) },
		__( 'Verify in this browser', 'trading-robot-service' )
	);
	card
		.querySelector( 'dl' )
		.after( h( 'div', { class: 'trp-chain__check' }, button, result ) );
}

async function check( card, button, result ) {
	if ( button.getAttribute( 'aria-busy' ) === 'true' ) {
		return;
	}
	button.setAttribute( 'aria-busy', 'true' );
	try {
		result.replaceChildren( ...( await verified( card.dataset ) ) );
	} catch ( error ) {
		result.replaceChildren( failed( error ) );
	}
	button.removeAttribute( 'aria-busy' );
}

async function read( address, query = {} ) {
	const url = new URL( address, location.href );
	Object.entries( query ).forEach( ( [ name, value ] ) => url.searchParams.set( name, value ) );
	const answer = await fetch( url, { headers: { Accept: 'application/json' } } );
	if ( ! answer.ok ) {
		throw new Error( String( answer.status ) );
	}
	return ( await answer.json() ).data;
}

async function verified( { chain, lines: address } ) {
	if ( ! globalThis.crypto?.subtle ) {
		throw new Error( 'insecure' );
	}
	const { days } = await read( chain );
	await checkDays( days );
	const [ newest ] = days;
	const readPage = async ( page ) => ( await read( address, { day: newest.day, page } ) ).lines;
	const lines = await checkLines( newest, readPage );
	return [ passed( days, lines ), published( newest, lines ) ].filter( Boolean );
}

const note = ( kind, badge, text ) =>
	h( 'p', {}, h( 'span', { class: `trp-badge trp-badge--${ kind }` }, badge ), ' ', text );

const passed = ( days, lines ) =>
	note(
		'ok',
		__( 'Verified', 'trading-robot-service' ),
		[
			sprintf(
				_n(
					'The hash of %s day was computed again here and fits.',
					'The hashes of %s days were computed again here; each fits, and fits the day before.',
					days.length,
					'trading-robot-service'
				),
				count( days.length )
			),
			sprintf(
				_n(
					'%1$s line of %2$s was hashed.',
					'%1$s lines of %2$s were hashed.',
					lines.length,
					'trading-robot-service'
				),
				count( lines.length ),
				days[ 0 ].day
			),
		].join( ' ' )
	);

const published = ( { day }, lines ) =>
	lines.length > 0 &&
	h(
		'details',
		{},
		h(
			'summary',
			{},
			sprintf( __( 'What was published of %s', 'trading-robot-service' ), day )
		),
		h( 'pre', { tabindex: 0 }, lines.slice( 0, MOST_SHOWN ).join( '\n' ) )
	);

const reasons = () => ( {
	hash: __( 'The hash of %s does not fit what it seals.', 'trading-robot-service' ),
	link: __( '%s is not sealed onto the day before it.', 'trading-robot-service' ),
	gap: __( 'The day before %s is missing.', 'trading-robot-service' ),
	lines: __( 'The lines of %s are not the ones that were hashed.', 'trading-robot-service' ),
	count: __( 'Some lines of %s are missing.', 'trading-robot-service' ),
} );

function failed( error ) {
	if ( error instanceof Broken ) {
		const text = sprintf( reasons()[ error.code ], error.day );
		return note( 'bad', __( 'Does not fit', 'trading-robot-service' ), text );
	}
	return note(
		'warn',
		__( 'Not checked', 'trading-robot-service' ),
		error.message === 'insecure'
			? __( 'Browsers compute hashes on https pages only.', 'trading-robot-service' )
			: __( 'The published lines could not be read. Please try again.', 'trading-robot-service' )
	);
}
