/** To a page of Stripe's and back: the way there, and what the address says on return. */

import { outcomeLink, subscriptionLink } from './router.js';

const OURS = [ 'checkout', 'trp_buy', 'trp_linked', 'trp_link_error' ];

/** Where Stripe sends the browser back to; `what` is remembered in it: 'plan.mid', 'robot.x', 'portal'. */
export function returnUrl( what, from = location.href ) {
	const url = new URL( from );
	url.hash = '';
	OURS.forEach( ( name ) => url.searchParams.delete( name ) );
	url.searchParams.set( 'trp_buy', what );
	return url.href;
}

/** The address that says the same inside of the dashboard; null when nobody comes back. */
export function comeBack( from ) {
	const url = new URL( from );
	const [ kind, ...rest ] = ( url.searchParams.get( 'trp_buy' ) || '' ).split( '.' );
	if ( ! kind ) {
		return null;
	}
	const outcome = url.searchParams.get( 'checkout' ) === 'paid' ? 'paid' : 'left';
	OURS.forEach( ( name ) => url.searchParams.delete( name ) );
	url.hash = kind === 'portal' ? subscriptionLink() : outcomeLink( outcome, kind, rest.join( '.' ) );
	return url.href;
}

/** Turns the address that Stripe sent the browser to into one of the dashboard's own. */
export function takeCheckout() {
	const address = comeBack( location.href );
	if ( address ) {
		history.replaceState( null, '', address );
	}
}

async function leaveFor( path, body, ctx ) {
	const { url } = await ctx.api.post( path, body );
	location.assign( url );
}

export const payForPlan = ( plan, code, ctx ) =>
	leaveFor( 'subscription/checkout', { plan, code, return_url: returnUrl( `plan.${ plan }` ) }, ctx );

export const payForRobot = ( robot, code, ctx ) =>
	leaveFor( `robots/${ robot }/purchase`, { code, return_url: returnUrl( `robot.${ robot }` ) }, ctx );

export const openPortal = ( ctx ) =>
	leaveFor( 'subscription/portal', { return_url: returnUrl( 'portal' ) }, ctx );
