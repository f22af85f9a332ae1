/** Rows of days and times in which a bot may open positions, and the time zone of their clocks. */

import { h } from '../../../dom.js';
import { __, sprintf } from '../../../i18n.js';
import { DAYS, newWindow } from '../../execution-values.js';
import { textField } from '../../parts/fields.js';
import { dayNames } from '../../time-words.js';
import { row } from './sections.js';

const MOST = 20;

export const windowFields = ( model ) => [
	h(
		'div',
		{ class: 'trp-windows', 'data-field': 'execution.trading_windows' },
		model.values.trading_windows.length
			? model.values.trading_windows.map( ( window, index ) => windowRow( window, index, model ) )
			: h(
					'p',
					{ class: 'trp-field__hint', 'data-key': 'always' },
					__( 'At any time the market is open.', 'trading-robot-service' )
			  ),
		h( 'p', { class: 'trp-field__error', hidden: true, 'data-key': 'error' } )
	),
	h(
		'div',
		{ class: 'trp-actions trp-advanced__actions', 'data-key': 'add' },
		model.values.trading_windows.length < MOST &&
			h(
				'button',
				{
					type: 'button',
					class: 'trp-button trp-button--small',
					onclick: () => model.change( ( { trading_windows: rows } ) => rows.push( newWindow() ) ),
				},
				__( 'Add hours', 'trading-robot-service' )
			)
	),
	row( zoneField( model.values ) ),
];

function windowRow( window, index, model ) {
	const name = ( part ) => `window.${ window.key }.${ part }`;
	const field = ( part ) => `execution.trading_windows.${ index }.${ part }`;
	const time = ( part, label ) => timeField( field( part ), name( part ), label, window[ part ] );
	return h(
		'fieldset',
		{ class: 'trp-window', 'data-key': `window-${ window.key }` },
		h( 'legend', {}, sprintf( __( 'Hours %s', 'trading-robot-service' ), index + 1 ) ),
		h(
			'div',
			{ class: 'trp-days', 'data-field': field( 'days' ) },
			DAYS.map( ( day ) => dayBox( day, name( 'days' ), window.days.includes( day ) ) ),
			h( 'p', { class: 'trp-field__error', hidden: true } )
		),
		h(
			'div',
			{ class: 'trp-window__times' },
			time( 'start', __( 'From', 'trading-robot-service' ) ),
			time( 'end', __( 'Until', 'trading-robot-service' ) ),
			removeButton( window, index, model )
		)
	);
}

const dayBox = ( day, name, checked ) =>
	h(
		'label',
		{ class: 'trp-day' },
		h( 'input', { type: 'checkbox', name, value: day, checked } ),
		h( 'span', {}, dayNames()[ day ] )
	);

const removeButton = ( { key: gone }, index, model ) =>
	h(
		'button',
		{
			type: 'button',
			class: 'trp-button trp-button--small trp-button--ghost',
			onclick: () =>
				model.change( ( values ) => {
					values.trading_windows = values.trading_windows.filter( ( { key } ) => key !== gone );
				} ),
			'aria-label': sprintf( __( 'Remove hours %s', 'trading-robot-service' ), index + 1 ),
		},
		__( 'Remove', 'trading-robot-service' )
	);

const timeField = ( field, name, label, value ) =>
	textField( field, label, { name, type: 'time', required: true, value } );

const zones = () => Intl.supportedValuesOf?.( 'timeZone' ) || [];

const zoneField = ( values ) => [
	textField( 'execution.time_zone', __( 'Time zone of these hours', 'trading-robot-service' ), {
		name: 'time_zone',
		required: true,
		value: values.time_zone,
		list: 'trp-zones',
		autocomplete: 'off',
		hint: __( 'An end before its start lies on the next day.', 'trading-robot-service' ),
	} ),
	h(
		'datalist',
		{ id: 'trp-zones' },
		zones().map( ( zone ) => h( 'option', { value: zone } ) )
	),
];
