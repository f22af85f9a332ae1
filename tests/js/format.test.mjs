import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
	localTime,
	money,
	percent,
	price,
	quantity,
	ratio,
	signedMoney,
	signedPercent,
	tone,
	utcTime,
} from '../../wordpress-plugin/trading-robot-service/src/format.js';

test( 'an amount is shown in dollars with a real minus sign', () => {
	assert.equal( money( '1234.5' ), '$1,234.50' );
	assert.equal( money( '-0.4' ), '\u2212$0.40' );
} );

test( 'a profit and a loss carry their sign, zero carries none', () => {
	assert.equal( signedMoney( '12' ), '+$12.00' );
	assert.equal( signedMoney( -12 ), '\u2212$12.00' );
	assert.equal( signedMoney( 0 ), '$0.00' );
	assert.equal( signedPercent( 1.234 ), '+1.23%' );
} );

test( 'a figure that does not exist is a dash and never zero', () => {
	assert.equal( ratio( null ), '\u2013' );
	assert.equal( percent( undefined ), '\u2013' );
	assert.equal( money( '' ), '\u2013' );
	assert.equal( tone( null ), '' );
} );

test( 'a small price keeps the digits that matter', () => {
	assert.equal( price( '0.152345' ), '$0.152345' );
	assert.equal( price( '64213.55' ), '$64,213.55' );
	assert.equal( quantity( '0.077800000' ), '0.0778' );
} );

test( 'the tone follows the sign', () => {
	assert.equal( tone( '0.01' ), 'up' );
	assert.equal( tone( -3 ), 'down' );
	assert.equal( tone( '0' ), '' );
} );

test( 'a time of another day carries its date', () => {
	const now = new Date( 2026, 0, 5, 12 );
	assert.doesNotMatch( localTime( new Date( 2026, 0, 5, 9 ).toISOString(), now ), /Jan/ );
	assert.match( localTime( new Date( 2026, 0, 4, 9 ).toISOString(), now ), /Jan 4/ );
	assert.equal( utcTime( '2026-01-05T15:00:03Z' ), '2026-01-05 15:00:03 UTC' );
} );

test( 'what rounds to nothing has no sign', () => {
	assert.equal( percent( -0.001, 2 ), '0.00%' );
	assert.equal( signedMoney( -0.004 ), '$0.00' );
	assert.equal( tone( 0.001 ), '' );
	assert.equal( percent( -0.004, 3 ), '\u22120.004%' );
} );
