import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comeBack, returnUrl } from '../../wordpress-plugin/trading-robot-service/src/dashboard/checkout.js';
import { featureLines } from '../../wordpress-plugin/trading-robot-service/src/dashboard/feature-words.js';
import { factWords } from '../../wordpress-plugin/trading-robot-service/src/dashboard/missing-words.js';
import { placeNow } from '../../wordpress-plugin/trading-robot-service/src/dashboard/parts/prompts.js';
import { parseRoute } from '../../wordpress-plugin/trading-robot-service/src/dashboard/router.js';
import { level, usageNotices, usageText } from '../../wordpress-plugin/trading-robot-service/src/dashboard/usage-words.js';
import { cents } from '../../wordpress-plugin/trading-robot-service/src/format.js';
import {
	changeText,
	isBought,
	ownLine,
	placeOf,
	planNotices,
	robotOffer,
	whatNext,
} from '../../wordpress-plugin/trading-robot-service/src/plan-words.js';

const ORDER = [ 'none', 'small', 'large' ];
const END = '2026-12-26T12:00:00Z';
const SMALL = { plan: 'small', title: 'Small', status: 'active', given: false, period_end: END, lapsed: false };
const own = ( plan, subscription = null ) => ( { plan: { id: plan, title: plan }, subscription } );
const place = ( id, standing ) => placeOf( { id, isDefault: id === 'none' }, standing, ORDER );
const places = ( standing ) => ORDER.map( ( id ) => place( id, standing ) );

test( 'each plan stands to the reader as the subscription says', () => {
	assert.deepEqual( places( own( 'none' ) ), [ 'current', 'buy', 'buy' ] );
	assert.deepEqual( places( own( 'small', SMALL ) ), [ 'down', 'current', 'up' ] );
	assert.deepEqual( places( own( 'small', { ...SMALL, given: true } ) ), [ 'included', 'current', 'buy' ] );
	assert.deepEqual( places( own( 'none', { ...SMALL, status: 'canceled' } ) ), [ 'current', 'buy', 'buy' ] );
	assert.deepEqual( places( own( 'small', { ...SMALL, cancel_at: END } ) ), [ 'scheduled', 'current', 'up' ] );
	const scheduled = { ...SMALL, plan: 'large', scheduled: { plan: 'small', at: END } };
	assert.deepEqual( places( own( 'large', scheduled ) ), [ 'down', 'scheduled', 'current' ] );
	const lapsed = { ...SMALL, status: 'past_due', lapsed: true };
	assert.deepEqual( places( own( 'none', lapsed ) ), [ 'current', 'unpaid', 'up' ] );
} );

test( 'a button says which way a plan leads, also from one that was given', () => {
	const large = { id: 'large', title: 'Large' };
	const small = { id: 'small', title: 'Small' };
	assert.equal( changeText( 'buy', large, own( 'none' ), ORDER ), 'Upgrade to Large' );
	assert.equal( changeText( 'buy', small, own( 'large' ), ORDER ), 'Subscribe to Small' );
	assert.equal( changeText( 'down', small, own( 'large' ), ORDER ), 'Downgrade to Small' );
	assert.equal( changeText( 'current', small, own( 'small' ), ORDER ), '' );
} );

test( 'what comes next is dated, and nothing comes after the end', () => {
	assert.match( whatNext( SMALL ), /^Renews on Dec 26, 2026$/ );
	assert.match( whatNext( { ...SMALL, cancel_at: END } ), /^Ends on/ );
	assert.match( whatNext( { ...SMALL, status: 'trialing', trial_end: END } ), /^On trial until/ );
	assert.equal( whatNext( { ...SMALL, status: 'past_due' } ), 'Payment failed' );
	assert.equal( whatNext( { ...SMALL, lapsed: true } ), '' );
	assert.equal( whatNext( null ), '' );
	assert.match( ownLine( 'scheduled', own( 'small', { ...SMALL, cancel_at: END } ) ), /^Begins on/ );
} );

test( 'a failed payment, its end, and what is to come are told with their dates', () => {
	const keys = ( subscription ) => planNotices( own( 'small', subscription ) ).map( ( { key, act } ) => [ key, act ] );
	assert.deepEqual( keys( null ), [] );
	assert.deepEqual( keys( SMALL ), [] );
	assert.deepEqual( keys( { ...SMALL, status: 'past_due', grace_until: END } ), [ [ 'past-due', 'pay' ] ] );
	assert.deepEqual( keys( { ...SMALL, grace_until: END, lapsed: true } ), [ [ 'lapsed', 'pay' ] ] );
	assert.deepEqual( keys( { ...SMALL, cancel_at: END } ), [ [ 'ends', 'resume' ] ] );
	assert.deepEqual( keys( { ...SMALL, status: 'canceled', cancel_at: END } ), [] );
	const [ { text } ] = planNotices( own( 'small', { ...SMALL, grace_until: END } ) );
	assert.match( text, /until Dec 26, 2026/ );
} );

test( 'only a subscription of Stripe’s that is not over can be changed', () => {
	assert.equal( isBought( own( 'small', SMALL ) ), true );
	assert.equal( isBought( own( 'small', { ...SMALL, given: true } ) ), false );
	assert.equal( isBought( own( 'none', { ...SMALL, status: 'incomplete_expired' } ) ), false );
} );

