/** Keeps a printed leaderboard current: every 30 s while the page is seen, text only. */

import {
	count,
	localTime,
	percent,
	ratio,
	signedMoney,
	signedPercent,
	tone,
	utcTime,
} from './format.js';
import { __, sprintf } from './i18n.js';
import { poll } from './polling.js';

const INTERVAL_MS = 30000;

const SHOWN = {
	trade_count: count,
	win_rate: percent,
	total_pnl: signedMoney,
	total_return_pct: signedPercent,
	profit_factor: ratio,
	sharpe_ratio: ratio,
	max_drawdown: ( value ) => percent( value, 2 ),
};

const SIGNED = new Set( [ 'total_pnl', 'total_return_pct' ] );

function write( cell, field, value ) {
	const text = SHOWN[ field ]( value );
	if ( cell.textContent.trim() !== text ) {
		cell.textContent = text;
	}
	if ( SIGNED.has( field ) ) {
		cell.classList.toggle( 'trp-num--up', tone( value ) === 'up' );
		cell.classList.toggle( 'trp-num--down', tone( value ) === 'down' );
	}
}

function writeHolding( row, symbols ) {
	const note = row.querySelector( '[data-holding]' );
	if ( note ) {
		note.textContent = symbols?.length
			? sprintf( __( 'Holds %s now', 'trading-robot-service' ), symbols.join( ', ' ) )
			: '';
	}
}

function writeRow( row, entry ) {
	writeHolding( row, entry.holding );
	row.querySelector( '[data-rank]' )?.replaceChildren( count( entry.rank ) );
	row.querySelectorAll( '[data-field]' ).forEach( ( cell ) => {
		if ( cell.dataset.field in SHOWN ) {
			write( cell, cell.dataset.field, entry[ cell.dataset.field ] );
		}
	} );
}

function writeTime( section, answer ) {
	const note = section.querySelector( '[data-trp-asof]' );
	if ( note && answer.as_of ) {
		const text = answer.stale
			? __( 'As of %s; the service is not answering right now', 'trading-robot-service' )
			: __( 'As of %s', 'trading-robot-service' );
		note.textContent = sprintf( text, localTime( answer.as_of ) );
		note.title = utcTime( answer.as_of );
	}
}

async function refresh( section ) {
	const answer = await fetch( section.dataset.endpoint, {
		headers: { Accept: 'application/json' },
	} );
	if ( ! answer.ok ) {
		throw new Error( String( answer.status ) );
	}
	const body = await answer.json();
	for ( const entry of body.data?.entries || [] ) {
		const row = section.querySelector(
			`[data-key="${ CSS.escape( entry.plugin_id || entry.name ) }"]`
		);
		if ( row ) {
			writeRow( row, entry );
		}
	}
	writeTime( section, body );
}

export function startLeaderboards( root ) {
	root.querySelectorAll( '[data-trp-live="leaderboard"][data-endpoint]' ).forEach( ( section ) => {
		poll( () => refresh( section ), INTERVAL_MS );
	} );
}
