/**
 * Hears from the trading service that something has changed, where it can be reached from this
 * browser. Without it, polling goes on as if this were not there.
 *
 * A hint is {type, bot_id, id, at}: it says what to read again, never what it is now.
 */

export const POLL_WHILE_LIVE_MS = 30000;

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 300000;
const STEADY_AFTER_MS = 10000;

/** Milliseconds until the next try after so many that failed; `chance` (0 to 1) spreads browsers. */
export function nextWait( failures, chance ) {
	return Math.min( FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS ) * ( 0.5 + chance / 2 );
}

/** The hint in a message; null for anything else. */
export function parseHint( text ) {
	try {
		const hint = JSON.parse( text );
		return typeof hint?.type === 'string' ? hint : null;
	} catch {
		return null;
	}
}

/**
 * Keeps a connection while the page is visible. `on({onHint, onChange})` has a screen told of hints
 * and of the connection's coming and going, and answers what ends that.
 */
export function createLive( api, { page = document, Socket = globalThis.WebSocket } = {} ) {
	const live = { api, page, Socket, listeners: new Set(), socket: null, timer: 0 };
	live.failures = live.attempt = 0;
	page.addEventListener( 'visibilitychange', () => ( page.hidden ? pause( live ) : connect( live ) ) );
	connect( live );
	return {
		get isOpen() {
			return live.isOpen === true;
		},
		on( listener ) {
			live.listeners.add( listener );
			return () => live.listeners.delete( listener );
		},
	};
}

async function connect( live ) {
	clearTimeout( live.timer );
	if ( live.socket || live.page.hidden || ! live.Socket ) {
		return;
	}
	const attempt = ++live.attempt;
	try {
		const { ticket, url } = await live.api.post( 'stream/tickets' );
		if ( attempt === live.attempt && ! live.page.hidden ) {
			open( live, `${ url }?ticket=${ encodeURIComponent( ticket ) }` );
		}
	} catch {
		// No ticket, or an address that this page may not connect to: plain from a secure page.
		if ( attempt === live.attempt ) {
			tryAgain( live );
		}
	}
}

function open( live, address ) {
	const socket = new live.Socket( address );
	let openedAt = null;
	live.socket = socket;
	socket.onopen = () => {
		openedAt = Date.now();
		setOpen( live, socket, true );
	};
	socket.onmessage = ( { data } ) => {
		const hint = live.socket === socket && parseHint( data );
		if ( hint ) {
			live.listeners.forEach( ( { onHint } ) => onHint( hint ) );
		}
	};
	socket.onclose = () => {
		if ( live.socket === socket ) {
			live.socket = null;
			live.failures = openedAt && Date.now() - openedAt > STEADY_AFTER_MS ? 0 : live.failures;
			setOpen( live, null, false );
			tryAgain( live );
		}
	};
}

function setOpen( live, socket, isOpen ) {
	if ( live.socket === socket && Boolean( live.isOpen ) !== isOpen ) {
		live.isOpen = isOpen;
		live.listeners.forEach( ( { onChange } ) => onChange() );
	}
}

function tryAgain( live ) {
	clearTimeout( live.timer );
	if ( ! live.page.hidden ) {
		live.timer = setTimeout( () => connect( live ), nextWait( live.failures, Math.random() ) );
		live.failures += 1;
	}
}

function pause( live ) {
	const { socket } = live;
	clearTimeout( live.timer );
	live.attempt += 1;
	live.socket = null;
	live.failures = 0;
	setOpen( live, null, false );
	socket?.close();
}
