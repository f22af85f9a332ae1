import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Broken, checkDays, checkLines, START } from '../../wordpress-plugin/trading-robot-service/src/chain.js';
import { binned } from '../../wordpress-plugin/trading-robot-service/src/charts/bins.js';
import { columns } from '../../wordpress-plugin/trading-robot-service/src/charts/series.js';
import { columnNames, pointText } from '../../wordpress-plugin/trading-robot-service/src/charts/text.js';
import { sizeText, taxYears } from '../../wordpress-plugin/trading-robot-service/src/dashboard/performance/export-words.js';
import { loadPerformance, tripsQuery } from '../../wordpress-plugin/trading-robot-service/src/dashboard/performance/load.js';
import {
	bpsText,
	groupText,
	longest,
	reasonText,
	spanText,
} from '../../wordpress-plugin/trading-robot-service/src/dashboard/performance/words.js';
import { parseRoute } from '../../wordpress-plugin/trading-robot-service/src/dashboard/router.js';

const hashed = ( text ) => createHash( 'sha256' ).update( text, 'utf8' ).digest( 'hex' );

/* As the service seals: sorted keys, no spaces, characters as they are. */
function published( texts, numbers = [ 1, 2, 3 ] ) {
	let previous = START;
	return texts.map( ( lines, place ) => {
		const pages = lines ? [ hashed( lines ) ] : [];
		const head = `{"day":"2026-03-0${ numbers[ place ] }","entries":${ lines ? 1 : 0 },`;
		const seal = `${ head }"page_hashes":${ JSON.stringify( pages ) },"previous_hash":"${ previous }"}`;
		const day = { published_at: 'x', hash: hashed( seal ), ...JSON.parse( seal ) };
		previous = day.hash;
		return day;
	} );
}

const chain = () => published( [ '', '{"name":"Größe"}\n', '{"name":"b"}\n' ] ).reverse();

test( 'days that were published pass, in whatever order their fields come', async () => {
	await checkDays( chain() );
	await checkDays( [] );
	assert.deepEqual( await checkLines( chain()[ 1 ], async () => '{"name":"Größe"}\n' ), [ '{"name":"Größe"}' ] );
} );

const TAMPERED = {
	hash: () => chain().map( ( day, place ) => ( place === 1 ? { ...day, entries: 7 } : day ) ),
	link: () => chain().toSpliced( 1, 1, published( [ "", "other\n" ] )[ 1 ] ),
	gap: () => published( [ '', '' ], [ 1, 3 ] ).reverse(),
};

for ( const [ code, tampered ] of Object.entries( TAMPERED ) ) {
	test( `a changed day is found: ${ code }`, async () => {
		const refused = await checkDays( tampered() ).catch( ( error ) => error );
		assert.ok( refused instanceof Broken );
		assert.equal( refused.code, code );
	} );
}

test( 'a changed or missing line is found', async () => {
	const [ newest ] = chain();
	await assert.rejects( checkLines( newest, async () => '{"name":"c"}\n' ), { code: 'lines' } );
	await assert.rejects( checkLines( { ...newest, entries: 2 }, async () => '{"name":"b"}\n' ), { code: 'count' } );
} );

test( 'bins lose their empty ends, and those below zero count down from minus one', () => {
	const bins = [ [ null, -1, 0 ], [ -1, 0, 2 ], [ 0, 1, 3 ], [ 1, null, 1 ] ].map( ( [ from, to, count ] ) => ( { from, to, count } ) );
	const { points, labels } = binned( bins, ( edge ) => `${ edge }%` );
	assert.deepEqual( points, [ [ -1, 2 ], [ 0, 3 ], [ 1, 1 ] ] );
	assert.deepEqual( labels, { '-1': '-1% to 0%', 0: '0% to 1%', 1: 'from 1%' } );
	assert.deepEqual( columns( 'bins', points ), [ [ -1, 0, 1 ], [ null, 3, 1 ], [ 2, null, null ] ] );
	assert.equal( pointText( { kind: 'bins', labels }, -1, 2 ), '-1% to 0%: 2 trades' );
	assert.deepEqual( binned( [ { from: null, to: null, count: 0 } ], String ).points, [] );
} );

