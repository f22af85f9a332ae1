import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { formValues, requestBody } from '../../wordpress-plugin/trading-robot-service/src/dashboard/bot-values.js';
import {
	executionOf,
	executionValues,
	readEntries,
	TRADINGVIEW,
} from '../../wordpress-plugin/trading-robot-service/src/dashboard/execution-values.js';
import { exampleAlert } from '../../wordpress-plugin/trading-robot-service/src/dashboard/size-example.js';
import {
	durationText,
	hoursText,
} from '../../wordpress-plugin/trading-robot-service/src/dashboard/time-words.js';
import {
	boundsText,
	tuningFacts,
} from '../../wordpress-plugin/trading-robot-service/src/dashboard/tuning-values.js';

const SETTINGS = new URL( '../../backend/tradingrobotplug/bots/settings.py', import.meta.url );

test( 'a filled form is read with its rows of hours, and a switch that is off is off', () => {
	const entries = [
		[ 'name', 'A' ],
		[ 'allow_short', 'on' ],
		[ 'window.7.days', 'mon' ],
		[ 'window.7.days', 'fri' ],
		[ 'window.7.start', '09:30' ],
		[ 'window.7.end', '16:00' ],
		[ 'window.9.start', '20:00' ],
		[ 'window.9.end', '21:00' ],
	];
	assert.deepEqual( readEntries( entries, [ 'allow_short', 'extended_hours' ] ), {
		name: 'A',
		allow_short: true,
		extended_hours: false,
		trading_windows: [
			{ key: '7', days: [ 'mon', 'fri' ], start: '09:30', end: '16:00' },
			{ key: '9', days: [], start: '20:00', end: '21:00' },
		],
	} );
} );

test( 'an empty number means the usual one, and what is no number is left to the service', () => {
	const values = { ...executionValues( null ), dedupe_id_seconds: ' ', max_signal_age_seconds: 'two' };
	const { dedupe_id_seconds: id, max_signal_age_seconds: age } = executionOf( values );
	assert.equal( id, undefined );
	assert.equal( age, 'two' );
} );

test( 'the addresses of TradingView are those that the service names', () => {
	const [ , list ] = /TRADINGVIEW = \((.*)\)/.exec( readFileSync( SETTINGS, 'utf8' ) );
	assert.deepEqual( TRADINGVIEW, list.split( ', ' ).map( ( text ) => text.slice( 1, -1 ) ) );
} );

test( 'the example alert asks for the size that the form says', () => {
	const values = { ...formValues( null ), symbols: 'eth-usd, btc-usd', sizing_type: 'risk_percent', sizing_value: '1.5 %', stop_loss_percent: '2' };
	assert.deepEqual( JSON.parse( exampleAlert( values ) ), {
		action: 'buy',
		symbol: 'ETH-USD',
		quantity: '1.5',
		quantityType: 'risk_percent',
		stopLoss: '2%',
	} );
	assert.deepEqual( JSON.parse( exampleAlert( { ...values, trailing_stop_percent: '3' } ) ).stopLoss, {
		type: 'trailing_stop',
		trailPercent: '3',
	} );
	assert.equal( exampleAlert( { ...values, sizing_value: '' } ), null );
} );

test( 'hours and durations are said in words', () => {
	const windows = [
		{ days: [ 'mon', 'tue', 'wed' ], start: '09:30', end: '16:00' },
		{ days: [ 'sun', 'fri' ], start: '22:00', end: '02:00' },
	];
	assert.equal(
		hoursText( { trading_windows: windows, time_zone: 'America/New_York' } ),
		'Mon–Wed 09:30–16:00; Fri, Sun 22:00–02:00 (New York)'
	);
	assert.deepEqual( [ 86400, 7200, 120, 90, 0 ].map( durationText ), [ '1 d', '2 h', '2 min', '90 s', '0 s' ] );
} );

const ROBOT = {
	id: 'swing',
	parameters: [
		{ name: 'fast', title: 'Fast', level: 'advanced', whole: true, default: '9', minimum: '3', maximum: '20' },
		{ name: 'stop', title: 'Stop', level: 'basic', whole: false, default: '3', minimum: '1', maximum: '10' },
	],
};

test( 'settings of a robot are sent as far as they are filled in, and kept where they are locked', () => {
	const bot = { plugin_id: 'swing', signal_source: 'robot', robot_parameters: { fast: '12' } };
	const values = { ...formValues( bot ), 'robot_parameters.stop': ' 4.5 ' };
	const body = requestBody( values, { bot, robot: null, tuned: ROBOT } );
	assert.deepEqual( body.robot_parameters, { fast: '12', stop: '4.5' } );
	assert.equal( 'robot_parameters' in requestBody( values, { bot } ), false );
} );

test( 'a setting that the plan leaves out says so, and what is used instead', () => {
	const access = { basic: { allowed: true }, advanced: { allowed: false } };
	assert.deepEqual( tuningFacts( ROBOT, { fast: '12', stop: '4.5' }, access ), [
		[ 'Fast', '9, because your plan leaves out your 12' ],
		[ 'Stop', '4.5 instead of 3' ],
	] );
	assert.deepEqual( tuningFacts( ROBOT, {}, access )[ 1 ], [ 'Stop', '3' ] );
	assert.equal( boundsText( ROBOT.parameters[ 0 ] ), 'Usually 9. A whole number from 3 to 20.' );
} );
