/**
 * Builds src/ into build/ and public/css/; `--check` compares instead of writing.
 *
 * The same sources give the same bytes: no dates, no paths, no hashes of the machine.
 */
import { readFile, writeFile, mkdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname( fileURLToPath( import.meta.url ) );
const inter = join( root, 'node_modules/@fontsource-variable/inter' );

const shared = {
	absWorkingDir: root,
	bundle: true,
	minify: true,
	write: false,
	legalComments: 'eof',
	target: [ 'es2020', 'chrome100', 'firefox100', 'safari15.4' ],
	charset: 'utf8',
	logLevel: 'warning',
};

async function outputs() {
	const scripts = await build( {
		...shared,
		entryPoints: { public: 'src/public.js', dashboard: 'src/dashboard/index.js' },
		outdir: join( root, 'build' ),
		format: 'iife',
	} );
	const styles = await build( {
		...shared,
		entryPoints: { trp: 'src/css/index.css' },
		outdir: join( root, 'public/css' ),
		external: [ '*.woff2' ],
	} );
	const font = await readFile( join( inter, 'files/inter-latin-wght-normal.woff2' ) );
	const licence = await readFile( join( inter, 'LICENSE' ) );
	return [
		...scripts.outputFiles.map( ( f ) => [ f.path, Buffer.from( f.contents ) ] ),
		...styles.outputFiles.map( ( f ) => [ f.path, Buffer.from( f.contents ) ] ),
		[ join( root, 'public/fonts/inter-latin.woff2' ), font ],
		[ join( root, 'public/fonts/OFL.txt' ), licence ],
	];
}

async function write( files ) {
	for ( const [ path, contents ] of files ) {
		await mkdir( dirname( path ), { recursive: true } );
		await writeFile( path, contents );
		process.stdout.write( `${ relative( root, path ) } ${ contents.length } bytes\n` );
	}
}

async function check( files ) {
	const stale = [];
	for ( const [ path, contents ] of files ) {
		const found = await readFile( path ).catch( () => null );
		if ( ! found || ! contents.equals( found ) ) {
			stale.push( relative( root, path ) );
		}
	}
	if ( stale.length ) {
		process.stderr.write( `Out of date, run "npm run build": ${ stale.join( ', ' ) }\n` );
		process.exitCode = 1;
	}
}

const files = await outputs();
await ( process.argv.includes( '--check' ) ? check( files ) : write( files ) );
