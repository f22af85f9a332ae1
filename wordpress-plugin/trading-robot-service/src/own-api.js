/** Calls of a public page: as the reader where WordPress knows them, else as a visitor. */

import { createApi } from './dashboard/api.js';
import { mayBeSignedIn, rememberSignedIn } from './signed-in.js';

/** WordPress gives a nonce to those who are signed in, and to nobody else; it is never in the page. */
export async function signedInApi( { root, nonceUrl } ) {
	const answer = await fetch( nonceUrl, { credentials: 'same-origin' } ).catch( () => null );
	if ( ! answer?.ok ) {
		rememberSignedIn( false );
		return null;
	}
	return createApi( { root, nonce: await answer.text() } );
}

/** Whoever the reader is. */
export const anyonesApi = async ( config ) =>
	( mayBeSignedIn() && ( await signedInApi( config ) ) ) || createApi( config );
