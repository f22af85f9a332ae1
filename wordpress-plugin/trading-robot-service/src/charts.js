/** Draws every `figure.trp-chart[data-chart]` with uPlot, in the colours of the page. */

import uPlot from 'uplot';
import { keyboardCursor } from './charts/cursor.js';
import { dressFigure } from './charts/figure.js';
import { chartOptions } from './charts/options.js';
import { readPalette } from './charts/palette.js';
import { columns } from './charts/series.js';
import { pointText } from './charts/text.js';
import { h } from './dom.js';
import { __ } from './i18n.js';

const KINDS = new Set( [ 'equity', 'drawdown', 'returns', 'distribution', 'bins' ] );
const drawn = new Set();

/** Draw the figures under `root` that are not drawn yet. */
export function drawCharts( root ) {
	root.querySelectorAll( '.trp-chart[data-chart]' ).forEach( ( figure ) => {
		const spec = figure.trpChart ? null : parse( figure.dataset.chart );
		if ( spec ) {
			drawChart( figure, spec );
		}
	} );
}

function parse( text ) {
	try {
		const spec = JSON.parse( text );
		return KINDS.has( spec.kind ) && Array.isArray( spec.points ) ? spec : null;
	} catch {
		return null;
	}
}

/** Draw `spec` {kind, points, unit, title, summary} in a figure; `.update(spec)` and `.destroy()`. */
export function drawChart( figure, spec ) {
	forgetGone();
	const parts = dressFigure( figure, spec );
	const chart = { figure, spec, parts, u: null, palette: readPalette( figure ), observer: null };
	figure.trpChart = chart;
	drawn.add( chart );
	keyboardCursor( parts.plot, parts.readout, () => chart.u );
	chart.observer = new ResizeObserver( () => fit( chart ) );
	chart.observer.observe( parts.plot );
	chart.update = ( next ) => update( chart, next );
	chart.destroy = () => destroy( chart );
	make( chart );
	return chart;
}

const sizeOf = ( { plot } ) => ( { width: plot.clientWidth, height: plot.clientHeight } );

function make( chart ) {
	const { spec, parts } = chart;
	const data = columns( spec.kind, spec.points );
	chart.u?.destroy();
	chart.u = null;
	parts.plot.replaceChildren();
	if ( ! data[ 0 ].length ) {
		parts.plot.append(
			h(
				'p',
				{ class: 'trp-chart__empty' },
				__( 'Nothing to draw yet. Values appear with the first trade.', 'trading-robot-service' )
			)
		);
		return;
	}
	const size = sizeOf( parts );
	if ( size.width > 0 ) {
		const options = chartOptions( spec, () => chart.palette, size, chart.figure.dataset.sync );
		options.hooks = { setCursor: [ ( u ) => read( chart, u ) ] };
		chart.u = new uPlot( options, data, parts.plot );
	}
}

function read( chart, u ) {
	const { idx } = u.cursor;
	const value = idx === null || idx === undefined ? null : valueAt( u, idx );
	const text = value === null ? '' : pointText( chart.spec, u.data[ 0 ][ idx ], value );
	if ( chart.parts.readout.textContent !== text ) {
		chart.parts.readout.textContent = text;
	}
}

const valueAt = ( u, idx ) =>
	u.data
		.slice( 1 )
		.map( ( series ) => series[ idx ] )
		.find( ( v ) => v !== null && v !== undefined ) ?? null;

function fit( chart ) {
	const size = sizeOf( chart.parts );
	if ( ! chart.u ) {
		make( chart );
	} else if (
		size.width > 0 &&
		( size.width !== chart.u.width || size.height !== chart.u.height )
	) {
		chart.u.setSize( size );
	}
}

function update( chart, spec ) {
	const same = JSON.stringify( spec.points ) === JSON.stringify( chart.spec.points );
	const redraw =
		! same && ( ! chart.u || spec.labels || spec.points.length < 3 || chart.spec.points.length < 3 );
	chart.spec = spec;
	if ( chart.parts.caption.textContent !== spec.summary ) {
		chart.parts.caption.textContent = spec.summary || '';
	}
	if ( redraw ) {
		make( chart );
	} else if ( ! same ) {
		chart.u.setData( columns( spec.kind, spec.points ) );
	}
}

function destroy( chart ) {
	chart.observer.disconnect();
	chart.u?.destroy();
	drawn.delete( chart );
}

function forgetGone() {
	[ ...drawn ].filter( ( chart ) => ! chart.figure.isConnected ).forEach( destroy );
}

/** Redraw in the new colours when the theme changes. */
export function followTheme() {
	new MutationObserver( () => {
		forgetGone();
		for ( const chart of drawn ) {
			chart.palette = readPalette( chart.figure );
			chart.u?.redraw( false, true );
		}
	} ).observe( document.documentElement, {
		attributes: true,
		attributeFilter: [ 'data-trp-theme' ],
	} );
}
