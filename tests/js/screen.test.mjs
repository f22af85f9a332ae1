import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

globalThis.document = Object.assign( new EventTarget(), { hidden: false, title: '' } );
globalThis.addEventListener = globalThis.removeEventListener = () => {};
const { runScreen } = await import( '../../wordpress-plugin/trading-robot-service/src/dashboard/screen.js' );

const CONTAINER = { children: [], childNodes: [], querySelectorAll: () => [] };
const HINT = { type: 'order', bot_id: '7', id: '8' };

const settle = () => new Promise( ( resolve ) => setImmediate( resolve ) );

/* A screen that shows nothing, and the end of each of its reads. */
function begin( context, screen ) {
	mock.timers.enable( { apis: [ 'setTimeout', 'Date' ] } );
	const reads = [];
	const told = [];
	const live = {
		isOpen: true,
		on( listener ) {
			live.listener = listener;
			return () => {};
		},
	};
	const run = runScreen(
		CONTAINER,
		{
			title: () => '',
			skeleton: () => null,
			view: () => null,
			interval: 5000,
			load( { news } ) {
				told.push( [ ...news ] );
				return new Promise( ( resolve ) => reads.push( resolve ) );
			},
			...screen,
		},
		{ live }
	);
	context.after( () => {
		run.stop();
		mock.timers.reset();
	} );
	const pass = async ( milliseconds ) => {
		mock.timers.tick( milliseconds );
		await settle();
	};
	const answer = async () => {
		reads.at( -1 )( {} );
		await settle();
	};
	return { live, reads, told, pass, answer };
}

test( 'what is heard while a screen is read first is read after it', async ( context ) => {
	const { live, reads, told, pass, answer } = begin( context );
	await settle();
	live.listener.onHint( HINT );
	await pass( 200 );
	assert.equal( reads.length, 1 );
	await answer();
	assert.deepEqual( told, [ [], [ 'order' ] ] );
	await answer();
	await pass( 29000 );
	assert.equal( reads.length, 2 );
	await pass( 2000 );
	assert.equal( reads.length, 3 );
} );

test( 'a connection that opens while a screen is read first has it read again', async ( context ) => {
	const { live, reads, pass, answer } = begin( context );
	await settle();
	live.listener.onChange();
	await answer();
	assert.equal( reads.length, 1 );
	await pass( 200 );
	assert.equal( reads.length, 2 );
} );

test( 'a screen of which hints never tell is read as often with them', async ( context ) => {
	const { reads, pass, answer } = begin( context, { isUntold: true } );
	await settle();
	await answer();
	await pass( 2100 );
	assert.equal( reads.length, 2 );
} );
