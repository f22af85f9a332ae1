/**
 * Removes what the WordPress builds package brings and the runner never reads:
 * every release but the one it starts from. Run by npm after an install.
 */
import fs from 'node:fs';
import path from 'node:path';

const KEPT = 'wp-6.5';
const builds = path.join( import.meta.dirname, 'node_modules/@wp-playground/wordpress-builds' );

for ( const folder of [ 'public', 'src/wordpress' ] ) {
	const full = path.join( builds, folder );
	const names = fs.existsSync( full ) ? fs.readdirSync( full ) : [];
	names
		.filter( ( name ) => name.startsWith( 'wp-' ) && ! name.startsWith( KEPT ) )
		.forEach( ( name ) => fs.rmSync( path.join( full, name ), { recursive: true, force: true } ) );
}
