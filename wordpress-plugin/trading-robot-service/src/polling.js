/** Repeats a read: slower after failures and when nobody is active, not at all when hidden. */

const SLOWEST_AFTER_FAILURES_MS = 60000;
const IDLE_AFTER_MS = 5 * 60000;
const ACTIVITY = [ 'pointerdown', 'keydown', 'scroll', 'focus' ];

/** Milliseconds until the next read. */
export function nextDelay( { interval, failures, idleFor } ) {
	if ( failures > 0 ) {
		return Math.min( interval * 2 ** failures, SLOWEST_AFTER_FAILURES_MS );
	}
	return idleFor > IDLE_AFTER_MS ? interval * 3 : interval;
}

/** `run()` answers a promise; `stop()` ends it, `now()` reads at once. */
export function poll( run, interval ) {
	const state = { timer: 0, failures: 0, stopped: false, running: false, activeAt: Date.now() };
	const schedule = () => {
		clearTimeout( state.timer );
		if ( ! state.stopped && ! document.hidden ) {
			const idleFor = Date.now() - state.activeAt;
			state.timer = setTimeout(
				tick,
				nextDelay( { interval, failures: state.failures, idleFor } )
			);
		}
	};
	async function tick() {
		if ( state.running || state.stopped ) {
			return;
		}
		state.running = true;
		try {
			await run();
			state.failures = 0;
		} catch {
			state.failures += 1;
		}
		state.running = false;
		schedule();
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
