/** The parts of a chart around its canvas: title, readout, sentence, data table. */

import { h } from '../dom.js';
import { __, sprintf } from '../i18n.js';
import { columns } from './series.js';
import { columnNames, pointParts } from './text.js';

const MOST_ROWS = 200;

/* Of what happens in time the latest comes first. */
const TIMED = new Set( [ 'equity', 'drawdown', 'returns' ] );

/** Adds what is missing; a figure printed by the server already has its sentence and table. */
export function dressFigure( figure, spec ) {
	const title = h( 'span', { class: 'trp-chart__title' }, spec.title || '' );
	const readout = h( 'output', { class: 'trp-chart__readout', 'aria-live': 'off' } );
	const plot = h( 'div', {
		class: 'trp-chart__plot',
		tabindex: 0,
		role: 'img',
		'aria-label': sprintf(
			__( '%1$s. %2$s Use the arrow keys to read the values.', 'trading-robot-service' ),
			spec.title || '',
			spec.summary || ''
		),
	} );
	figure.dataset.kind = spec.kind;
	figure.prepend( h( 'div', { class: 'trp-chart__head' }, title, readout ), plot );
	let caption = figure.querySelector( 'figcaption' );
	if ( ! caption ) {
		caption = h( 'figcaption', {}, spec.summary || '' );
		figure.append( caption );
	}
	if ( ! figure.querySelector( 'details' ) ) {
		figure.append( dataTable( figure ) );
	}
	return { plot, readout, caption };
}

function dataTable( figure ) {
	const body = h( 'div', { class: 'trp-table-wrap', tabindex: 0 } );
	return h(
		'details',
		{
			ontoggle: ( event ) =>
				event.target.open && body.replaceChildren( table( figure.trpChart.spec ) ),
		},
		h( 'summary', {}, __( 'Data table', 'trading-robot-service' ) ),
		body
	);
}

function table( spec ) {
	const [ xs, ...series ] = columns( spec.kind, spec.points );
	const valueAt = ( i ) => series.map( ( values ) => values[ i ] ).find( ( v ) => v !== null ) ?? 0;
	const rows = xs.map( ( x, i ) => pointParts( spec, x, valueAt( i ) ) );
	const shown = rows.slice( -MOST_ROWS );
	if ( TIMED.has( spec.kind ) ) {
		shown.reverse();
	}
	const [ first, second ] = columnNames( spec );
	return h(
		'table',
		{ class: 'trp-table trp-table--compact' },
		rows.length > MOST_ROWS &&
			h(
				'caption',
				{},
				sprintf(
					__( 'The latest %1$s of %2$s values.', 'trading-robot-service' ),
					MOST_ROWS,
					rows.length
				)
			),
		h(
			'thead',
			{},
			h(
				'tr',
				{},
				h( 'th', { scope: 'col' }, first ),
				h( 'th', { scope: 'col', class: 'trp-num' }, second )
			)
		),
		h(
			'tbody',
			{},
			shown.map( ( [ x, y ] ) =>
				h( 'tr', {}, h( 'td', {}, x ), h( 'td', { class: 'trp-num' }, y ) )
			)
		)
	);
}
