/** What a bot will do, in plain words, while its form is being filled in. */

import { h } from '../../dom.js';
import { money, quantity } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { amount, symbolList } from '../bot-values.js';
import { hoursText } from '../time-words.js';

const positive = ( text ) => {
	const value = Number( amount( text ) );
	return String( text ?? '' ).trim() !== '' && value > 0 ? value : null;
};

const share = ( value ) => `${ quantity( value ) }%`;

function sourceLine( { signal_source: source }, robot ) {
	if ( source !== 'robot' ) {
		return __( 'Trades when one of your alerts says so.', 'trading-robot-service' );
	}
	return robot
		? sprintf( __( '%s decides when to trade.', 'trading-robot-service' ), robot.name )
		: __( 'Its robot decides when to trade.', 'trading-robot-service' );
}

function marketLine( values, robot ) {
	const stocks = ( robot || values ).asset_type === 'stocks';
	const symbols = robot ? robot.symbols : symbolList( values.symbols );
	const all = stocks
		? __( 'any US stock', 'trading-robot-service' )
		: __( 'any crypto pair of Coinbase', 'trading-robot-service' );
	const hours = {
		crypto: __( 'around the clock', 'trading-robot-service' ),
		stocks: __( 'in market hours', 'trading-robot-service' ),
		extended: __( 'in market hours and around them', 'trading-robot-service' ),
	};
	const when = stocks && values.extended_hours ? 'extended' : stocks ? 'stocks' : 'crypto';
	return sprintf(
		__( 'Trades %1$s, %2$s.', 'trading-robot-service' ),
		symbols.length ? symbols.join( ', ' ) : all,
		hours[ when ]
	);
}

function sizeLine( { sizing_type: type, sizing_value: text } ) {
	const value = positive( text );
	if ( value === null ) {
		return __( 'Still needs a size for its trades.', 'trading-robot-service' );
	}
	return {
		fixed_amount: () =>
			sprintf( __( 'Puts %s into each entry.', 'trading-robot-service' ), money( value ) ),
		percent_of_portfolio: () =>
			sprintf(
				__( 'Puts %s of its equity into each entry.', 'trading-robot-service' ),
				share( value )
			),
		risk_amount: () =>
			sprintf(
				__( 'Risks %s at its stop loss with each entry.', 'trading-robot-service' ),
				money( value )
			),
		risk_percent: () =>
			sprintf(
				__( 'Risks %s of its equity at its stop loss with each entry.', 'trading-robot-service' ),
				share( value )
			),
		percent_of_position: () =>
			sprintf( __( 'Adds %s of what it holds.', 'trading-robot-service' ), share( value ) ),
		fixed_units: () =>
			sprintf( __( 'Trades %s units at each entry.', 'trading-robot-service' ), quantity( value ) ),
	}[ type ]();
}

function exitLine( values ) {
	const { stop_loss_percent: stop, take_profit_percent: take } = values;
	const [ loss, gain ] = [ positive( stop ), positive( take ) ];
	if ( positive( values.trailing_stop_percent ) ) {
		return trailLine( positive( values.trailing_stop_percent ), gain );
	}
	if ( loss && gain ) {
		return sprintf(
			__( 'Sells when a position has lost %1$s or gained %2$s.', 'trading-robot-service' ),
			share( loss ),
			share( gain )
		);
	}
	if ( loss ) {
		return sprintf(
			__( 'Sells when a position has lost %s.', 'trading-robot-service' ),
			share( loss )
		);
	}
	const open = __(
		'No stop loss: a losing position stays open until a signal closes it.',
		'trading-robot-service'
	);
	return gain
		? `${ sprintf(
				__( 'Sells when a position has gained %s.', 'trading-robot-service' ),
				share( gain )
		  ) } ${ open }`
		: open;
}

const trailLine = ( trail, gain ) =>
	[
		sprintf(
			__( 'Sells when a position falls %s below its best price.', 'trading-robot-service' ),
			share( trail )
		),
		gain &&
			sprintf(
				__( 'Sells when a position has gained %s.', 'trading-robot-service' ),
				share( gain )
			),
	]
		.filter( Boolean )
		.join( ' ' );

function limitLines( values ) {
	const lines = {
		max_position_size: [ __( 'Holds at most %s in one symbol.', 'trading-robot-service' ), money ],
		max_open_positions: [
			__( 'Holds at most %s symbols at a time.', 'trading-robot-service' ),
			quantity,
		],
		max_daily_loss: [
			__( 'Makes no new entries on a day that has lost %s.', 'trading-robot-service' ),
			money,
		],
	};
	return Object.entries( lines )
		.map( ( [ name, [ text, show ] ] ) => [ text, show, positive( values[ name ] ) ] )
		.filter( ( [ , , value ] ) => value !== null )
		.map( ( [ text, show, value ] ) => sprintf( text, show( value ) ) );
}

function cashLine( { starting_cash: text, trading_mode: mode } ) {
	if ( mode === 'live' ) {
		return __( 'Trades with real money.', 'trading-robot-service' );
	}
	const value = positive( text );
	return value === null
		? __( 'Uses simulated money only.', 'trading-robot-service' )
		: sprintf(
				__( 'Starts with %s of simulated money.', 'trading-robot-service' ),
				money( value )
		  );
}

function hoursLine( { trading_windows: windows, time_zone: zone } ) {
	return windows?.length
		? [
				sprintf(
					__( 'Opens positions only at these times: %s.', 'trading-robot-service' ),
					hoursText( { trading_windows: windows, time_zone: zone } )
				),
		  ]
		: [];
}

const shortLine = ( values, robot ) =>
	values.allow_short && ( robot || values ).asset_type === 'stocks'
		? [ __( 'May sell short.', 'trading-robot-service' ) ]
		: [];

/** One sentence for each thing the form says. */
export const summaryLines = ( values, robot ) => [
	sourceLine( values, robot ),
	marketLine( values, robot ),
	...hoursLine( values ),
	...shortLine( values, robot ),
	sizeLine( values ),
	exitLine( values ),
	...limitLines( values ),
	cashLine( values ),
];

export const summaryCard = ( values, robot ) => [
	h( 'h2', {}, values.name?.trim() || __( 'This bot', 'trading-robot-service' ) ),
	h(
		'ul',
		{},
		summaryLines( values, robot ).map( ( line ) => h( 'li', {}, line ) )
	),
];
