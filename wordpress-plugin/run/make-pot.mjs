/**
 * Writes languages/trading-robot-service.pot from the texts in the PHP files.
 * With --check it writes nothing and ends with 1 if the file is not current.
 */
import fs from 'node:fs';
import path from 'node:path';

const PLUGIN = path.resolve( import.meta.dirname, '../trading-robot-service' );
const POT = path.join( PLUGIN, 'languages/trading-robot-service.pot' );
const DOMAIN = 'trading-robot-service';
const TEXT = `'((?:[^'\\\\]|\\\\.)*)'`;
const ONE = new RegExp( `\\b(?:__|_e|esc_html__|esc_html_e|esc_attr__|esc_attr_e)\\( ${ TEXT }, '${ DOMAIN }' \\)`, 'g' );
const MANY = new RegExp( `\\b_n\\( ${ TEXT }, ${ TEXT },[^']*'${ DOMAIN }' \\)`, 'g' );
const NOTE = /translators: (.*?) \*\//;

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

const quoted = ( text ) => JSON.stringify( text.replace( /\\'/g, "'" ) );

function collect( entries, file ) {
	fs.readFileSync( path.join( PLUGIN, file ), 'utf8' )
		.split( '\n' )
		.forEach( ( line, index, lines ) => {
			const found = [
				...[ ...line.matchAll( ONE ) ].map( ( match ) => [ match[ 1 ] ] ),
				...[ ...line.matchAll( MANY ) ].map( ( match ) => [ match[ 1 ], match[ 2 ] ] ),
			];
			for ( const [ one, many ] of found ) {
				const entry = entries.get( one ) ?? { one, many, places: new Set(), note: null };
				entry.places.add( file );
				entry.note ??= ( lines[ index - 1 ] ?? '' ).match( NOTE )?.[ 1 ] ?? null;
				entries.set( one, entry );
			}
		} );
}

function print( { one, many, places, note } ) {
	const lines = [ ...places ].map( ( place ) => `#: ${ place }` );
	if ( note ) {
		lines.unshift( `#. translators: ${ note }` );
	}
	if ( /%[sd\d]/.test( one ) ) {
		lines.push( '#, php-format' );
	}
	lines.push( `msgid ${ quoted( one ) }` );
	lines.push( ...( many ? [ `msgid_plural ${ quoted( many ) }`, 'msgstr[0] ""', 'msgstr[1] ""' ] : [ 'msgstr ""' ] ) );
	return lines.join( '\n' );
}

const entries = new Map();
phpFiles().forEach( ( file ) => collect( entries, file ) );
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
