/** Between a bot's JSON and the form's flat fields. Pure. */

import { executionOf, executionValues } from './execution-values.js';
import { tuningOf, tuningValues } from './tuning-values.js';

const RISKS = [
	'stop_loss_percent',
	'trailing_stop_percent',
	'take_profit_percent',
	'max_position_size',
	'max_daily_loss',
	'max_open_positions',
	'max_orders_per_day',
	'cool_down_seconds',
	'max_price_deviation_percent',
];
const COUNTS = [ 'max_open_positions', 'max_orders_per_day', 'cool_down_seconds' ];

export const EXCHANGES = { crypto: 'coinbase', stocks: 'alpaca' };

const NEW_BOT = {
	name: '',
	description: '',
	signal_source: 'webhook',
	plugin_id: '',
	asset_type: 'crypto',
	symbols: [],
	position_sizing: { type: 'fixed_amount', value: '1000' },
	risk_management: {},
	execution: {},
	starting_cash: '100000',
};

/** What the form shows for a bot, or for a new one. */
export function formValues( bot ) {
	const {
		position_sizing: sizing,
		risk_management: risk,
		execution,
		robot_parameters: parameters,
		symbols,
		...rest
	} = { ...NEW_BOT, ...bot };
	return {
		...rest,
		symbols: ( symbols || [] ).join( ', ' ),
		sizing_type: sizing.type,
		sizing_value: sizing.value,
		...executionValues( execution ),
		...tuningValues( parameters ),
		...Object.fromEntries( RISKS.map( ( name ) => [ name, risk?.[ name ] ?? '' ] ) ),
	};
}

/** The robot the form has chosen, null for alerts. */
export const chosenRobot = ( { robots, values } ) =>
	values.signal_source === 'robot'
		? robots.find( ( robot ) => robot.id === values.plugin_id ) || robots[ 0 ]
		: null;

/** '$1,000' and '1 000' are the number 1000; anything else goes to the server as typed. */
export const amount = ( text ) => String( text ?? '' ).replace( /[$%\s_]|,(?=\d{3}\b)/g, '' );

export const symbolList = ( text ) =>
	String( text || '' )
		.split( /[\s,;]+/ )
		.filter( Boolean )
		.map( ( symbol ) => symbol.toUpperCase() );

const filled = ( entries ) =>
	Object.fromEntries( entries.filter( ( [ , value ] ) => value !== '' ) );

/**
 * The request's body. A robot brings its own venue; an edit leaves out what cannot change. `tuned`:
 * the robot whose settings the form shows.
 */
export function requestBody( values, { robot, bot, tuned } = {} ) {
	const body = {
		name: values.name.trim(),
		description: ( values.description || '' ).trim(),
		symbols: robot ? robot.symbols : symbolList( values.symbols ),
		position_sizing: { type: values.sizing_type, value: amount( values.sizing_value ) },
		risk_management: riskOf( values ),
		execution: executionOf( values ),
		...( tuned && { robot_parameters: tuningOf( tuned, values, amount ) } ),
	};
	return bot ? body : { ...body, ...creationOnly( values, robot ) };
}

function riskOf( values ) {
	return filled( RISKS.map( ( name ) => [ name, counted( name, amount( values[ name ] ) ) ] ) );
}

/* What counts goes to the server as a number; what is none of it goes as typed, to be refused there. */
const counted = ( name, text ) =>
	COUNTS.includes( name ) && /^\d+$/.test( text ) ? Number( text ) : text;

function creationOnly( values, robot ) {
	const assetType = robot ? robot.asset_type : values.asset_type;
	const source = robot
		? { signal_source: 'robot', plugin_id: robot.id }
		: { signal_source: 'webhook' };
	return {
		...source,
		asset_type: assetType,
		exchange: EXCHANGES[ assetType ],
		trading_mode: 'paper',
		...filled( [ [ 'starting_cash', amount( values.starting_cash ) ] ] ),
	};
}
