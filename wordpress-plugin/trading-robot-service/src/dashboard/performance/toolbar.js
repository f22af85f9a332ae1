/** Which period, and paper or live. */

import { h } from '../../dom.js';
import { localTime, utcTime } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { PERIODS, periodNames } from './words.js';

export function toolbar( { figures }, ctx ) {
	const { state } = ctx;
	const choose = ( change ) => {
		Object.assign( state, { after: null, before: [] }, change );
		ctx.refresh().catch( () => {} );
	};
	const mode = state.mode || figures.mode || 'paper';
	return h(
		'div',
		{ 'data-key': 'toolbar' },
		h(
			'div',
			{ class: 'trp-record__bar' },
			periodTabs( state, choose ),
			modeSegments( mode, choose )
		),
		figures.updated_at && asOf( figures.updated_at )
	);
}

const periodTabs = ( state, choose ) =>
	h(
		'div',
		{
			class: 'trp-tabs',
			role: 'group',
			'aria-label': __( 'Period', 'trading-robot-service' ),
		},
		PERIODS.map( ( period ) =>
			h(
				'button',
				{
					type: 'button',
					'data-key': period,
					'aria-current': state.period === period ? 'page' : null,
					onclick: () => choose( { period } ),
				},
				periodNames()[ period ],
				! state.plan.limits.periods.includes( period ) && [
					h( 'span', { class: 'trp-lock', 'aria-hidden': 'true' } ),
					h(
						'span',
						{ class: 'trp-visually-hidden' },
						` ${ __( '(not part of your plan)', 'trading-robot-service' ) }`
					),
				]
			)
		)
	);

const modeSegments = ( mode, choose ) =>
	h(
		'div',
		{
			class: 'trp-segments',
			role: 'group',
			'aria-label': __( 'Kind of trading', 'trading-robot-service' ),
		},
		[
			[ 'paper', __( 'Paper', 'trading-robot-service' ) ],
			[ 'live', __( 'Live', 'trading-robot-service' ) ],
		].map( ( [ value, text ] ) =>
			h(
				'button',
				{
					type: 'button',
					'aria-pressed': String( value === mode ),
					onclick: () => choose( { mode: value } ),
				},
				text
			)
		)
	);

const asOf = ( at ) =>
	h(
		'p',
		{ class: 'trp-asof', title: utcTime( at ) },
		sprintf( __( 'As of %s', 'trading-robot-service' ), localTime( at ) )
	);
