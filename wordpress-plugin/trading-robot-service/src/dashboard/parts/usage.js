/** Bars of what is used of the plan. */

import { h } from '../../dom.js';
import { __, sprintf } from '../../i18n.js';
import { level, usageNames, usageText } from '../usage-words.js';
import { badge } from './figures.js';

export const usageBars = ( usage ) =>
	h( 'ul', { class: 'trp-card trp-usage' }, usage.map( bar ) );

function bar( item ) {
	const name = usageNames()[ item.key ] || item.key;
	const how = level( item );
	return h(
		'li',
		{ 'data-key': item.key, 'data-level': how || null },
		h(
			'div',
			{ class: 'trp-usage__head' },
			h( 'span', {}, name ),
			h( 'span', { class: 'trp-num' }, usageText( item ), how && [ ' ', levelBadge( how, item ) ] )
		),
		item.limit ? meter( item, name, how ) : h( 'span', { class: 'trp-meter', 'aria-hidden': 'true' } )
	);
}

const levelBadge = ( how, { percent } ) =>
	how === 'full'
		? badge( __( 'All used', 'trading-robot-service' ), 'bad' )
		: badge( sprintf( __( '%s%%', 'trading-robot-service' ), percent ), 'warn' );

const meter = ( { used, limit, percent }, name, how ) =>
	h(
		'span',
		{
			class: `trp-meter${ how ? ` trp-meter--${ how === 'full' ? 'over' : 'full' }` : '' }`,
			role: 'meter',
			'aria-label': name,
			'aria-valuemin': 0,
			'aria-valuemax': limit,
			'aria-valuenow': Math.min( used, limit ),
			'aria-valuetext': usageText( { used, limit } ),
		},
		h( 'span', { style: `width:${ Math.min( percent, 100 ) }%` } )
	);
