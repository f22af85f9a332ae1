/** Part of the bot form: how much an entry buys. */

import { h } from '../../../dom.js';
import { __ } from '../../../i18n.js';
import { amountField, selectField } from '../../parts/fields.js';
import { row, section } from './sections.js';

const SIZES = () => [
	[ 'fixed_amount', __( 'A fixed amount in dollars', 'trading-robot-service' ) ],
	[ 'percent_of_portfolio', __( 'A share of the bot’s equity', 'trading-robot-service' ) ],
	[ 'fixed_units', __( 'A fixed number of shares or coins', 'trading-robot-service' ) ],
	[ 'risk_amount', __( 'What is lost at the stop loss, in dollars', 'trading-robot-service' ) ],
	[ 'risk_percent', __( 'What is lost at the stop loss, of its equity', 'trading-robot-service' ) ],
	[ 'percent_of_position', __( 'A share of what it holds already', 'trading-robot-service' ) ],
];

const UNITS = () => ( {
	fixed_amount: {
		label: __( 'Amount per trade', 'trading-robot-service' ),
		before: '$',
		hint: __( 'Fees are paid out of it.', 'trading-robot-service' ),
	},
	percent_of_portfolio: {
		label: __( 'Share per trade', 'trading-robot-service' ),
		after: '%',
		hint: __( 'Of the bot’s cash and positions at that moment.', 'trading-robot-service' ),
	},
	fixed_units: { label: __( 'Units per trade', 'trading-robot-service' ) },
	risk_amount: {
		label: __( 'Risk per trade', 'trading-robot-service' ),
		before: '$',
		hint: __( 'Needs a stop loss, here or in the alert.', 'trading-robot-service' ),
	},
	risk_percent: {
		label: __( 'Risk per trade', 'trading-robot-service' ),
		after: '%',
		hint: __( 'Needs a stop loss, here or in the alert.', 'trading-robot-service' ),
	},
	percent_of_position: {
		label: __( 'Share per trade', 'trading-robot-service' ),
		after: '%',
		hint: __(
			'For alerts that add to a position; without one nothing is bought.',
			'trading-robot-service'
		),
	},
} );

export function sizeSection( { values, redraw } ) {
	const { label, ...options } = UNITS()[ values.sizing_type ];
	return section(
		'size',
		__( 'How much it trades', 'trading-robot-service' ),
		__(
			'The size of one entry. An alert that names a quantity decides for itself.',
			'trading-robot-service'
		),
		row(
			h(
				'div',
				{ 'data-key': 'type' },
				selectField(
					'position_sizing.type',
					__( 'Size each trade by', 'trading-robot-service' ),
					SIZES(),
					{ name: 'sizing_type', value: values.sizing_type, onchange: redraw }
				)
			),
			h(
				'div',
				{ 'data-key': values.sizing_type },
				amountField( 'position_sizing.value', label, {
					name: 'sizing_value',
					required: true,
					value: values.sizing_value,
					...options,
				} )
			)
		)
	);
}
