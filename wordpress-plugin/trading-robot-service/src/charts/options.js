/** uPlot's options for each kind of chart. */

import uPlot from 'uplot';
import { faded } from './palette.js';
import { yRange } from './series.js';
import { axisTime, axisValue } from './text.js';

const BAR_KINDS = new Set( [ 'returns', 'distribution', 'bins' ] );
const COUNTS = new Set( [ 'distribution', 'bins' ] );

function gradient( u, colour ) {
	const { top, height } = u.bbox;
	if ( ! Number.isFinite( top ) || ! height ) {
		return 'transparent';
	}
	const fill = u.ctx.createLinearGradient( 0, top, 0, top + height );
	fill.addColorStop( 0, faded( u.ctx, colour, 0.26 ) );
	fill.addColorStop( 1, faded( u.ctx, colour, 0 ) );
	return fill;
}

function line( spec, palette ) {
	const colour = () => ( spec.kind === 'drawdown' ? palette().down : palette().accent );
	return {
		stroke: colour,
		width: 1.75,
		fill: ( u ) =>
			spec.kind === 'drawdown' ? faded( u.ctx, colour(), 0.16 ) : gradient( u, colour() ),
		fillTo: spec.kind === 'drawdown' ? 0 : ( u ) => u.scales.y.min,
		paths: spec.points.length > 2 ? undefined : uPlot.paths.linear(),
		points: { show: spec.points.length < 2, size: 7, fill: colour },
	};
}

const CHARACTER_PX = 6.7;

/* A line ends at the edge, and under its last point may stand a time: 13:52:30. */
const HALF_A_TIME_PX = Math.ceil( ( 8 * CHARACTER_PX ) / 2 );

/* As wide as its longest label, so that none is cut and charts of one page stand in one line. */
function widthOf( labels, narrow ) {
	const longest = Math.max( 0, ...( labels || [] ).map( ( label ) => label.length ) );
	return Math.max( narrow ? 52 : 62, Math.ceil( longest * CHARACTER_PX ) + 14 );
}

const bar = ( colour ) => ( {
	stroke: colour,
	fill: colour,
	width: 0,
	paths: uPlot.paths.bars( { size: [ 0.72, 44 ], radius: 0.12 } ),
	points: { show: false },
} );

function axes( spec, palette, narrow ) {
	const shared = {
		stroke: () => palette().text,
		font: palette().font,
		ticks: { show: false },
	};
	const x = { ...shared, grid: { show: false }, space: narrow ? 64 : 80, size: 28, gap: 6 };
	x.values = ( _u, splits ) => splits.map( ( at ) => axisTime( at, splits ) );
	if ( spec.kind === 'distribution' ) {
		x.values = ( _u, splits ) => splits.map( ( v ) => axisValue( v, spec.unit || '$', splits ) );
	}
	if ( spec.kind === 'bins' ) {
		x.incrs = [ 1, 2, 3, 4, 5, 8 ];
		x.space = narrow ? 76 : 84;
		x.values = ( _u, splits ) => splits.map( ( v ) => spec.labels[ v ] || '' );
	}
	const y = {
		...shared,
		grid: { stroke: () => palette().grid, width: 1 },
		size: ( _u, labels ) => widthOf( labels, narrow ),
		gap: 8,
		space: spec.kind === 'drawdown' ? 34 : 44,
		values: ( _u, splits ) =>
			splits.map( ( v ) => axisValue( v, COUNTS.has( spec.kind ) ? '' : spec.unit, splits ) ),
	};
	if ( COUNTS.has( spec.kind ) ) {
		y.incrs = [ 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10000 ];
	}
	return [ x, y ];
}

/* uPlot pads a time axis of one point by nothing: give it an hour on either side. */
function xRange( kind ) {
	return ( _u, low, high ) => {
		if ( low === null || low === undefined ) {
			return [ 0, 1 ];
		}
		const span = high - low;
		if ( kind === 'bins' ) {
			return [ low - 0.75, high + 0.75 ];
		}
		if ( kind === 'distribution' || kind === 'returns' ) {
			const room = span * 0.05 || ( kind === 'returns' ? 43200 : 1 );
			return [ low - room, high + room ];
		}
		return span ? [ low, high ] : [ low - 3600, high + 3600 ];
	};
}

/** `palette` is a function, so that a change of theme needs only a redraw. */
export function chartOptions( spec, palette, size, sync ) {
	return {
		...size,
		padding: [ 8, BAR_KINDS.has( spec.kind ) ? 10 : HALF_A_TIME_PX, 0, 0 ],
		legend: { show: false },
		cursor: {
			y: false,
			drag: { x: false, y: false },
			points: { size: 8, width: 2, fill: () => palette().surface },
			sync: sync ? { key: sync, setSeries: false } : undefined,
		},
		scales: {
			x: { time: ! COUNTS.has( spec.kind ), range: xRange( spec.kind ) },
			y: { range: ( _u, low, high ) => yRange( spec.kind, low, high ) },
		},
		axes: axes( spec, palette, size.width < 480 ),
		series: BAR_KINDS.has( spec.kind )
			? [ {}, bar( () => palette()[ spec.tone || 'up' ] ), bar( () => palette().down ) ]
			: [ {}, line( spec, palette ) ],
	};
}
