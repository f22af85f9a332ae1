/** A bot's configuration in plain words, and where it trades. */

import { h } from '../../dom.js';
import { localDate, money, percent, quantity } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { actionButton, setStatus } from '../parts/actions.js';
import { capitalPanel } from '../parts/capital.js';
import { factList, panel } from '../parts/figures.js';
import { row, rows } from '../parts/rows.js';
import { editLink } from '../router.js';
import { durationText, hoursText } from '../time-words.js';
import { tuningFacts } from '../tuning-values.js';
import { placePanel } from './bot-place.js';

/* Robots stay what they are while the page is open. */
export async function settingsOf( ctx, id, last ) {
	const [ { trading_accounts: accounts }, { robots }, { parameters: tuning } ] = await Promise.all( [
		ctx.api.get( 'trading-accounts', { limit: 100 } ),
		last?.robots ? last : ctx.api.get( 'robots' ),
		last?.tuning ? { parameters: last.tuning } : ctx.api.get( 'robot-access' ),
	] );
	return { accounts, robots, tuning };
}

export function settingsTab( { bot, accounts, robots, tuning }, ctx ) {
	const robot = robots.find( ( { id } ) => id === bot.plugin_id );
	return [
		panel(
			__( 'Configuration', 'trading-robot-service' ),
			h(
				'a',
				{ class: 'trp-button trp-button--small', href: editLink( bot.id ) },
				__( 'Edit', 'trading-robot-service' )
			),
			h( 'div', { class: 'trp-card trp-fact-groups' }, groups( bot, robot, tuning ).map( group ) )
		),
		capitalPanel( bot, ctx ),
		placePanel( bot, accounts, ctx ),
		bot.status !== 'stopped' && offPanel( bot, ctx ),
	];
}

const offPanel = ( bot, ctx ) =>
	panel(
		__( 'Turn it off', 'trading-robot-service' ),
		null,
		rows(
			row( {
				key: 'off',
				title: __( 'Take no alerts at all', 'trading-robot-service' ),
				text: __(
					'Not even exits: they are kept in the log and do not trade. What guards open positions stays. To stop in steps, use Stop above.',
					'trading-robot-service'
				),
				actions: actionButton(
					__( 'Turn off', 'trading-robot-service' ),
					() => setStatus( bot, 'stopped', ctx ),
					ctx,
					{ kind: 'small danger' }
				),
			} )
		)
	);

const group = ( [ title, facts ] ) => h( 'section', {}, h( 'h3', {}, title ), factList( facts ) );

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

const yesNo = ( value ) =>
	value ? __( 'Yes', 'trading-robot-service' ) : __( 'No', 'trading-robot-service' );

const groups = ( bot, robot, tuning ) => [
	[ __( 'What it trades', 'trading-robot-service' ), basics( bot, robot ) ],
	...( robot?.parameters.length
		? [
				[
					__( 'How the robot decides', 'trading-robot-service' ),
					tuningFacts( robot, bot.robot_parameters, tuning ),
				],
		  ]
		: [] ),
	[ __( 'Where it stops', 'trading-robot-service' ), limits( bot.risk_management ) ],
	[ __( 'When and how it trades', 'trading-robot-service' ), manners( bot ) ],
];

const basics = ( bot, robot ) => [
	[
		__( 'Signals from', 'trading-robot-service' ),
		bot.signal_source === 'robot'
			? sprintf( __( 'Robot %s', 'trading-robot-service' ), robot?.name || bot.plugin_id )
			: __( 'Your alerts, by webhook', 'trading-robot-service' ),
	],
	[
		__( 'Symbols', 'trading-robot-service' ),
		bot.symbols.length
			? bot.symbols.join( ', ' )
			: __( 'All the venue offers', 'trading-robot-service' ),
	],
	[ __( 'Position size', 'trading-robot-service' ), sizingText( bot.position_sizing ) ],
	[ __( 'Starting cash', 'trading-robot-service' ), money( bot.starting_cash ) ],
	[ __( 'Created', 'trading-robot-service' ), localDate( bot.created_at ) ],
];

const limits = ( risk ) => [
	[ __( 'Stop loss', 'trading-robot-service' ), orNone( risk.stop_loss_percent, percent ) ],
	[ __( 'Trailing stop', 'trading-robot-service' ), orNone( risk.trailing_stop_percent, percent ) ],
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
		orNone( risk.cool_down_seconds, durationText ),
	],
	[
		__( 'Distance from the market at most', 'trading-robot-service' ),
		orNone( risk.max_price_deviation_percent, percent ),
	],
];

function manners( { asset_type: market, signal_source: source, execution } ) {
	return [
		[ __( 'Hours for entries', 'trading-robot-service' ), hoursText( execution ) ],
		...( market === 'stocks'
			? stockManners( execution )
			: [
					[ __( 'USDT counts as USD', 'trading-robot-service' ), yesNo( execution.usdt_is_usd ) ],
			  ] ),
		...( source === 'webhook' ? alertManners( execution ) : [] ),
	];
}

const stockManners = ( execution ) => [
	[ __( 'Extended hours', 'trading-robot-service' ), yesNo( execution.extended_hours ) ],
	[ __( 'Short sales', 'trading-robot-service' ), yesNo( execution.allow_short ) ],
	[
		__( 'Entry while closed', 'trading-robot-service' ),
		execution.when_closed === 'refuse'
			? __( 'Refused', 'trading-robot-service' )
			: __( 'Waits for the open', 'trading-robot-service' ),
	],
];

const alertManners = ( execution ) => [
	[
		__( 'Oldest entry it takes', 'trading-robot-service' ),
		durationText( execution.max_signal_age_seconds ),
	],
	[
		__( 'Same order id is a repeat for', 'trading-robot-service' ),
		durationText( execution.dedupe_id_seconds ),
	],
	[
		__( 'Same text is a repeat for', 'trading-robot-service' ),
		durationText( execution.dedupe_body_seconds ),
	],
	[
		__( 'Only takes alerts from', 'trading-robot-service' ),
		execution.allowed_senders.length
			? execution.allowed_senders.join( ', ' )
			: __( 'Anywhere', 'trading-robot-service' ),
	],
];
