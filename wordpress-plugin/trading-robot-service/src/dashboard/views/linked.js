/** What to say when the user comes back from connecting an account at the trading service. */

import { h } from '../../dom.js';
import { __ } from '../../i18n.js';

const problems = () => ( {
	access_denied: __(
		'Connecting was cancelled. Nothing was changed.',
		'trading-robot-service'
	),
	already_linked: __(
		'Your account on this site is connected to another account of the trading service already.',
		'trading-robot-service'
	),
	unavailable: __(
		'The trading service did not answer. Please try again.',
		'trading-robot-service'
	),
} );

const unknownProblem = () =>
	__(
		'Connecting did not work: the link was too old or already used. Please try again.',
		'trading-robot-service'
	);

/** The notice for the address's query, or null; `{isProblem, text}`. */
export function linkNotice( query ) {
	const given = new URLSearchParams( query );
	const problem = given.get( 'trp_link_error' );
	if ( problem ) {
		return { isProblem: true, text: problems()[ problem ] || unknownProblem() };
	}
	return given.get( 'trp_linked' )
		? {
				isProblem: false,
				text: __(
					'Your accounts are connected: this site now shows your bots.',
					'trading-robot-service'
				),
			}
		: null;
}

/** Shows it once: the address loses what asked for it. */
export function takeLinkNotice() {
	const notice = linkNotice( location.search );
	if ( ! notice ) {
		return null;
	}
	const address = new URL( location.href );
	address.searchParams.delete( 'trp_linked' );
	address.searchParams.delete( 'trp_link_error' );
	history.replaceState( null, '', address );
	const element = h(
		'div',
		{
			class: `trp-notice trp-notice--${ notice.isProblem ? 'error' : 'info' }`,
			role: notice.isProblem ? 'alert' : 'status',
		},
		h( 'p', {}, notice.text ),
		h(
			'button',
			{
				type: 'button',
				class: 'trp-close',
				'aria-label': __( 'Close', 'trading-robot-service' ),
				onclick: () => element.remove(),
			},
			'×'
		)
	);
	return element;
}
