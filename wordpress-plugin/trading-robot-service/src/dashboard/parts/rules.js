/** What each rule said of a signal. */

import { h } from '../../dom.js';
import { __, _n, sprintf } from '../../i18n.js';

/** 'Bot takes orders' for bot_takes_orders. */
export const words = ( name ) =>
	String( name || '' )
		.replace( /[._]/g, ' ' )
		.replace( /^./, ( letter ) => letter.toUpperCase() );

const isBad = ( { verdict } ) => verdict !== 'pass';

const item = ( rule ) =>
	h(
		'li',
		{ 'data-tone': isBad( rule ) ? 'bad' : null },
		h(
			'span',
			{ class: 'trp-rules__name' },
			h( 'span', { class: 'trp-rules__mark', 'aria-hidden': 'true' }, isBad( rule ) ? '✕' : '✓' ),
			h(
				'span',
				{ class: 'trp-visually-hidden' },
				isBad( rule )
					? __( 'Refused:', 'trading-robot-service' )
					: __( 'Passed:', 'trading-robot-service' ),
				' '
			),
			words( rule.rule )
		),
		rule.detail && h( 'span', { class: 'trp-rules__detail' }, rule.detail )
	);

const list = ( rules ) => h( 'ul', { class: 'trp-rules' }, rules.map( item ) );

/** What refused first, then all that passed behind one line. */
export function ruleList( rules ) {
	const bad = rules.filter( isBad );
	const good = rules.filter( ( rule ) => ! isBad( rule ) );
	return [
		bad.length > 0 && list( bad ),
		good.length > 0 &&
			h(
				'details',
				{ class: 'trp-rules-passed' },
				h(
					'summary',
					{},
					sprintf(
						_n( '%s rule passed', '%s rules passed', good.length, 'trading-robot-service' ),
						good.length
					)
				),
				list( good )
			),
	];
}
