/** What the user's plan leaves out of their own record. */

import { h } from '../../dom.js';
import { __, sprintf } from '../../i18n.js';
import { factWords } from '../missing-words.js';
import { panel } from './figures.js';
import { countShown, placeNow, upgradeLink } from './prompts.js';

/** `missing`: the service's answer; `titles`: of plans by id. */
export function missingPanel( { missing, next_plan: next }, titles, ctx ) {
	const facts = missing.filter( factWords );
	if ( ! facts.length ) {
		return null;
	}
	const place = `${ placeNow() }.missing`;
	countShown( { limit: 'plan', next_plan: next, place }, ctx, { once: true } );
	return panel(
		__( 'See what you’re missing', 'trading-robot-service' ),
		null,
		h(
			'ul',
			{ class: 'trp-missing' },
			facts.map( ( fact ) => factItem( fact, place, titles, ctx ) )
		)
	);
}

function factItem( fact, place, titles, ctx ) {
	const [ title, text ] = factWords( fact );
	const { key, unlocked_by: plan } = fact;
	return h(
		'li',
		{ class: 'trp-card', 'data-key': key },
		h( 'strong', { class: 'trp-missing__number' }, title ),
		h( 'p', {}, text ),
		plan &&
			upgradeLink(
				sprintf( __( 'With %s', 'trading-robot-service' ), titles[ plan ] || plan ),
				{ limit: key, next_plan: plan, place },
				ctx
			)
	);
}

export const titlesOf = ( plans ) => Object.fromEntries( plans.map( ( { id, title } ) => [ id, title ] ) );
