/** Calls to the site's own REST routes; of the service itself the browser sees no more than live.js does. */

import { __ } from '../i18n.js';

export class ApiError extends Error {
	constructor( status, body ) {
		super( body.message || __( 'The request failed.', 'trading-robot-service' ) );
		this.status = status;
		this.code = body.error || body.code || 'failed';
		this.details = body.details || {};
		this.requestId = body.request_id || '';
	}

	/** The service wants to know that it is the user: set up a second factor, or give its code. */
	get asksForProof() {
		return this.code === 'second_factor_required' || this.code === 'step_up_required';
	}

	/** The visitor's WordPress session is over: only a reload helps. */
	get isSignedOut() {
		return (
			this.code === 'rest_cookie_invalid_nonce' ||
			this.code === 'rest_forbidden' ||
			this.status === 401
		);
	}
}

/* Longer than the site waits for the service, and the service for a broker. */
const TIMEOUT_MS = 30000;

function addressOf( root, path, query ) {
	const url = new URL( root + path, location.href );
	Object.entries( query || {} ).forEach( ( [ name, value ] ) =>
		url.searchParams.set( name, value )
	);
	return url;
}

async function refuseFailed( response ) {
	if ( ! response.ok ) {
		throw new ApiError( response.status, await response.json().catch( () => ( {} ) ) );
	}
	return response;
}

const unreachable = () =>
	new ApiError( 0, {
		error: 'unreachable',
		message: __( 'This site cannot be reached. Check your connection.', 'trading-robot-service' ),
	} );

const tooSlow = () =>
	new ApiError( 0, {
		error: 'slow',
		message: __(
			'No answer came in time. Look whether it was done before you try again.',
			'trading-robot-service'
		),
	} );

const cancelled = () =>
	new ApiError( 0, {
		error: 'cancelled',
		message: __( 'Nothing was changed: it was not confirmed.', 'trading-robot-service' ),
	} );

async function send( { root, nonce }, method, path, { query, body } = {} ) {
	const headers = { Accept: 'application/json', ...( nonce && { 'X-WP-Nonce': nonce } ) };
	const options = {
		method,
		headers,
		credentials: 'same-origin',
		signal: AbortSignal.timeout?.( TIMEOUT_MS ),
	};
	if ( body !== undefined ) {
		headers[ 'Content-Type' ] = 'application/json';
		options.body = JSON.stringify( body );
	}
	const response = await fetch( addressOf( root, path, query ), options ).catch( ( error ) => {
		throw error.name === 'TimeoutError' ? tooSlow() : unreachable();
	} );
	return refuseFailed( response );
}

/* A screen that may not be read is replaced by one that asks; an action asks and is repeated. */
const canBeProved = ( error, method ) =>
	error.code === 'step_up_required' || ( error.asksForProof && method !== 'GET' );

/**
 * `get|post|put|del` under `me/…`, `file` (POST) and `download` (GET) for what is saved, and `site(path, body)` for the site's
 * own routes. Without a nonce in `config` it is a visitor who asks.
 *
 * An action that the service refuses until the user proves who they are waits for `prove(error)`,
 * which answers whether they did, and is then sent again.
 */
export function createApi( config, prove = async () => false ) {
	async function proved( method, path, options ) {
		try {
			return await send( config, method, path, options );
		} catch ( error ) {
			if ( ! canBeProved( error, method ) ) {
				throw error;
			}
			if ( ! ( await prove( error ) ) ) {
				throw cancelled();
			}
			return send( config, method, path, options );
		}
	}
	const call = async ( ...request ) =>
		( await proved( ...request ) ).json().catch( () => ( {} ) );
	return {
		get: ( path, query ) => call( 'GET', `me/${ path }`, { query } ),
		post: ( path, body = {} ) => call( 'POST', `me/${ path }`, { body } ),
		put: ( path, body ) => call( 'PUT', `me/${ path }`, { body } ),
		del: ( path ) => call( 'DELETE', `me/${ path }` ),
		download: async ( path, query ) =>
			( await proved( 'GET', `me/${ path }`, { query } ) ).blob(),
		file: async ( path ) => ( await proved( 'POST', `me/${ path }`, { body: {} } ) ).blob(),
		site: ( path, body = {} ) => call( 'POST', path, { body } ),
	};
}

/** Nested field messages as {'position_sizing.value': 'Must be greater than 0.'}. */
export function fieldErrors( details ) {
	const fields = details?.fields;
	if ( ! fields ) {
		return details?.field ? { [ details.field ]: details.message || '' } : {};
	}
	return Object.fromEntries( flatten( fields.json || fields, '' ) );
}

function flatten( value, path ) {
	if ( Array.isArray( value ) ) {
		return [ [ path, value.map( String ).join( ' ' ) ] ];
	}
	if ( value && typeof value === 'object' ) {
		return Object.entries( value ).flatMap( ( [ name, inner ] ) =>
			flatten( inner, path ? `${ path }.${ name }` : name )
		);
	}
	return [ [ path, String( value ) ] ];
}
