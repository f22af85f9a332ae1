/** A bot's configuration in plain words, and its webhook. */

import { h } from '../../dom.js';
import { localDate, money, percent, quantity } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { actionButton, rotateAddress } from '../parts/actions.js';
import { panel } from '../parts/figures.js';
import { messages } from '../parts/webhook.js';
import { editLink } from '../router.js';

export function settingsTab( { bot }, ctx ) {
	return [
		panel(
			__( 'Configuration', 'trading-robot-service' ),
			h(
				'a',
				{ class: 'trp-button trp-button--small', href: editLink( bot.id ) },
				__( 'Edit', 'trading-robot-service' )
			),
			h( 'div', { class: 'trp-card' }, h( 'dl', { class: 'trp-facts' }, facts( bot ).map( fact ) ) )
		),
		bot.signal_source === 'robot' ? null : webhookPanel( bot, ctx ),
	];
}

const fact = ( [ name, value ] ) => h( 'div', {}, h( 'dt', {}, name ), h( 'dd', {}, value ) );

export function sizingText( { type, value } ) {
	return {
		fixed_units: sprintf( __( '%s units each time', 'trading-robot-service' ), quantity( value ) ),
		fixed_amount: sprintf( __( '%s each time', 'trading-robot-service' ), money( value ) ),
		percent_of_portfolio: sprintf(
			__( '%s of the bot’s equity', 'trading-robot-service' ),
			percent( value )
		),
		risk_amount: sprintf(
			__( 'Risks %s at its stop loss', 'trading-robot-service' ),
			money( value )
		),
		risk_percent: sprintf(
			__( 'Risks %s of its equity at its stop loss', 'trading-robot-service' ),
			percent( value )
		),
		percent_of_position: sprintf(
			__( '%s of what it holds already', 'trading-robot-service' ),
			percent( value )
		),
	}[ type ];
}

const orNone = ( value, show ) =>
	value === null || value === undefined || value === ''
		? __( 'None', 'trading-robot-service' )
		: show( value );

function facts( bot ) {
	const risk = bot.risk_management || {};
	return [
		[
			__( 'Signals from', 'trading-robot-service' ),
			bot.signal_source === 'robot'
				? sprintf( __( 'Robot %s', 'trading-robot-service' ), bot.plugin_id )
				: __( 'Your alerts, by webhook', 'trading-robot-service' ),
		],
		[
			__( 'Symbols', 'trading-robot-service' ),
			bot.symbols.length
				? bot.symbols.join( ', ' )
				: __( 'All the venue offers', 'trading-robot-service' ),
		],
		[ __( 'Position size', 'trading-robot-service' ), sizingText( bot.position_sizing ) ],
		[ __( 'Stop loss', 'trading-robot-service' ), orNone( risk.stop_loss_percent, percent ) ],
		[
			__( 'Trailing stop', 'trading-robot-service' ),
			orNone( risk.trailing_stop_percent, percent ),
		],
		[ __( 'Take profit', 'trading-robot-service' ), orNone( risk.take_profit_percent, percent ) ],
		[ __( 'Largest position', 'trading-robot-service' ), orNone( risk.max_position_size, money ) ],
		[ __( 'Daily loss limit', 'trading-robot-service' ), orNone( risk.max_daily_loss, money ) ],
		[
			__( 'Open positions at most', 'trading-robot-service' ),
			orNone( risk.max_open_positions, String ),
		],
		[
			__( 'Entries a day at most', 'trading-robot-service' ),
			orNone( risk.max_orders_per_day, String ),
		],
		[
			__( 'Wait between entries', 'trading-robot-service' ),
			orNone( risk.cool_down_seconds, ( value ) =>
				sprintf( __( '%s s', 'trading-robot-service' ), value )
			),
		],
		[
			__( 'Distance from the market at most', 'trading-robot-service' ),
			orNone( risk.max_price_deviation_percent, percent ),
		],
		...( bot.asset_type === 'stocks'
			? [
					[
						__( 'Extended hours', 'trading-robot-service' ),
						bot.execution?.extended_hours
							? __( 'Yes', 'trading-robot-service' )
							: __( 'No', 'trading-robot-service' ),
					],
				]
			: [] ),
		[ __( 'Starting cash', 'trading-robot-service' ), money( bot.starting_cash ) ],
		[ __( 'Created', 'trading-robot-service' ), localDate( bot.created_at ) ],
	];
}

function webhookPanel( bot, ctx ) {
	return panel(
		__( 'Webhook', 'trading-robot-service' ),
		actionButton(
			__( 'Make a new address', 'trading-robot-service' ),
			() => rotateAddress( bot, ctx ),
			ctx,
			{ kind: 'small' }
		),
		h(
			'div',
			{ class: 'trp-card' },
			h(
				'p',
				{},
				__(
					'For safety the address is shown only when it is made. If you no longer have it, make a new one.',
					'trading-robot-service'
				)
			),
			messages()
		)
	);
}