test( 'a robot is offered as the service says', () => {
	const offer = ( access ) => {
		const { badge, actions } = robotOffer( { expires_at: null, price_cents: 1900, unlocked_by: null, ...access } );
		return [ badge, actions.map( ( action ) => action.join( ' ' ) ) ];
	};
	assert.deepEqual( offer( { access: 'full', source: 'plan' } ), [ 'Included', [ 'use' ] ] );
	assert.deepEqual( offer( { access: 'full', source: 'purchase' } ), [ 'Yours', [ 'use' ] ] );
	assert.deepEqual( offer( { access: 'demo', source: 'plan', unlocked_by: 'large' } ), [
		'Included on paper',
		[ 'demo', 'upgrade large', 'buy' ],
	] );
	assert.deepEqual( offer( { access: null, source: null, unlocked_by: 'small' } ), [ null, [ 'upgrade small', 'buy' ] ] );
	assert.deepEqual( offer( { access: null, source: null, price_cents: null } ), [ null, [] ] );
} );

test( 'usage warns from four fifths on, and never of what has no limit', () => {
	const bar = ( used, limit, percent ) => ( { key: 'webhooks_per_day', used, limit, percent } );
	assert.equal( level( bar( 79, 100, 79 ) ), '' );
	assert.equal( level( bar( 80, 100, 80 ) ), 'warn' );
	assert.equal( level( bar( 100, 100, 100 ) ), 'full' );
	assert.equal( level( bar( 5, null, null ) ), '' );
	assert.equal( level( bar( 0, 0, 100 ) ), '' );
	assert.equal( usageText( bar( 5, null, null ) ), '5, no limit' );
	assert.equal( usageText( bar( 1000, 10000, 10 ) ), '1,000 of 10,000' );
	assert.deepEqual( usageNotices( { usage: [ bar( 1, 100, 1 ) ] } ), [] );
	assert.deepEqual( usageNotices( { usage: [ bar( 85, 100, 85 ) ] } )[ 0 ].kind, 'warn' );
	assert.deepEqual( usageNotices( { usage: [ bar( 100, 100, 100 ) ] } )[ 0 ].kind, 'error' );
} );

test( 'the way to Stripe and back keeps the page and forgets the rest', () => {
	const there = returnUrl( 'plan.mid', 'https://site.example/?page_id=7&checkout=paid#/subscription' );
	assert.equal( there, 'https://site.example/?page_id=7&trp_buy=plan.mid' );
	assert.equal( comeBack( `${ there }&checkout=paid` ), 'https://site.example/?page_id=7#/subscription/paid/plan/mid' );
	assert.equal( comeBack( `${ there }&checkout=cancelled` ), 'https://site.example/?page_id=7#/subscription/left/plan/mid' );
	assert.equal( comeBack( 'https://site.example/d/?trp_buy=portal' ), 'https://site.example/d/#/subscription' );
	assert.equal( comeBack( 'https://site.example/d/?checkout=paid' ), null );
} );

test( 'addresses of offers and outcomes lead to their screens', () => {
	assert.deepEqual( parseRoute( '#/subscription' ), { name: 'subscription' } );
	assert.deepEqual( parseRoute( '#/subscription/to/mid' ), { name: 'offer', id: 'mid' } );
	assert.deepEqual( parseRoute( '#/subscription/paid/robot/a_b' ), { name: 'paid', kind: 'robot', id: 'a_b' } );
	assert.deepEqual( parseRoute( '#/subscription/paid/house/x' ), { name: 'subscription' } );
	assert.deepEqual( parseRoute( '#/robots/a_b/buy' ), { name: 'robot', id: 'a_b' } );
	assert.deepEqual( parseRoute( '#/bots/new/a_b' ), { name: 'new', robot: 'a_b' } );
} );

test( 'the place of an offer names the screen and no id', () => {
	assert.equal( placeNow( '#/' ), 'dashboard' );
	assert.equal( placeNow( '#/settings/keys' ), 'dashboard.settings.keys' );
	assert.equal( placeNow( '#/bots/01a2188e-482e-7f16-88de-f84aca42795e/settings' ), 'dashboard.bots.settings' );
} );

test( 'what is missing is said in the user’s own numbers, and nothing unknown is said', () => {
	const [ title, text ] = factWords( { key: 'history_days', number: 12, fills: 1, names: [] } );
	assert.equal( title, '12 days of your history' );
	assert.match( text, /^1 fill of yours/ );
	const [ , figures ] = factWords( { key: 'periods', number: 2, names: [ 'all-time', 'weekly' ] } );
	assert.match( figures, /weekly, all-time figures/ );
	assert.equal( factWords( { key: 'moon', number: 1, names: [] } ), null );
} );

test( 'a plan’s lines leave out what it lacks', () => {
	const features = [
		{ label: 'Bots', value: 20 },
		{ label: 'Robots', value: null },
		{ label: 'Live', value: true },
		{ label: 'Keys', value: false },
		{ label: 'Figures', value: [ 'daily', 'all-time' ] },
	];
	assert.deepEqual( featureLines( { features } ), [
		[ 'Bots', '20' ],
		[ 'Robots', 'Unlimited' ],
		[ 'Live', '' ],
		[ 'Figures', 'Daily, All time' ],
	] );
} );

test( 'cents are shown in their currency', () => {
	assert.equal( cents( 2000, 'usd' ), '$20.00' );
	assert.equal( cents( -999, 'usd' ), '\u2212$9.99' );
	assert.equal( cents( 0 ), '$0.00' );
} );
