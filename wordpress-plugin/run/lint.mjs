/** Parses every PHP file of the plugin and of this folder; names the first error of each and ends with 1 if there was one. */
import fs from 'node:fs';
import path from 'node:path';
import { loadNodeRuntime } from '@php-wasm/node';
import { PHP } from '@php-wasm/universal';

const HERE = import.meta.dirname;
const FOLDERS = [ path.resolve( HERE, '../trading-robot-service' ), HERE ];

const CHECK = `<?php
try {
	token_get_all( file_get_contents( '/file.php' ), TOKEN_PARSE );
} catch ( ParseError $error ) {
	echo $error->getMessage(), ' on line ', $error->getLine();
}`;

function phpFiles( folder ) {
	return fs
		.readdirSync( folder, { recursive: true } )
		.filter( ( name ) => name.endsWith( '.php' ) && ! name.includes( 'node_modules' ) )
		.map( ( name ) => path.join( folder, name ) );
}

const php = new PHP( await loadNodeRuntime( '8.3', { emscriptenOptions: { processId: 1 } } ) );
const files = FOLDERS.flatMap( phpFiles );
let failed = 0;
for ( const file of files ) {
	php.writeFile( '/file.php', fs.readFileSync( file ) );
	const { text } = await php.run( { code: CHECK } );
	if ( text ) {
		failed += 1;
		console.error( `${ path.relative( process.cwd(), file ) }: ${ text }` );
	}
}
console.log( `${ files.length } files parsed, ${ failed } with errors` );
process.exit( failed ? 1 : 0 );
