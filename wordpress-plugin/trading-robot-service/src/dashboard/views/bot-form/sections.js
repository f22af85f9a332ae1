/** Parts of the bot form: what it is called, what it follows and trades, and its paper money. */

import { h } from '../../../dom.js';
import { __, sprintf } from '../../../i18n.js';
import { chosenRobot } from '../../bot-values.js';
import { amountField, choiceField, selectField, textField } from '../../parts/fields.js';
import { botLink } from '../../router.js';

export const section = ( key, title, text, ...fields ) =>
	h(
		'section',
		{ class: 'trp-form__section', 'data-key': key },
		h( 'h2', {}, title ),
		h( 'p', {}, text ),
		fields
	);

export const row = ( ...fields ) => h( 'div', { class: 'trp-form__row' }, fields );

export const aboutSection = ( { values } ) =>
	section(
		'about',
		__( 'Name', 'trading-robot-service' ),
		__( 'How you recognise this bot in the list.', 'trading-robot-service' ),
		textField( 'name', __( 'Name', 'trading-robot-service' ), {
			required: true,
			maxlength: 120,
			value: values.name,
			placeholder: __( 'BTC breakout', 'trading-robot-service' ),
			autocomplete: 'off',
		} ),
		textField( 'description', __( 'Description', 'trading-robot-service' ), {
			maxlength: 2000,
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
			} )
	);
}

export const capitalSection = ( { bot } ) =>
	section(
		'capital',
		__( 'Capital', 'trading-robot-service' ),
		__( 'Money is put in and taken out on the bot’s own page.', 'trading-robot-service' ),
		h(
			'p',
			{},
			h(
				'a',
				{ href: botLink( bot.id, 'settings' ) },
				__( 'Change its capital', 'trading-robot-service' )
			)
		)
	);

export const cashSection = ( { values } ) =>
	section(
		'cash',
		__( 'Capital', 'trading-robot-service' ),
		__(
			'The bot trades with simulated money at market prices, with fees, spread and slippage. Later you can put more in or take some out.',
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
