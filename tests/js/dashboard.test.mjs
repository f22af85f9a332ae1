import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrors } from '../../wordpress-plugin/trading-robot-service/src/dashboard/api.js';
import {
	amount,
	chosenRobot,
	formValues,
	requestBody,
	symbolList,
} from '../../wordpress-plugin/trading-robot-service/src/dashboard/bot-values.js';
import { parseRoute } from '../../wordpress-plugin/trading-robot-service/src/dashboard/router.js';
import { summaryLines } from '../../wordpress-plugin/trading-robot-service/src/dashboard/views/bot-summary.js';
import { nextDelay } from '../../wordpress-plugin/trading-robot-service/src/polling.js';

const ROBOT = { id: 'tsla', name: 'TSLA', asset_type: 'stocks', symbols: [ 'TSLA' ] };

test( 'addresses lead to screens, and unknown ones to the overview', () => {
	assert.deepEqual( parseRoute( '' ), { name: 'overview' } );
	assert.deepEqual( parseRoute( '#/nothing' ), { name: 'overview' } );
	assert.deepEqual( parseRoute( '#/bots/new' ), { name: 'new' } );
	assert.deepEqual( parseRoute( '#/bots/7/edit' ), { name: 'edit', id: '7' } );
	assert.deepEqual( parseRoute( '#/bots/7/trades' ), { name: 'bot', id: '7', tab: 'trades' } );
	assert.deepEqual( parseRoute( '#/bots/7/x' ), { name: 'bot', id: '7', tab: 'overview' } );
} );

test( 'an address that is not valid leads to the overview', () => {
	assert.deepEqual( parseRoute( '#/bots/%E0%A4%A' ), { name: 'overview' } );
} );

test( 'amounts lose their dollar signs and thousands, and nothing else', () => {
	assert.equal( amount( '$1,000.50' ), '1000.50' );
	assert.equal( amount( '5 %' ), '5' );
	assert.equal( amount( '1,5' ), '1,5' );
	assert.equal( amount( 'abc' ), 'abc' );
} );

test( 'symbols come apart at commas and spaces', () => {
	assert.deepEqual( symbolList( 'btc-usd, ETH-USD\nsol-usd' ), [ 'BTC-USD', 'ETH-USD', 'SOL-USD' ] );
	assert.deepEqual( symbolList( ' ' ), [] );
} );

test( 'a new bot names its venue and sends only the limits that were set', () => {
	const body = requestBody( { ...formValues( null ), name: ' A ', stop_loss_percent: '2%', max_open_positions: '3' } );
	assert.equal( body.name, 'A' );
	assert.equal( body.exchange, 'coinbase' );
	assert.equal( body.trading_mode, 'paper' );
	assert.deepEqual( body.risk_management, { stop_loss_percent: '2', max_open_positions: 3 } );
} );

test( 'a robot brings its market and its symbols', () => {
	const values = { ...formValues( null ), name: 'A', signal_source: 'robot', plugin_id: 'tsla' };
	const robot = chosenRobot( { robots: [ ROBOT ], values } );
	const body = requestBody( values, { robot } );
	assert.equal( body.exchange, 'alpaca' );
	assert.equal( body.plugin_id, 'tsla' );
	assert.deepEqual( body.symbols, [ 'TSLA' ] );
} );

test( 'an edit that changes nothing sends back what the bot had', () => {
	const execution = {
		extended_hours: true,
		allow_short: true,
		usdt_is_usd: false,
		trading_windows: [ { days: [ 'sat' ], start: '22:00', end: '02:00' } ],
		time_zone: 'Europe/Berlin',
		when_closed: 'refuse',
		max_signal_age_seconds: 60,
		dedupe_id_seconds: 0,
		dedupe_body_seconds: 5,
		allowed_senders: [ '203.0.113.0/24', '52.89.214.238' ],
	};
	const bot = { name: 'A', symbols: [], position_sizing: { type: 'fixed_units', value: '1' }, execution };
	const body = requestBody( { ...formValues( bot ) }, { bot } );
	assert.deepEqual( body.execution, execution );
	assert.ok( ! ( 'starting_cash' in body ) );
} );

test( 'nested messages of the service are found by their field', () => {
	const details = { fields: { json: { name: [ 'Too long.' ], position_sizing: { value: [ 'Must be above 0.' ] } } } };
	assert.deepEqual( fieldErrors( details ), { name: 'Too long.', 'position_sizing.value': 'Must be above 0.' } );
	assert.deepEqual( fieldErrors( {} ), {} );
} );

const MINUTE = 60000;
const QUIET = { interval: 5000, lively: 2000, failures: 0 };

test( 'reading is quick while someone looks and slows down when nobody is there', () => {
	assert.equal( nextDelay( { ...QUIET, idleFor: MINUTE } ), 2000 );
	assert.equal( nextDelay( { ...QUIET, idleFor: 4 * MINUTE } ), 5000 );
	assert.equal( nextDelay( { ...QUIET, idleFor: 31 * MINUTE } ), 15000 );
	assert.equal( nextDelay( { interval: 30000, failures: 0, idleFor: 0 } ), 30000 );
} );

test( 'reading slows down after failures', () => {
	assert.equal( nextDelay( { ...QUIET, failures: 1, idleFor: 0 } ), 10000 );
	assert.equal( nextDelay( { ...QUIET, failures: 9, idleFor: 0 } ), 60000 );
} );

test( 'the summary says in words what the form says in figures', () => {
	const values = { ...formValues(), symbols: 'btc-usd', stop_loss_percent: '2', };
	const lines = summaryLines( { ...values, take_profit_percent: '4.5', max_daily_loss: '$1,500' }, null );
	assert.deepEqual( lines, [
		'Trades when one of your alerts says so.',
		'Trades BTC-USD, around the clock.',
		'Puts $1,000.00 into each entry.',
		'Sells when a position has lost 2% or gained 4.5%.',
		'Makes no new entries on a day that has lost $1,500.00.',
		'Starts with $100,000.00 of simulated money.',
	] );
} );

test( 'the summary names what is missing', () => {
	const lines = summaryLines( { ...formValues(), sizing_value: '0' }, ROBOT ).join( ' ' );
	assert.match( lines, /Trades TSLA, in market hours\./ );
	assert.match( lines, /Still needs a size/ );
	assert.match( lines, /No stop loss/ );
} );
