/**
 * Brings the WordPress core files into the site folder: the newest release where
 * wordpress.org answers quickly, else the release inside the npm package.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { unzipSync } from 'fflate';

const BUNDLED = '6.5';
const LATEST = 'https://wordpress.org/latest.zip';
const ANSWER_WITHIN_MS = 2000;
const DOWNLOAD_WITHIN_MS = 60_000;

function builds() {
	const manifest = createRequire( import.meta.url ).resolve( '@wp-playground/wordpress-builds/package.json' );
	return path.dirname( manifest );
}

async function latestZip() {
	try {
		await fetch( LATEST, { method: 'HEAD', signal: AbortSignal.timeout( ANSWER_WITHIN_MS ) } );
		const answer = await fetch( LATEST, { signal: AbortSignal.timeout( DOWNLOAD_WITHIN_MS ) } );
		return answer.ok ? new Uint8Array( await answer.arrayBuffer() ) : null;
	} catch {
		return null;
	}
}

function unpack( zip, folder ) {
	for ( const [ name, bytes ] of Object.entries( unzipSync( zip ) ) ) {
		const target = path.join( folder, name.replace( /^wordpress\//, '' ) );
		if ( ! target.startsWith( folder + path.sep ) || name.endsWith( '/' ) ) {
			continue;
		}
		fs.mkdirSync( path.dirname( target ), { recursive: true } );
		fs.writeFileSync( target, bytes );
	}
}

function unpackBundled( folder ) {
	const zip = path.join( builds(), 'src/wordpress', `wp-${ BUNDLED }.zip` );
	unpack( new Uint8Array( fs.readFileSync( zip ) ), folder );
	fs.cpSync( path.join( builds(), 'public', `wp-${ BUNDLED }` ), folder, { recursive: true } );
	fs.rmSync( path.join( folder, 'wp-content/database' ), { recursive: true, force: true } );
}

/**
 * Fills `site` with WordPress unless it is already there. The files are made in a
 * folder beside it and moved into place, so a start that was interrupted leaves
 * nothing half done.
 */
export async function ensureWordPress( site ) {
	if ( fs.existsSync( path.join( site, 'wp-load.php' ) ) ) {
		return;
	}
	const fresh = `${ site }.new`;
	fs.rmSync( fresh, { recursive: true, force: true } );
	fs.mkdirSync( fresh, { recursive: true } );
	const zip = await latestZip();
	zip ? unpack( zip, fresh ) : unpackBundled( fresh );
	fs.rmSync( site, { recursive: true, force: true } );
	fs.renameSync( fresh, site );
}
