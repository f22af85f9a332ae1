/** Part of the bot form: what guards a position, and where the bot stops. */

import { h } from '../../../dom.js';
import { __ } from '../../../i18n.js';
import { advanced, amountField } from '../../parts/fields.js';
import { row, section } from './sections.js';

const field = ( values ) => ( name, label, options ) =>
	amountField( `risk_management.${ name }`, label, { name, value: values[ name ], ...options } );

export function riskSection( { values } ) {
	const risk = field( values );
	return section(
		'risk',
		__( 'Where it stops', 'trading-robot-service' ),
		__(
			'Limits the bot keeps, whatever an alert says. Leave empty what you do not need.',
			'trading-robot-service'
		),
		h( 'h3', {}, __( 'Each position', 'trading-robot-service' ) ),
		guards( risk ),
		h( 'h3', {}, __( 'All together', 'trading-robot-service' ) ),
		limits( risk ),
		pace( risk )
	);
}

const guards = ( risk ) =>
	row(
		risk( 'stop_loss_percent', __( 'Stop loss', 'trading-robot-service' ), {
			after: '%',
			hint: __( 'Sells when a position has lost this much.', 'trading-robot-service' ),
		} ),
		risk( 'trailing_stop_percent', __( 'Trailing stop', 'trading-robot-service' ), {
			after: '%',
			hint: __( 'Follows the best price at this distance, instead.', 'trading-robot-service' ),
		} ),
		risk( 'take_profit_percent', __( 'Take profit', 'trading-robot-service' ), {
			after: '%',
			hint: __( 'Sells when a position has gained this much.', 'trading-robot-service' ),
		} )
	);

const limits = ( risk ) =>
	row(
		risk( 'max_position_size', __( 'Largest position', 'trading-robot-service' ), {
			before: '$',
			hint: __( 'Value in one symbol.', 'trading-robot-service' ),
		} ),
		risk( 'max_daily_loss', __( 'Daily loss limit', 'trading-robot-service' ), {
			before: '$',
			hint: __(
				'No new entries that day once it is reached; what guards positions stays.',
				'trading-robot-service'
			),
		} ),
		risk( 'max_open_positions', __( 'Open positions at most', 'trading-robot-service' ), {
			inputmode: 'numeric',
			hint: __( 'Symbols held at the same time.', 'trading-robot-service' ),
		} )
	);

const pace = ( risk ) =>
	advanced(
		'pace',
		__( 'Pace and price', 'trading-robot-service' ),
		row(
			risk( 'max_orders_per_day', __( 'Entries a day at most', 'trading-robot-service' ), {
				inputmode: 'numeric',
			} ),
			risk( 'cool_down_seconds', __( 'Wait between entries', 'trading-robot-service' ), {
				inputmode: 'numeric',
				after: __( 's', 'trading-robot-service' ),
			} ),
			risk(
				'max_price_deviation_percent',
				__( 'Distance from the market at most', 'trading-robot-service' ),
				{
					after: '%',
					hint: __( 'Of an alert’s own limit or stop price.', 'trading-robot-service' ),
				}
			)
		)
	);