test( 'a spread of returns is read in percent', () => {
	const spec = { kind: 'distribution', unit: '%', points: [ [ 0, -1 ], [ 1, 1 ] ] };
	assert.match( pointText( spec, 0.5, 1 ), /%.*%: 1 time$/ );
	assert.deepEqual( columnNames( spec ), [ 'Return', 'Times' ] );
} );

test( 'spans of time are said in their two largest units', () => {
	assert.equal( spanText( 7505 ), '2 h 5 min' );
	assert.equal( spanText( 86400 ), '1 d' );
	assert.equal( spanText( 0.4 ), '0 s' );
	assert.equal( spanText( null ), '–' );
} );

test( 'groups, reasons and basis points in words', () => {
	assert.equal( groupText( 'weekday', '0' ), 'Mon' );
	assert.equal( groupText( 'hour', '23' ), '23:00–00:00' );
	assert.equal( groupText( 'side', 'short' ), 'Short' );
	assert.equal( groupText( 'symbol', 'TSLA' ), 'TSLA' );
	assert.equal( reasonText( undefined ), undefined );
	assert.equal( reasonText( 'no_losses' ), 'no losing trade yet' );
	assert.equal( bpsText( -2.25 ), '\u22122.3 bps' );
	assert.equal( bpsText( null ), '–' );
} );

test( 'the longest period of the plan is shown first', () => {
	assert.equal( longest( [ 'daily', 'weekly', 'monthly' ] ), 'monthly' );
	assert.equal( longest( [ 'all-time', 'daily' ] ), 'all-time' );
} );

test( 'a filter that is not set is not sent, and days of one’s own come before the period’s', () => {
	const asked = tripsQuery( { mode: 'paper', start_date: '2026-11-01' }, { filters: { side: '', outcome: 'loss', start_date: '2026-11-20' }, after: null } );
	assert.deepEqual( asked, { mode: 'paper', start_date: '2026-11-20', outcome: 'loss', limit: 25 } );
} );

test( 'sizes of files and years of taxes', () => {
	assert.equal( sizeText( 812 ), '812 bytes' );
	assert.equal( sizeText( 12_000_000 ), '12.0 MB' );
	assert.deepEqual( taxYears( new Date( 2026, 5, 1 ) ).slice( 0, 2 ), [ [ '2026', '2026' ], [ '2025', '2025' ] ] );
} );

test( 'performance has its address, for all bots and for one', () => {
	assert.deepEqual( parseRoute( '#/performance' ), { name: 'performance' } );
	assert.deepEqual( parseRoute( '#/bots/7/performance' ), { name: 'bot', id: '7', tab: 'performance' } );
	assert.deepEqual( parseRoute( '#/settings/leaderboard' ), { name: 'settings', section: 'leaderboard' } );
} );

test( 'an analysis that the plan leaves out is not asked for, and says which plan has it', async () => {
	const asked = [];
	const answers = {
		dashboard: { plan: { title: 'Free', limits: { analytics: false, periods: [ 'daily' ] } } },
		plans: {
			plans: [ [ 'free', false ], [ 'mid', true ], [ 'premium', true ] ].map( ( [ id, value ] ) => ( {
				id,
				title: id,
				features: [ { key: 'analytics', value } ],
			} ) ),
		},
		'bots/7/equity': { points: [ 1, 2, 3 ], history: {} },
	};
	const get = async ( path ) => {
		asked.push( path );
		return answers[ path ] || { mode: 'paper', date: '2026-03-12' };
	};
	globalThis.location ??= { hash: '' };
	const ctx = { state: { exports: [] }, api: { get }, news: new Set() };
	const { record } = await loadPerformance( ctx, '7', null );
	assert.deepEqual( asked, [ 'dashboard', 'bots/7/performance', 'plans', 'bots/7/equity', 'bots/7/round-trips' ] );
	const offer = { limit: 'analytics', plan: 'Free', next_plan: 'mid', next_title: 'mid' };
	assert.deepEqual( record.analysis.locked, offer );
	assert.deepEqual( record.gap.locked, offer );
} );
