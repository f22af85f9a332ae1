/** The sections of the bot form. */

import { h } from '../../dom.js';
import { __, sprintf } from '../../i18n.js';
import { amountField, checkField, choiceField, selectField, textField } from '../parts/fields.js';
import { chosenRobot } from '../bot-values.js';

const section = ( key, title, text, ...fields ) =>
	h(
		'section',
		{ class: 'trp-form__section', 'data-key': key },
		h( 'h2', {}, title ),
		h( 'p', {}, text ),
		fields
	);

const row = ( ...fields ) => h( 'div', { class: 'trp-form__row' }, fields );

export const aboutSection = ( { values } ) =>
	section(
		'about',
		__( 'Name', 'trading-robot-service' ),
		__( 'How you recognise this bot in the list.', 'trading-robot-service' ),
		textField( 'name', __( 'Name', 'trading-robot-service' ), {
			required: true,
			maxlength: 100,
			value: values.name,
			placeholder: __( 'BTC breakout', 'trading-robot-service' ),
			autocomplete: 'off',
		} ),
		textField( 'description', __( 'Description', 'trading-robot-service' ), {
			maxlength: 500,
			value: values.description || '',
			autocomplete: 'off',
		} )
	);

export function sourceSection( model ) {
	const { values, robots, redraw } = model;
	const none = ! robots.length;
	return section(
		'source',
		__( 'Where its signals come from', 'trading-robot-service' ),
		__( 'Your own alerts, or a robot that decides for you.', 'trading-robot-service' ),
		choiceField(
			'signal_source',
			__( 'Signals', 'trading-robot-service' ),
			[
				[
					'webhook',
					__( 'My alerts', 'trading-robot-service' ),
					__( 'TradingView or any program that can send a web request.', 'trading-robot-service' ),
				],
				[
					'robot',
					__( 'A robot', 'trading-robot-service' ),
					none
						? __( 'No robot is available right now.', 'trading-robot-service' )
						: __( 'A strategy from the marketplace.', 'trading-robot-service' ),
					none,
				],
			],
			{ value: values.signal_source, onchange: redraw }
		),
		values.signal_source === 'robot' && robotFields( model )
	);
}

function robotFields( model ) {
	const robot = chosenRobot( model );
	return selectField(
		'plugin_id',
		__( 'Robot', 'trading-robot-service' ),
		model.robots.map( ( { id, name } ) => [ id, name ] ),
		{ value: robot.id, hint: robot.description, onchange: model.redraw }
	);
}

export function marketSection( model ) {
	const { bot, values, redraw } = model;
	const robot = bot ? null : chosenRobot( model );
	const stocks = ( robot || values ).asset_type === 'stocks';
	return section(
		'market',
		__( 'What it trades', 'trading-robot-service' ),
		robot
			? sprintf(
					__( '%1$s trades %2$s.', 'trading-robot-service' ),
					robot.name,
					robot.symbols.join( ', ' )
				)
			: __( 'Alerts for other symbols are refused and kept in the log.', 'trading-robot-service' ),
		! bot &&
			! robot &&
			choiceField(
				'asset_type',
				__( 'Market', 'trading-robot-service' ),
				[
					[
						'crypto',
						__( 'Crypto', 'trading-robot-service' ),
						__( 'Coinbase spot pairs, around the clock.', 'trading-robot-service' ),
					],
					[
						'stocks',
						__( 'US stocks', 'trading-robot-service' ),
						__( 'Alpaca, in market hours.', 'trading-robot-service' ),
					],
				],
				{ value: values.asset_type, onchange: redraw }
			),
		! robot &&
			textField( 'symbols', __( 'Symbols', 'trading-robot-service' ), {
				value: values.symbols,
				placeholder: stocks ? 'AAPL, MSFT' : 'BTC-USD, ETH-USD',
				autocomplete: 'off',
				hint: __(
					'Separated by commas. Empty means all symbols of the market.',
					'trading-robot-service'
				),
			} ),
		stocks &&
			checkField(
				'extended_hours',
				__(
					'Also trade before the open and after the close, with limit orders',
					'trading-robot-service'
				),
				values.extended_hours
			)
	);
}

