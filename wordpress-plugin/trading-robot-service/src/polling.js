/**
 * Repeats a read: quickly while someone looks or something happens, slower after failures and when
 * nobody has been active for long, not at all when hidden.
 */

const SLOWEST_AFTER_FAILURES_MS = 60000;
const LIVELY_FOR_MS = 3 * 60000;
const IDLE_AFTER_MS = 30 * 60000;
const ACTIVITY = [ 'pointerdown', 'keydown', 'scroll', 'focus' ];

/**
 * Milliseconds until the next read; `lively` is the interval while someone looks, `atLeast` what is
 * often enough for a page that is told of changes.
 */
export function nextDelay( { interval, lively = interval, failures, idleFor, atLeast = 0 } ) {
	if ( failures > 0 ) {
		return Math.min( interval * 2 ** failures, SLOWEST_AFTER_FAILURES_MS );
	}
	if ( idleFor <= LIVELY_FOR_MS ) {
		return Math.max( lively, atLeast );
	}
	return Math.max( idleFor > IDLE_AFTER_MS ? interval * 3 : interval, atLeast );
}

/**
 * `run()` answers a promise of whether something has happened; `atLeast()` the least wait at present.
 * `stop()` ends it, `now()` reads at once, and once more if a read is under way.
 */
export function poll( run, interval, lively, atLeast = () => 0 ) {
	const state = { timer: 0, failures: 0, stopped: false, running: false, activeAt: Date.now() };
	const schedule = () => {
		clearTimeout( state.timer );
		if ( ! state.stopped && ! document.hidden ) {
			const idleFor = Date.now() - state.activeAt;
			state.timer = setTimeout(
				tick,
				nextDelay( { interval, lively, failures: state.failures, idleFor, atLeast: atLeast() } )
			);
		}
	};
	async function tick() {
		clearTimeout( state.timer );
		if ( state.running || state.stopped ) {
			state.again = state.running;
			return;
		}
		state.running = true;
		state.again = false;
		try {
			const hasHappened = await run();
			state.failures = 0;
			state.activeAt = hasHappened ? Date.now() : state.activeAt;
		} catch {
			state.failures += 1;
		}
		state.running = false;
		if ( state.again ) {
			tick();
		} else {
			schedule();
		}
	}
	const stopListening = listenTo( state, tick );
	schedule();
	return {
		now: tick,
		stop() {
			state.stopped = true;
			clearTimeout( state.timer );
			stopListening();
		},
	};
}

function listenTo( state, tick ) {
	const active = () => {
		state.activeAt = Date.now();
	};
	const seen = () => {
		clearTimeout( state.timer );
		if ( ! document.hidden ) {
			active();
			tick();
		}
	};
	ACTIVITY.forEach( ( type ) => addEventListener( type, active, { passive: true } ) );
	document.addEventListener( 'visibilitychange', seen );
	return () => {
		ACTIVITY.forEach( ( type ) => removeEventListener( type, active ) );
		document.removeEventListener( 'visibilitychange', seen );
	};
}
