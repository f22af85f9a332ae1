import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repairWords } from '../../wordpress-plugin/trading-robot-service/src/dashboard/drift-words.js';
import {
	consequences,
	haltText,
} from '../../wordpress-plugin/trading-robot-service/src/dashboard/halt-words.js';
import { preferenceRows } from '../../wordpress-plugin/trading-robot-service/src/dashboard/notify-words.js';
import {
	heldByText,
	legTitle,
	levelsText,
	orderText,
} from '../../wordpress-plugin/trading-robot-service/src/dashboard/order-words.js';
import { sizingSteps } from '../../wordpress-plugin/trading-robot-service/src/dashboard/sizing-words.js';
import { accountsFor } from '../../wordpress-plugin/trading-robot-service/src/dashboard/views/bot-place.js';

const BRACKET = { type: 'bracket', stop_price: '90', stop_limit_price: '89', limit_price: '110' };

test( 'each step of a stop says what it does, and only the last one sells', () => {
	const [ entries, cancel, flatten ] = [ 'entries', 'cancel', 'flatten' ].map( ( level ) =>
		consequences( level, 'Night owl', 2 ).join( ' ' )
	);
	assert.match( entries, /^Night owl: no new position/ );
	assert.doesNotMatch( entries, /cancelled|closed/ );
	assert.match( cancel, /Entry orders that wait are cancelled\. Stop losses and take profits stay/ );
	assert.match( flatten, /2 open positions are closed at the market’s price/ );
	assert.doesNotMatch( flatten, /stay in place/ );
} );

test( 'a stop names who ordered it and why', () => {
	const halt = { scope: 'platform', by: 'operator', level: 'entries', ordered_at: '2020-01-01T00:00:00Z', reason: 'Upkeep' };
	assert.match( haltText( halt ), /^The operator stopped trading for everybody at .*: no new entries\. Reason: Upkeep$/ );
	assert.match( haltText( { ...halt, by: 'you', scope: 'user', reason: null } ), /^You stopped all your bots at / );
} );

test( 'an order says each price it waits for, and where it rests', () => {
	assert.equal( levelsText( BRACKET ), 'stop $90.00, stop limit $89.00, limit $110.00' );
	const order = { side: 'buy', quantity: '0.5', symbol: 'BTC-USD', type: 'limit', limit_price: '100', time_in_force: 'gtc', venue: 'coinbase' };
	assert.equal( orderText( order ), 'Buy 0.5 BTC-USD: Limit, limit $100.00, until cancelled, at Coinbase' );
	assert.equal( legTitle( 'take_profit_2' ), 'Take profit' );
	assert.equal( heldByText( 'venue', 'alpaca' ), 'Rests at Alpaca' );
	assert.equal( heldByText( 'platform', 'alpaca' ), 'Watched here, sent when reached' );
} );

test( 'a repair says whether something is bought, sold or cancelled', () => {
	const drift = { kind: 'position', symbol: 'BTC-USD', account: { label: 'Mine' } };
	assert.match( repairWords( drift, 'broker' ).body, /what Mine shows.*Nothing is bought or sold/ );
	assert.match( repairWords( drift, 'ours' ).body, /An order for BTC-USD is sent to Mine/ );
	assert.match( repairWords( drift, 'outside' ).body, /no order is sent/ );
	assert.match( repairWords( { ...drift, kind: 'unknown_order' }, 'broker' ).body, /cancelled at Mine/ );
} );

test( 'the arithmetic of a size is shown in its order, and what is unknown is left out', () => {
	const steps = sizingSteps( { quantity: '0.05', secret: '1', price: '50000', rule: 'fixed_amount' } );
	assert.deepEqual( steps, [
		[ 'Sized by', 'the bot’s fixed amount' ],
		[ 'Price', '$50,000.00' ],
		[ 'Quantity', '0.05' ],
	] );
	assert.deepEqual( sizingSteps( undefined ), [] );
} );

test( 'preferences become one row for each event', () => {
	const rows = preferenceRows( [
		{ event: 'fill', channel: 'mail', wanted: false },
		{ event: 'fill', channel: 'c1', wanted: true },
		{ event: 'dead', channel: 'mail', wanted: true },
	] );
	assert.deepEqual( rows, [ [ 'fill', { mail: false, c1: true } ], [ 'dead', { mail: true } ] ] );
} );

test( 'a bot goes only to accounts of its broker that may trade and have their keys', () => {
	const account = { id: 1, broker: 'coinbase', environment: 'live', status: 'active', permissions: 'trade' };
	const others = [
		{ ...account, broker: 'alpaca' },
		{ ...account, environment: 'paper' },
		{ ...account, status: 'revoked' },
		{ ...account, permissions: 'read' },
	];
	assert.deepEqual( accountsFor( { exchange: 'coinbase' }, [ account, ...others ], 'live' ), [ account ] );
} );
