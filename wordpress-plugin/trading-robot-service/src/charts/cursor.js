/** A cursor for the keyboard: arrows move it, the readout is spoken while it does. */

const STEPS = {
	ArrowRight: () => 1,
	ArrowLeft: () => -1,
	PageDown: ( length ) => Math.max( 1, Math.round( length / 10 ) ),
	PageUp: ( length ) => -Math.max( 1, Math.round( length / 10 ) ),
	Home: ( length ) => -length,
	End: ( length ) => length,
};

const clamp = ( value, last ) => Math.min( last, Math.max( 0, value ) );

/** The index after a key, or null when the key is not the cursor's. */
export function moved( key, index, length ) {
	const step = STEPS[ key ]?.( length );
	if ( step === undefined || length === 0 ) {
		return null;
	}
	if ( index === null ) {
		return key === 'Home' || ( step > 0 && key !== 'End' ) ? 0 : length - 1;
	}
	return clamp( index + step, length - 1 );
}

export function keyboardCursor( plot, readout, chart ) {
	let index = null;
	plot.addEventListener( 'keydown', ( event ) => {
		const u = chart();
		const next = u && moved( event.key, index, u.data[ 0 ].length );
		if ( next === null || next === undefined ) {
			return;
		}
		event.preventDefault();
		index = next;
		readout.setAttribute( 'aria-live', 'polite' );
		const left = u.valToPos( u.data[ 0 ][ index ], 'x' );
		u.setCursor( { left, top: 0 }, true, true );
	} );
	plot.addEventListener( 'pointermove', () => {
		index = null;
		readout.setAttribute( 'aria-live', 'off' );
	} );
	plot.addEventListener( 'blur', () => {
		index = null;
		chart()?.setCursor( { left: -10, top: -10 }, true, true );
	} );
}
