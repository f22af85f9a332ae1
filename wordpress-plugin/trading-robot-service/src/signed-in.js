/** Whether this browser was signed in when it last saw the dashboard: a guess that spares visitors a request. */

const KEY = 'trp-signed-in';

export function rememberSignedIn( isSignedIn ) {
	try {
		if ( isSignedIn ) {
			localStorage.setItem( KEY, '1' );
		} else {
			localStorage.removeItem( KEY );
		}
	} catch {
		// Storage is switched off: the page stays as it is for visitors.
	}
}

export function mayBeSignedIn() {
	try {
		return document.body.classList.contains( 'logged-in' ) || localStorage.getItem( KEY ) === '1';
	} catch {
		return false;
	}
}
