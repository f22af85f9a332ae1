import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import {
	createLive,
	nextWait,
	parseHint,
} from '../../wordpress-plugin/trading-robot-service/src/dashboard/live.js';
import { nextDelay, poll } from '../../wordpress-plugin/trading-robot-service/src/polling.js';

const HINT = '{"type": "order", "bot_id": "7", "id": "8", "at": "2026-01-05T15:00:03+00:00"}';

class Socket {
	static opened = [];
	constructor( address ) {
		this.address = address;
		Socket.opened.push( this );
	}
	close() {
		this.isClosed = true;
		this.onclose();
	}
}

const settle = () => new Promise( ( resolve ) => setImmediate( resolve ) );

function begin( answer = async () => ( { ticket: 'a b', url: 'wss://x/stream' } ) ) {
	Socket.opened = [];
	const page = new EventTarget();
	const asked = [];
	const heard = [];
	page.hidden = false;
	page.turn = async ( hidden ) => {
		page.hidden = hidden;
		page.dispatchEvent( new Event( 'visibilitychange' ) );
		await settle();
	};
	const post = ( path ) => {
		asked.push( path );
		return answer();
	};
	const live = createLive( { post }, { page, Socket } );
	const end = live.on( {
		onHint: ( hint ) => heard.push( hint.type ),
		onChange: () => heard.push( live.isOpen ),
	} );
	return { live, page, asked, heard, end };
}

test( 'a ticket is asked for and opens the connection', async () => {
	const { live, asked, heard } = begin();
	await settle();
	assert.deepEqual( asked, [ 'stream/tickets' ] );
	assert.equal( Socket.opened[ 0 ].address, 'wss://x/stream?ticket=a%20b' );
	assert.equal( live.isOpen, false );
	Socket.opened[ 0 ].onopen();
	assert.equal( live.isOpen, true );
	assert.deepEqual( heard, [ true ] );
} );

test( 'hints reach whoever listens, and nothing else does', async () => {
	const { heard, end } = begin();
	await settle();
	const [ socket ] = Socket.opened;
	socket.onmessage( { data: HINT } );
	socket.onmessage( { data: 'no JSON' } );
	socket.onmessage( { data: 'null' } );
	end();
	socket.onmessage( { data: HINT } );
	assert.deepEqual( heard, [ 'order' ] );
	assert.equal( parseHint( HINT ).bot_id, '7' );
	assert.equal( parseHint( '{"type": 7}' ), null );
} );

test( 'a lost connection is tried again with a new ticket, after a while', async ( t ) => {
	t.mock.timers.enable( { apis: [ 'setTimeout' ] } );
	const { live, asked } = begin();
	await settle();
	Socket.opened[ 0 ].onopen();
	Socket.opened[ 0 ].close();
	assert.equal( live.isOpen, false );
	t.mock.timers.tick( 400 );
	await settle();
	assert.equal( asked.length, 1 );
	t.mock.timers.tick( 700 );
	await settle();
	assert.equal( asked.length, 2 );
	assert.equal( Socket.opened.length, 2 );
} );

test( 'waits grow from a second to five minutes, and differ between browsers', () => {
	assert.equal( nextWait( 0, 1 ), 1000 );
	assert.equal( nextWait( 3, 1 ), 8000 );
	assert.equal( nextWait( 20, 1 ), 300000 );
	assert.equal( nextWait( 3, 0 ), 4000 );
} );

test( 'without a ticket, and where the address is refused, nothing is heard and nothing breaks', async ( t ) => {
	t.mock.timers.enable( { apis: [ 'setTimeout' ] } );
	const refused = async () => {
		throw new Error( '503' );
	};
	const { live, asked, heard } = begin( refused );
	await settle();
	t.mock.timers.tick( 1000 );
	await settle();
	t.mock.timers.tick( 1000 );
	await settle();
	assert.equal( live.isOpen, false );
	assert.deepEqual( heard, [] );
	assert.ok( asked.length >= 2 && asked.length <= 3 );
} );

test( 'a hidden page has no connection, and gets one when it is seen again', async () => {
	const { live, page, asked, heard } = begin();
	await settle();
	Socket.opened[ 0 ].onopen();
	await page.turn( true );
	assert.ok( Socket.opened[ 0 ].isClosed );
	assert.equal( live.isOpen, false );
	await page.turn( false );
	assert.equal( asked.length, 2 );
	Socket.opened[ 1 ].onopen();
	Socket.opened[ 0 ].onmessage( { data: HINT } );
	assert.deepEqual( heard, [ true, false, true ] );
} );

test( 'a ticket that comes when nobody looks any more opens nothing', async () => {
	const { page } = begin();
	await page.turn( true );
	assert.equal( Socket.opened.length, 0 );
} );

test( 'a page that is told of changes reads seldom, but slows down after failures as before', () => {
	const told = { interval: 5000, lively: 2000, atLeast: 30000, failures: 0, idleFor: 0 };
	assert.equal( nextDelay( told ), 30000 );
	assert.equal( nextDelay( { ...told, idleFor: 31 * 60000 } ), 30000 );
	assert.equal( nextDelay( { ...told, failures: 1 } ), 10000 );
} );

test( 'what is asked for during a read is read after it', async () => {
	globalThis.document = Object.assign( new EventTarget(), { hidden: false } );
	globalThis.addEventListener = globalThis.removeEventListener = () => {};
	let end;
	const read = mock.fn( () => new Promise( ( resolve ) => ( end = resolve ) ) );
	const poller = poll( read, 60000 );
	poller.now();
	poller.now();
	assert.equal( read.mock.callCount(), 1 );
	end();
	await settle();
	assert.equal( read.mock.callCount(), 2 );
	end();
	await settle();
	poller.stop();
	assert.equal( read.mock.callCount(), 2 );
} );
