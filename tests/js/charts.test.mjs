import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moved } from '../../wordpress-plugin/trading-robot-service/src/charts/cursor.js';
import {
	columns,
	histogram,
	niceStep,
	ordered,
	yRange,
} from '../../wordpress-plugin/trading-robot-service/src/charts/series.js';
import { axisTime, axisValue, pointText } from '../../wordpress-plugin/trading-robot-service/src/charts/text.js';

test( 'points are sorted, and the later of two at one moment counts', () => {
	assert.deepEqual( ordered( [ [ 2, 5 ], [ 1, 4 ], [ 2, 6 ], [ 3, 'x' ] ] ), [ [ 1, 4 ], [ 2, 6 ] ] );
} );

test( 'a step is one, two or five times a power of ten', () => {
	assert.equal( niceStep( 100, 12 ), 10 );
	assert.equal( niceStep( 260, 12 ), 50 );
	assert.equal( niceStep( 0.9, 12 ), 0.1 );
} );

test( 'every trade is in exactly one bin and no bin spans zero', () => {
	const values = [ -130, -20, -0.5, 3, 4, 88, 212 ];
	const { width, bins } = histogram( values );
	assert.equal( bins.reduce( ( sum, [ , n ] ) => sum + n, 0 ), values.length );
	assert.ok( bins.every( ( [ middle ] ) => Math.abs( middle ) >= width / 2 ) );
} );

test( 'no trades give no bins', () => {
	assert.deepEqual( columns( 'distribution', [] ), [ [], [], [] ] );
} );

test( 'gains and losses become two series of bars', () => {
	assert.deepEqual( columns( 'returns', [ [ 1, 0.5 ], [ 2, -0.2 ] ] ), [ [ 1, 2 ], [ 0.5, null ], [ null, -0.2 ] ] );
} );

test( 'a drawdown hangs from zero and a flat curve still has height', () => {
	assert.equal( yRange( 'drawdown', -4, 0 )[ 1 ], 0 );
	assert.ok( yRange( 'drawdown', -4, 0 )[ 0 ] < -4 );
	const [ low, high ] = yRange( 'equity', 100000, 100000 );
	assert.ok( low < 100000 && high > 100000 );
} );

test( 'axis labels keep enough digits to tell neighbours apart', () => {
	assert.equal( axisValue( 104000, '$', [ 102000, 104000 ] ), '$104k' );
	assert.equal( axisValue( 99250, '$', [ 99000, 99250 ] ), '$99.25k' );
	assert.equal( axisValue( 99500, '$', [ 99000, 99500 ] ), '$99.5k' );
	assert.equal( axisValue( 100005, '$', [ 100000, 100005 ] ), '$100,005' );
	assert.equal( axisValue( -0.5, '%', [ -0.5, 0 ] ), '\u22120.5%' );
} );

test( 'the readout names the bin of a distribution', () => {
	const spec = { kind: 'distribution', points: [ [ 0, -10 ], [ 1, 10 ] ], unit: '$' };
	const { bins, width } = histogram( [ -10, 10 ] );
	const text = pointText( spec, bins[ 0 ][ 0 ], 1 );
	assert.match( text, new RegExp( `to .*${ Math.abs( bins[ 0 ][ 0 ] + width / 2 ) }.*: 1 trade$` ) );
} );

test( 'arrow keys walk along the chart and stay inside it', () => {
	assert.equal( moved( 'ArrowRight', null, 5 ), 0 );
	assert.equal( moved( 'ArrowLeft', null, 5 ), 4 );
	assert.equal( moved( 'ArrowRight', 4, 5 ), 4 );
	assert.equal( moved( 'Home', 3, 5 ), 0 );
	assert.equal( moved( 'End', 0, 5 ), 4 );
	assert.equal( moved( 'End', null, 5 ), 4 );
	assert.equal( moved( 'Home', null, 5 ), 0 );
	assert.equal( moved( 'a', 2, 5 ), null );
	assert.equal( moved( 'ArrowRight', null, 0 ), null );
} );

test( 'a time axis of seconds tells seconds, one of minutes does not', () => {
	const noon = new Date( 2026, 10, 20, 12, 0, 30 ).getTime() / 1000;
	assert.match( axisTime( noon, [ noon, noon + 15 ] ), /12:00:30/ );
	assert.match( axisTime( noon, [ noon, noon + 120 ] ), /12:00$/ );
	assert.doesNotMatch( axisTime( noon, [ noon, noon + 2 * 86400 ] ), /:/ );
} );
