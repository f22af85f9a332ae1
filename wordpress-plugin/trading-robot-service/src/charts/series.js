/** From a chart's points to the columns uPlot draws. Pure. */

const BINS = 12;

/** Points [[x, y]…] sorted by x; two values at one x keep the later one. */
export function ordered( points ) {
	const byX = new Map();
	points
		.filter( ( [ x, y ] ) => Number.isFinite( Number( x ) ) && Number.isFinite( Number( y ) ) )
		.forEach( ( [ x, y ] ) => byX.set( Number( x ), Number( y ) ) );
	return [ ...byX.entries() ].sort( ( a, b ) => a[ 0 ] - b[ 0 ] );
}

/** A step that people read easily: 1, 2 or 5 times a power of ten. */
export function niceStep( span, parts ) {
	const raw = span / parts || 1;
	const power = 10 ** Math.floor( Math.log10( raw ) );
	return [ 1, 2, 5, 10 ].map( ( n ) => n * power ).find( ( step ) => step >= raw * 0.999999 );
}

/** Values into bins of equal width that meet at zero: [[middle, how many]…] and the width. */
export function histogram( values ) {
	if ( ! values.length ) {
		return { width: 1, bins: [] };
	}
	const low = Math.min( 0, ...values );
	const high = Math.max( 0, ...values );
	const width = niceStep( high - low || Math.abs( values[ 0 ] ) || 1, BINS );
	const first = Math.floor( low / width );
	const last = Math.max( first, Math.ceil( high / width ) - 1 );
	const counts = Array.from( { length: last - first + 1 }, () => 0 );
	values.forEach( ( value ) => {
		const bin = Math.min( last, Math.max( first, Math.floor( value / width ) ) );
		counts[ bin - first ] += 1;
	} );
	return { width, bins: counts.map( ( n, i ) => [ ( first + i + 0.5 ) * width, n ] ) };
}

const split = ( rows, isUp ) => [
	rows.map( ( [ x ] ) => x ),
	rows.map( ( [ x, y ] ) => ( isUp( x, y ) ? y : null ) ),
	rows.map( ( [ x, y ] ) => ( isUp( x, y ) ? null : y ) ),
];

/** Columns by kind; bars come as two series so that gains and losses have their own colour. */
export function columns( kind, points ) {
	if ( kind === 'distribution' ) {
		const { bins } = histogram(
			points.map( ( [ , y ] ) => Number( y ) ).filter( Number.isFinite )
		);
		return split( bins, ( x ) => x > 0 );
	}
	const rows = ordered( points );
	if ( kind === 'bins' ) {
		return split( rows, ( x ) => x >= 0 );
	}
	if ( kind === 'returns' ) {
		return split( rows, ( _x, y ) => y >= 0 );
	}
	return [ rows.map( ( [ x ] ) => x ), rows.map( ( [ , y ] ) => y ) ];
}

/** The y range: room above and below, drawdown hangs from zero, bars stand on it. */
export function yRange( kind, low, high ) {
	if ( low === null || low === undefined ) {
		return [ 0, 1 ];
	}
	if ( kind === 'drawdown' ) {
		return [ low < 0 ? low * 1.12 : -1, 0 ];
	}
	if ( kind === 'distribution' || kind === 'bins' ) {
		return [ 0, Math.max( 1, high * 1.12 ) ];
	}
	if ( kind === 'returns' ) {
		const most = Math.max( Math.abs( low ), Math.abs( high ) ) || 1;
		return [ low < 0 ? -most * 1.12 : 0, high > 0 ? most * 1.12 : 0 ];
	}
	const room = ( high - low ) * 0.12 || Math.abs( high ) * 0.005 || 1;
	return [ low - room, high + room ];
}
