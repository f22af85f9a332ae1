/** Calls to the site's own REST routes; the browser never talks to the service itself. */

import { __ } from '../i18n.js';

export class ApiError extends Error {
	constructor( status, body ) {
		super( body.message || __( 'The request failed.', 'trading-robot-service' ) );
		this.status = status;
		this.code = body.error || body.code || 'failed';
		this.details = body.details || {};
		this.requestId = body.request_id || '';
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

const TIMEOUT_MS = 20000;

function addressOf( root, path, query ) {
	const url = new URL( root + path, location.href );
	Object.entries( query || {} ).forEach( ( [ name, value ] ) =>
		url.searchParams.set( name, value )
	);
	return url;
}

async function answerOf( response ) {
	const body = await response.json().catch( () => ( {} ) );
	if ( ! response.ok ) {
		throw new ApiError( response.status, body );
	}
	return body;
}

const unreachable = () =>
	new ApiError( 0, {
		error: 'unreachable',
		message: __( 'This site cannot be reached. Check your connection.', 'trading-robot-service' ),
	} );

/** `get|post|put|del` under `me/…`, and `site(path, body)` for the site's own routes. */
export function createApi( { root, nonce } ) {
	async function call( method, path, { query, body } = {} ) {
		const headers = { Accept: 'application/json', 'X-WP-Nonce': nonce };
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
		const response = await fetch( addressOf( root, path, query ), options ).catch( () => {
			throw unreachable();
		} );
		return answerOf( response );
	}
	return {
		get: ( path, query ) => call( 'GET', `me/${ path }`, { query } ),
		post: ( path, body = {} ) => call( 'POST', `me/${ path }`, { body } ),
		put: ( path, body ) => call( 'PUT', `me/${ path }`, { body } ),
		del: ( path ) => call( 'DELETE', `me/${ path }` ),
		site: ( path, body ) => call( 'POST', path, { body } ),
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