const SIZES = () => [
	[ 'fixed_amount', __( 'A fixed amount in dollars', 'trading-robot-service' ) ],
	[ 'percent_of_portfolio', __( 'A share of the bot’s equity', 'trading-robot-service' ) ],
	[ 'fixed_units', __( 'A fixed number of shares or coins', 'trading-robot-service' ) ],
	[ 'risk_amount', __( 'What is lost at the stop loss, in dollars', 'trading-robot-service' ) ],
	[ 'risk_percent', __( 'What is lost at the stop loss, of its equity', 'trading-robot-service' ) ],
	[ 'percent_of_position', __( 'A share of what it holds already', 'trading-robot-service' ) ],
];

export function sizeSection( { values, redraw } ) {
	const unit = {
		fixed_amount: { label: __( 'Amount per trade', 'trading-robot-service' ), before: '$' },
		percent_of_portfolio: { label: __( 'Share per trade', 'trading-robot-service' ), after: '%' },
		fixed_units: { label: __( 'Units per trade', 'trading-robot-service' ) },
		risk_amount: { label: __( 'Risk per trade', 'trading-robot-service' ), before: '$' },
		risk_percent: { label: __( 'Risk per trade', 'trading-robot-service' ), after: '%' },
		percent_of_position: { label: __( 'Share per trade', 'trading-robot-service' ), after: '%' },
	}[ values.sizing_type ];
	const { label, ...affix } = unit;
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
					...affix,
				} )
			)
		)
	);
}

const risk = ( name, label, values, options ) =>
	amountField( `risk_management.${ name }`, label, { name, value: values[ name ], ...options } );

export const riskSection = ( { values } ) =>
	section(
		'risk',
		__( 'Where it stops', 'trading-robot-service' ),
		__(
			'Limits the bot keeps, whatever an alert says. Leave empty what you do not need.',
			'trading-robot-service'
		),
		row(
			risk( 'stop_loss_percent', __( 'Stop loss', 'trading-robot-service' ), values, {
				after: '%',
				hint: __( 'Sells when a position has lost this much.', 'trading-robot-service' ),
			} ),
			risk( 'trailing_stop_percent', __( 'Trailing stop', 'trading-robot-service' ), values, {
				after: '%',
				hint: __( 'Follows the best price at this distance, instead.', 'trading-robot-service' ),
			} ),
			risk( 'take_profit_percent', __( 'Take profit', 'trading-robot-service' ), values, {
				after: '%',
				hint: __( 'Sells when a position has gained this much.', 'trading-robot-service' ),
			} )
		),
		row(
			risk( 'max_position_size', __( 'Largest position', 'trading-robot-service' ), values, {
				before: '$',
				hint: __( 'Value in one symbol.', 'trading-robot-service' ),
			} ),
			risk( 'max_daily_loss', __( 'Daily loss limit', 'trading-robot-service' ), values, {
				before: '$',
				hint: __( 'No new entries that day once it is reached.', 'trading-robot-service' ),
			} ),
			risk( 'max_open_positions', __( 'Open positions at most', 'trading-robot-service' ), values, {
				inputmode: 'numeric',
				hint: __( 'Symbols held at the same time.', 'trading-robot-service' ),
			} )
		),
		row(
			risk( 'max_orders_per_day', __( 'Entries a day at most', 'trading-robot-service' ), values, {
				inputmode: 'numeric',
			} ),
			risk( 'cool_down_seconds', __( 'Wait between entries', 'trading-robot-service' ), values, {
				inputmode: 'numeric',
				after: __( 's', 'trading-robot-service' ),
			} ),
			risk(
				'max_price_deviation_percent',
				__( 'Distance from the market at most', 'trading-robot-service' ),
				values,
				{
					after: '%',
					hint: __( 'Of an alert’s own limit or stop price.', 'trading-robot-service' ),
				}
			)
		)
	);

export const cashSection = ( { values } ) =>
	section(
		'cash',
		__( 'Paper money', 'trading-robot-service' ),
		__(
			'The bot trades with simulated money at market prices, with fees, spread and slippage.',
			'trading-robot-service'
		),
		row(
			amountField( 'starting_cash', __( 'Starting cash', 'trading-robot-service' ), {
				before: '$',
				required: true,
				value: values.starting_cash,
			} )
		)
	);
