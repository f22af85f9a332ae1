import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { inGroup, isWorrying, sentenceOf } from '../../wordpress-plugin/trading-robot-service/src/dashboard/activity-words.js';
import { createApi } from '../../wordpress-plugin/trading-robot-service/src/dashboard/api.js';
import { fieldOf, wholeSecret } from '../../wordpress-plugin/trading-robot-service/src/dashboard/broker-words.js';
import { deviceName } from '../../wordpress-plugin/trading-robot-service/src/dashboard/device-name.js';
import { parseRoute } from '../../wordpress-plugin/trading-robot-service/src/dashboard/router.js';
import { linkNotice } from '../../wordpress-plugin/trading-robot-service/src/dashboard/views/linked.js';

const CONFIG = { root: 'http://site.test/rest/', nonce: 'n' };
const STALE = { error: 'step_up_required', message: 'Confirm.', details: { needs: [ 'totp_code' ] } };
const NO_FACTOR = { error: 'second_factor_required', message: 'Set up.', details: { enrolled: false } };

const realFetch = globalThis.fetch;
globalThis.location = { href: 'http://site.test/dashboard/' };
afterEach( () => {
	globalThis.fetch = realFetch;
} );

/** A service that gives these answers one after the other, and keeps what it was sent. */
function serviceOf( ...answers ) {
	const sent = [];
	globalThis.fetch = async ( url, options ) => {
		sent.push( [ options.method, String( url ), options.body ] );
		const [ status, body ] = answers.shift();
		return new Response( JSON.stringify( body ), { status } );
	};
	return sent;
}

test( 'an action that needs a fresh code is sent again, whole, once the code was given', async () => {
	const sent = serviceOf( [ 403, STALE ], [ 201, { id: '1' } ] );
	const asked = [];
	const api = createApi( CONFIG, async ( error ) => asked.push( error.code ) );
	assert.deepEqual( await api.post( 'api-keys', { name: 'A' } ), { id: '1' } );
	assert.deepEqual( asked, [ 'step_up_required' ] );
	assert.equal( sent.length, 2 );
	assert.deepEqual( sent[ 0 ], sent[ 1 ] );
} );

test( 'an action is not sent again when nobody gave the code', async () => {
	const sent = serviceOf( [ 403, STALE ] );
	const api = createApi( CONFIG, async () => false );
	await assert.rejects( api.del( 'api-keys/1' ), { code: 'cancelled' } );
	assert.equal( sent.length, 1 );
} );

test( 'an action that is refused again after the code is refused for good', async () => {
	const sent = serviceOf( [ 403, STALE ], [ 403, STALE ] );
	const api = createApi( CONFIG, async () => true );
	await assert.rejects( api.put( 'trading-accounts/1', {} ), { code: 'step_up_required' } );
	assert.equal( sent.length, 2 );
} );

test( 'an action waits for an account that has no second factor yet', async () => {
	serviceOf( [ 403, NO_FACTOR ], [ 200, { success: true } ] );
	const api = createApi( CONFIG, async ( error ) => error.details.enrolled === false );
	assert.deepEqual( await api.post( 'trading-accounts', {} ), { success: true } );
} );

test( 'a screen that may not be read is left to the screen that asks', async () => {
	const sent = serviceOf( [ 403, NO_FACTOR ] );
	const api = createApi( CONFIG, async () => true );
	await assert.rejects( api.get( 'dashboard' ), { code: 'second_factor_required' } );
	assert.equal( sent.length, 1 );
} );

test( 'the site’s own actions are not repeated without need, and files come as they are', async () => {
	const sent = serviceOf( [ 200, { url: 'x' } ], [ 403, STALE ], [ 200, 'zip' ] );
	const api = createApi( CONFIG, async () => true );
	assert.deepEqual( await api.site( 'link/start' ), { url: 'x' } );
	assert.equal( await ( await api.file( 'users/me/export' ) ).text(), '"zip"' );
	assert.equal( sent[ 0 ][ 1 ], 'http://site.test/rest/link/start' );
	assert.equal( sent[ 2 ][ 1 ], 'http://site.test/rest/me/users/me/export' );
} );

test( 'accounts and settings have addresses of their own', () => {
	assert.deepEqual( parseRoute( '#/accounts' ), { name: 'accounts' } );
	assert.deepEqual( parseRoute( '#/accounts/new' ), { name: 'newAccount' } );
	assert.deepEqual( parseRoute( '#/settings' ), { name: 'settings', section: 'profile' } );
	assert.deepEqual( parseRoute( '#/settings/security' ), { name: 'settings', section: 'security' } );
	assert.deepEqual( parseRoute( '#/settings/x' ), { name: 'settings', section: 'profile' } );
} );

test( 'the trail is told in sentences, and what has no words by its code', () => {
	assert.equal( sentenceOf( { action: 'login', details: {} } ), 'Signed in' );
	assert.equal(
		sentenceOf( { action: 'trading_account.key_used', details: { purpose: 'check permissions' } } ),
		'Broker keys used: check permissions'
	);
	assert.equal( sentenceOf( { action: 'new.thing', details: {} } ), 'new.thing' );
} );

test( 'the trail can be narrowed to one kind', () => {
	const entries = [ { action: 'login' }, { action: 'password.reset' }, { action: 'new.thing' } ];
	assert.deepEqual( inGroup( entries, 'security' ), [ { action: 'password.reset' } ] );
	assert.deepEqual( inGroup( entries, '' ), entries );
	assert.ok( isWorrying( { action: 'login.failed' } ) );
	assert.ok( ! isWorrying( { action: 'login' } ) );
} );

test( 'a private key that lost its lines gets them back, other secrets stay as they are', () => {
	const inner = 'A'.repeat( 70 );
	const whole = `-----BEGIN EC PRIVATE KEY-----\n${ 'A'.repeat( 64 ) }\nAAAAAA\n-----END EC PRIVATE KEY-----\n`;
	assert.equal( wholeSecret( `-----BEGIN EC PRIVATE KEY-----${ inner }-----END EC PRIVATE KEY-----` ), whole );
	assert.equal( wholeSecret( `-----BEGIN EC PRIVATE KEY-----\\n${ inner }\\n-----END EC PRIVATE KEY-----\\n` ), whole );
	assert.equal( wholeSecret( whole ), whole );
	assert.equal( wholeSecret( ' abc/+== ' ), 'abc/+==' );
} );

test( 'a broker’s refusal belongs to a field', () => {
	assert.equal( fieldOf( { code: 'wrong_environment' } ), 'environment' );
	assert.equal( fieldOf( { code: 'withdrawal_right' } ), 'api_key' );
	assert.equal( fieldOf( { code: 'plan_limit_reached', details: { limit: 'live_trading' } } ), 'environment' );
	assert.equal( fieldOf( { code: 'broker_unavailable' } ), null );
} );

const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36';

test( 'a device is named as people say it', () => {
	assert.equal( deviceName( CHROME ), 'Chrome on Windows' );
	assert.equal( deviceName( `${ CHROME } Edg/126.0` ), 'Edge on Windows' );
	assert.equal( deviceName( 'curl/8.5.0' ), 'curl/8.5.0' );
	assert.equal( deviceName( null ), '' );
} );

test( 'coming back from connecting an account says how it went', () => {
	assert.equal( linkNotice( '?a=1' ), null );
	assert.equal( linkNotice( '?trp_linked=1' ).isProblem, false );
	assert.match( linkNotice( '?trp_link_error=access_denied' ).text, /cancelled/ );
	assert.match( linkNotice( '?trp_link_error=whatever' ).text, /did not work/ );
} );
