/** Offers to upgrade, each counted with its place: that it was shown, and that it was followed. */

import { h } from '../../dom.js';
import { offerLink } from '../router.js';

/* What the service counts; anything else is an offer of the plan as such. */
const LIMITS = new Set( [
	'bots',
	'webhooks_per_day',
	'robots',
	'robot_access',
	'live_trading',
	'periods',
	'history_days',
	'api_access',
	'analytics',
	'customisation',
] );

/** Where on the dashboard it happens: 'dashboard.settings.keys'. */
export function placeNow( hash = location.hash ) {
	const words = hash.split( '/' ).filter( ( word ) => /^[a-z][a-z_-]{0,20}$/.test( word ) );
	return [ 'dashboard', ...words ].join( '.' ).slice( 0, 64 );
}

const seen = new Set();

function count( kind, { limit, next_plan: next, place }, ctx ) {
	const body = {
		kind,
		limit: LIMITS.has( limit ) ? limit : 'plan',
		place,
		next_plan: next || null,
	};
	// What can't be counted must not disturb the reader.
	ctx.quiet?.post( 'upgrade-prompts', body ).catch( () => {} );
}

/** Counts that it was shown; on a screen that is drawn again and again, once. */
export function countShown( offer, ctx, { once = false } = {} ) {
	const key = `${ offer.place } ${ offer.limit }`;
	if ( once && seen.has( key ) ) {
		return;
	}
	seen.add( key );
	count( 'shown', offer, ctx );
}

/** A link to the plan that lifts a limit; following it is counted. */
export function upgradeLink( text, offer, ctx, { kind = '', onclick, ...attributes } = {} ) {
	return h(
		'a',
		{
			class: kind,
			href: offer.next_plan ? offerLink( offer.next_plan ) : ctx.config.pages?.pricing,
			onclick: () => {
				count( 'clicked', offer, ctx );
				onclick?.();
			},
			...attributes,
		},
		text
	);
}
