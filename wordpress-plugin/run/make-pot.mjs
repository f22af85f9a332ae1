/**
 * Writes languages/trading-robot-service.pot from the texts in the PHP files and the scripts' sources.
 * With --check it writes nothing and ends with 1 if the file is not current.
 */
import fs from 'node:fs';
import path from 'node:path';

const PLUGIN = path.resolve( import.meta.dirname, '../trading-robot-service' );
const POT = path.join( PLUGIN, 'languages/trading-robot-service.pot' );
const DOMAIN = 'trading-robot-service';
const TEXT = `'((?:[^'\\\\]|\\\\.)*)'`;
const ONE = new RegExp( `\\b(?:__|_e|esc_html__|esc_html_e|esc_attr__|esc_attr_e)\\(\\s+${ TEXT },\\s+'${ DOMAIN }'\\s+\\)`, 'g' );
const MANY = new RegExp( `\\b_n\\(\\s+${ TEXT },\\s+${ TEXT },[^;]*?'${ DOMAIN }'\\s+\\)`, 'g' );
const CALL = /\b(?:_n|_e|(?:esc_(?:html|attr))?__|esc_(?:html|attr)_e)\(\s*['"`]/g;
const NOTE = /translators: (.*?) \*\//;
const IMPORTED = /\bfrom '(\.[^']+)'/g;
/* WordPress looks a script's translations up by the name of the file that it loads. */
const BUNDLES = { 'build/dashboard.js': 'src/dashboard/index.js', 'build/public.js': 'src/public.js' };

const HEADER = `# Copyright (C) Trading Robot Service
# This file is distributed under the GPL-2.0-or-later.
msgid ""
msgstr ""
"Project-Id-Version: Trading Robot Service\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"X-Domain: ${ DOMAIN }\\n"
`;

function phpFiles() {
	return fs
		.readdirSync( PLUGIN, { recursive: true } )
		.filter( ( name ) => name.endsWith( '.php' ) && ! name.includes( 'node_modules' ) )
		.sort();
}

const read = ( file ) => fs.readFileSync( path.join( PLUGIN, file ), 'utf8' );

/** The sources that a bundle is made of, from its entry on. */
function sources( file, known = new Set() ) {
	if ( ! known.has( file ) ) {
		known.add( file );
		for ( const [ , imported ] of read( file ).matchAll( IMPORTED ) ) {
			sources( path.posix.join( path.posix.dirname( file ), imported ), known );
		}
	}
	return [ ...known ].sort();
}

const quoted = ( text ) => JSON.stringify( text.replace( /\\'/g, "'" ) );

/** Takes the texts of `file` in, as used by `place`. */
function collect( entries, file, place = file ) {
	const text = read( file );
	const found = [ ...text.matchAll( ONE ), ...text.matchAll( MANY ) ].sort( ( a, b ) => a.index - b.index );
	if ( found.length !== ( text.match( CALL ) ?? [] ).length ) {
		throw new Error( `${ file }: a text is not written as __( 'text', '${ DOMAIN }' )` );
	}
	for ( const { 1: one, 2: many, index } of found ) {
		const entry = entries.get( one ) ?? { one, places: new Set() };
		const [ before ] = text.slice( 0, index ).split( '\n' ).slice( -2 );
		entry.places.add( place );
		entry.many ??= many;
		entry.note ??= before.match( NOTE )?.[ 1 ];
		entries.set( one, entry );
	}
}

function print( { one, many, places, note } ) {
	const lines = [ ...places ].map( ( place ) => `#: ${ place }` );
	if ( note ) {
		lines.unshift( `#. translators: ${ note }` );
	}
	if ( /%[sd\d]/.test( one ) ) {
		const isScript = [ ...places ].every( ( place ) => place in BUNDLES );
		lines.push( isScript ? '#, js-format' : '#, php-format' );
	}
	lines.push( `msgid ${ quoted( one ) }` );
	lines.push( ...( many ? [ `msgid_plural ${ quoted( many ) }`, 'msgstr[0] ""', 'msgstr[1] ""' ] : [ 'msgstr ""' ] ) );
	return lines.join( '\n' );
}

const entries = new Map();
phpFiles().forEach( ( file ) => collect( entries, file ) );
for ( const [ bundle, entry ] of Object.entries( BUNDLES ) ) {
	sources( entry ).forEach( ( file ) => collect( entries, file, bundle ) );
}
const pot = [ HEADER, ...[ ...entries.values() ].map( ( entry ) => print( entry ) + '\n' ) ].join( '\n' );

if ( process.argv.includes( '--check' ) ) {
	const current = fs.existsSync( POT ) && fs.readFileSync( POT, 'utf8' ) === pot;
	if ( ! current ) {
		console.error( 'languages/trading-robot-service.pot is not current: run node make-pot.mjs' );
	}
	process.exit( current ? 0 : 1 );
}
fs.writeFileSync( POT, pot );
console.log( `${ entries.size } texts` );
