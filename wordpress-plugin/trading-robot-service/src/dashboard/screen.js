/**
 * Runs one screen: load, show, read again, update in place.
 *
 * A screen is {title, load(ctx, last), view(data, ctx), skeleton(), waiting?(known, ctx), around?(content),
 * interval?, events?(data), concerns?(hint), isUntold?}. It is read again each `interval`, and each LIVELY_MS
 * while its reader is active or its events change; while `ctx.live` is open, when a hint concerns it, unless
 * hints never tell of what it shows: `isUntold`.
 * `ctx.onRefusal(error)` answers whether something else takes the screen's place.
 * `ctx.news` holds the types of the hints since then, `last` is what was read before, so that a screen can
 * skip what has not changed; `known` is what
 * the screen before it had read of the same bot.
 */

import { fill } from '../dom.js';
import { poll } from '../polling.js';
import { ApiError } from './api.js';
import { POLL_WHILE_LIVE_MS } from './live.js';
import { failure, staleNotice } from './parts/states.js';

const LIVELY_MS = 2000;

/* One alert makes several hints within a moment. */
const GATHER_MS = 150;

const siteTitle = document.title;

export function runScreen( container, screen, ctx, { known, onReady } = {} ) {
	const run = { container, screen, onReady, data: null, error: null, over: false, poller: null };
	run.news = new Set();
	run.ctx = { ...ctx, refresh: () => refresh( run, { whole: true } ), redraw: () => draw( run ), state: {} };
	const waiting = known && screen.waiting ? screen.waiting( known, run.ctx ) : screen.skeleton();
	show( run, waiting );
	first( run );
	return {
		get data() {
			return run.data;
		},
		stop() {
			run.over = true;
			run.poller?.stop();
			run.stopListening?.();
		},
	};
}

async function first( run ) {
	const { live } = run.ctx;
	const { interval, isUntold } = run.screen;
	if ( interval && live ) {
		run.stopListening = listen( run, live );
	}
	await refresh( run ).catch( onlyApiErrors );
	if ( interval && ! run.over ) {
		const atLeast = () => ( live?.isOpen && ! isUntold ? POLL_WHILE_LIVE_MS : 0 );
		run.poller = poll( () => refresh( run ), interval, LIVELY_MS, atLeast );
		if ( run.isBehind ) {
			run.poller.now();
		}
	}
}

/* What is heard during the first read may have happened after the service answered it. */
function listen( run, live ) {
	let timer = 0;
	const again = () => ( run.poller ? run.poller.now() : ( run.isBehind = true ) );
	const soon = () => {
		clearTimeout( timer );
		timer = setTimeout( again, GATHER_MS );
	};
	const end = live.on( {
		onHint( hint ) {
			if ( run.screen.concerns?.( hint ) ?? true ) {
				run.news.add( hint.type );
				soon();
			}
		},
		onChange: soon,
	} );
	return () => {
		clearTimeout( timer );
		end();
	};
}

/* The page shows a failed read; anything else is a defect and belongs in the console. */
function onlyApiErrors( error ) {
	if ( ! ( error instanceof ApiError ) ) {
		throw error;
	}
}

const eventsOf = ( { screen, data } ) => JSON.stringify( data && screen.events?.( data ) );

/* One read after the other, so that none shows what was read before the reader's last action. */
function refresh( run, { whole = false } = {} ) {
	run.turn = ( run.turn ?? Promise.resolve() ).catch( () => {} ).then( () => read( run, whole ) );
	return run.turn;
}

/* Answers whether something has happened; rejects when the read failed, so that the poller slows down.
   `whole`: nothing is taken from what was read before. */
async function read( run, whole ) {
	const before = eventsOf( run );
	const { news } = run;
	run.news = new Set();
	try {
		run.data = await run.screen.load( { ...run.ctx, news }, whole ? null : run.data );
		run.error = null;
	} catch ( error ) {
		onlyApiErrors( error );
		if ( ! run.over && run.ctx.onRefusal?.( error ) ) {
			return false;
		}
		run.error = error;
		draw( run );
		throw error;
	}
	draw( run );
	return eventsOf( run ) !== before;
}

function draw( run ) {
	if ( run.over ) {
		return;
	}
	const { ctx } = run;
	const retry = () => refresh( run ).catch( onlyApiErrors );
	if ( run.error && ! run.data ) {
		show( run, failure( run.error, retry ) );
		return;
	}
	show( run, run.error && staleNotice( run.error, retry ), run.screen.view( run.data, ctx ) );
	drawPending( run.container );
	ready( run );
}

function show( { container, screen }, ...content ) {
	fill( container, screen.around ? screen.around( content ) : content );
}

/* On a narrow screen the open tab may lie outside of its row. */
function showOpenTab( container ) {
	container.querySelectorAll( '.trp-tabs [aria-current]' ).forEach( ( tab ) => {
		tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft;
	} );
}

function ready( run ) {
	document.title = `${ run.screen.title( run.data ) } \u00b7 ${ siteTitle }`;
	if ( ! run.isReady ) {
		run.isReady = true;
		showOpenTab( run.container );
	}
	if ( run.onReady ) {
		run.onReady();
		run.onReady = null;
	}
}

function drawPending( container ) {
	container.querySelectorAll( '.trp-chart' ).forEach( ( figure ) => figure.trpWidget?.start() );
}
