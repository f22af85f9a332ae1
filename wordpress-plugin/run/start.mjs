/**
 * Serves WordPress with the plugin of this repository on the loopback address.
 * Prints one line, `ready http://127.0.0.1:PORT`, when the site answers.
 */
import crypto from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureWordPress } from './wordpress.mjs';

const HERE = import.meta.dirname;
const PLUGIN = path.resolve( HERE, '../trading-robot-service' );
const SLUG = 'trading-robot-service';
const PHP_VERSION = '8.3';
const LAST_WORD_MS = 2500;
// Each compiles all of WordPress for itself, and more of them than processors make no page faster.
const WORKERS = Math.min( 4, Math.max( 2, os.availableParallelism() ) );

function options() {
	const { values } = parseArgs( {
		options: {
			port: { type: 'string' },
			home: { type: 'string' },
			'api-url': { type: 'string' },
			'demo-email': { type: 'string', default: '' },
			'demo-subject': { type: 'string', default: '' },
			workers: { type: 'string', default: String( WORKERS ) },
		},
	} );
	for ( const name of [ 'port', 'home', 'api-url' ] ) {
		if ( ! values[ name ] ) {
			throw new Error( `--${ name } is required` );
		}
	}
	return { ...values, ...secrets() };
}

/** Secrets come in the environment: arguments are seen by everyone on the machine. */
function secrets() {
	const { TRP_SITE_CODE: code = '', TRP_SITE_DEMO_PASSWORD: password = '' } = process.env;
	delete process.env.TRP_SITE_CODE;
	delete process.env.TRP_SITE_DEMO_PASSWORD;
	return { code, demoPassword: password };
}

/** The server inside Playground listens on every address; this keeps it on the loopback one. */
function stayOnLoopback() {
	const listen = net.Server.prototype.listen;
	net.Server.prototype.listen = function ( ...args ) {
		if ( typeof args[ 0 ] === 'number' && typeof args[ 1 ] !== 'string' ) {
			args.splice( 1, 0, '127.0.0.1' );
		}
		return listen.apply( this, args );
	};
}

/** A copy, because Playground may write to it. */
function phpSettings( home ) {
	const file = path.join( home, 'php.ini' );
	fs.copyFileSync( path.join( HERE, 'php.ini' ), file );
	return file;
}

/** Generated once and kept readable for the owner only. */
function adminPassword( home ) {
	const file = path.join( home, 'admin-password' );
	if ( ! fs.existsSync( file ) ) {
		fs.writeFileSync( file, crypto.randomBytes( 18 ).toString( 'base64url' ) + '\n', { mode: 0o600 } );
	}
	return fs.readFileSync( file, 'utf8' ).trim();
}

function assertPortFree( port ) {
	return new Promise( ( resolve, reject ) => {
		const probe = net.createServer();
		probe.once( 'error', () => reject( new Error( `port ${ port } is in use` ) ) );
		probe.listen( { port, host: '127.0.0.1' }, () => probe.close( resolve ) );
	} );
}

async function serve( given, site, phpIni ) {
	stayOnLoopback();
	const { runCLI } = await import( '@wp-playground/cli' );
	return runCLI( {
		command: 'server',
		port: Number( given.port ),
		'site-url': `http://127.0.0.1:${ given.port }`,
		php: PHP_VERSION,
		workers: Number( given.workers ),
		wordpressInstallMode: 'install-from-existing-files-if-needed',
		'mount-before-install': [
			{ hostPath: site, vfsPath: '/wordpress' },
			{ hostPath: phpIni, vfsPath: '/internal/shared/php.ini' },
			{ hostPath: PLUGIN, vfsPath: `/wordpress/wp-content/plugins/${ SLUG }` },
		],
		define: { WP_ENVIRONMENT_TYPE: 'local', WP_ACCESSIBLE_HOSTS: new URL( given[ 'api-url' ] ).hostname },
		'define-bool': { WP_DEBUG: false, WP_DEBUG_DISPLAY: false, AUTOMATIC_UPDATER_DISABLED: true, WP_HTTP_BLOCK_EXTERNAL: true },
		verbosity: 'quiet',
	} );
}

async function setUp( cli, given, password ) {
	const code = fs.readFileSync( path.join( HERE, 'setup.php' ), 'utf8' );
	const answer = await cli.playground.run( {
		code,
		env: {
			TRP_SETUP: JSON.stringify( {
				api_url: given[ 'api-url' ],
				code: given.code,
				admin_password: password,
				demo_email: given[ 'demo-email' ],
				demo_password: given.demoPassword,
				demo_subject: given[ 'demo-subject' ],
			} ),
		},
	} );
	const lines = answer.text.trim().split( '\n' );
	if ( answer.exitCode !== 0 || lines.at( -1 ) !== 'done' ) {
		throw new Error( `the site could not be set up: ${ answer.text } ${ answer.errors }` );
	}
	lines.slice( 0, -1 ).forEach( ( line ) => process.stderr.write( `wordpress: ${ line }\n` ) );
}

function endOnSignal( stop ) {
	const end = async () => {
		setTimeout( () => process.exit( 0 ), LAST_WORD_MS ).unref();
		await stop().catch( () => {} );
		process.exit( 0 );
	};
	process.once( 'SIGTERM', end );
	process.once( 'SIGINT', end );
}

async function main() {
	let cli = null;
	endOnSignal( async () => cli?.[ Symbol.asyncDispose ]() );
	const given = options();
	const home = path.resolve( given.home );
	fs.mkdirSync( home, { recursive: true, mode: 0o700 } );
	await assertPortFree( Number( given.port ) );
	const site = path.join( home, 'site' );
	await ensureWordPress( site );
	cli = await serve( given, site, phpSettings( home ) );
	await setUp( cli, given, adminPassword( home ) );
	const address = `http://127.0.0.1:${ given.port }`;
	// The server answers its very first request with a redirect of its own.
	await fetch( `${ address }/wp-includes/images/blank.gif`, { redirect: 'manual' } );
	process.stdout.write( `ready ${ address }\n` );
}

main().catch( ( error ) => {
	process.stderr.write( `wordpress: ${ error.message }\n` );
	process.exit( 1 );
} );
