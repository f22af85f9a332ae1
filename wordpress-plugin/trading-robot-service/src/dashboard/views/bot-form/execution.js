/** Part of the bot form: when the bot may trade, and which alerts it takes. */

import { h } from '../../../dom.js';
import { __ } from '../../../i18n.js';
import { chosenRobot } from '../../bot-values.js';
import { TRADINGVIEW } from '../../execution-values.js';
import { advanced, amountField, areaField, checkField, selectField } from '../../parts/fields.js';
import { row, section } from './sections.js';
import { windowFields } from './windows.js';

export function executionSection( model ) {
	const { values, bot } = model;
	const robot = bot ? null : chosenRobot( model );
	const stocks = ( robot || values ).asset_type === 'stocks';
	return section(
		'execution',
		__( 'When and how it trades', 'trading-robot-service' ),
		__( 'Exits are never held back by any of this.', 'trading-robot-service' ),
		stocks ? stockFields( values ) : cryptoFields( values ),
		advanced(
			'hours',
			__( 'Hours in which it may open positions', 'trading-robot-service' ),
			windowFields( model )
		),
		values.signal_source === 'webhook' && alertFields( model )
	);
}

const stockFields = ( values ) => [
	selectField(
		'execution.when_closed',
		__( 'An entry that comes while the market is closed', 'trading-robot-service' ),
		[
			[ 'queue', __( 'waits for the open', 'trading-robot-service' ) ],
			[ 'refuse', __( 'is refused', 'trading-robot-service' ) ],
		],
		{ name: 'when_closed', value: values.when_closed }
	),
	checkField(
		'extended_hours',
		__( 'Trade before the open and after the close too', 'trading-robot-service' ),
		values.extended_hours,
		{
			field: 'execution.extended_hours',
			hint: __( 'Only limit orders trade then.', 'trading-robot-service' ),
		}
	),
	checkField( 'allow_short', __( 'Sell short', 'trading-robot-service' ), values.allow_short, {
		field: 'execution.allow_short',
		hint: __(
			'Without it a sell of what the bot does not hold is refused.',
			'trading-robot-service'
		),
	} ),
];

const cryptoFields = ( values ) =>
	checkField(
		'usdt_is_usd',
		__( 'Take alerts for USDT pairs as those for USD', 'trading-robot-service' ),
		values.usdt_is_usd,
		{
			field: 'execution.usdt_is_usd',
			hint: __(
				'BTCUSDT then trades BTC-USD. Without it such alerts are refused.',
				'trading-robot-service'
			),
		}
	);

const alertFields = ( { values, change } ) =>
	advanced(
		'alerts',
		__( 'Late, repeated and foreign alerts', 'trading-robot-service' ),
		row(
			inSeconds(
				'max_signal_age_seconds',
				__( 'Oldest entry it takes', 'trading-robot-service' ),
				values,
				{
					hint: __(
						'By the time in the alert. Exits are taken at any age.',
						'trading-robot-service'
					),
				}
			),
			inSeconds(
				'dedupe_id_seconds',
				__( 'Same order id is a repeat for', 'trading-robot-service' ),
				values,
				{
					hint: __( 'A repeat never trades. A day is 86400.', 'trading-robot-service' ),
				}
			),
			inSeconds(
				'dedupe_body_seconds',
				__( 'Same text is a repeat for', 'trading-robot-service' ),
				values,
				{
					hint: __( 'For alerts without an id.', 'trading-robot-service' ),
				}
			)
		),
		areaField(
			'execution.allowed_senders',
			__( 'Only take alerts from', 'trading-robot-service' ),
			{
				name: 'allowed_senders',
				value: values.allowed_senders,
				placeholder: '203.0.113.7\n203.0.113.0/24',
				hint: __(
					'One address or network a line. Empty: from anywhere. The secret in the webhook address stays necessary.',
					'trading-robot-service'
				),
			}
		),
		h(
			'div',
			{ class: 'trp-actions trp-advanced__actions' },
			h(
				'button',
				{
					type: 'button',
					class: 'trp-button trp-button--small',
					onclick: ( { currentTarget } ) => {
						const { form } = currentTarget;
						form.elements.namedItem( 'allowed_senders' ).value = TRADINGVIEW.join( '\n' );
						change( () => {} );
					},
				},
				__( 'TradingView’s own addresses', 'trading-robot-service' )
			)
		)
	);

const inSeconds = ( name, label, values, options ) =>
	amountField( `execution.${ name }`, label, {
		name,
		value: values[ name ],
		inputmode: 'numeric',
		after: __( 's', 'trading-robot-service' ),
		...options,
	} );
