/** How far back the plan shows, where that is not all. */

import { h } from '../../dom.js';
import { count } from '../../format.js';
import { __, _n, sprintf } from '../../i18n.js';

export function historyNote( history, { config } ) {
	if ( ! history?.clamped || ! history.days ) {
		return null;
	}
	const text = sprintf(
		_n(
			'Your plan shows curves and trades of the last %s day. A larger plan shows more.',
			'Your plan shows curves and trades of the last %s days. A larger plan shows more.',
			history.days,
			'trading-robot-service'
		),
		count( history.days )
	);
	return h(
		'div',
		{ class: 'trp-notice trp-notice--info', role: 'note', 'data-key': 'history' },
		h( 'p', {}, text ),
		history.next_plan &&
			config.pages?.pricing &&
			h(
				'a',
				{ class: 'trp-button trp-button--small', href: config.pages.pricing },
				__( 'Compare plans', 'trading-robot-service' )
			)
	);
}
