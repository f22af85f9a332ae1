/** What was done in the user's name. */

import { h } from '../../dom.js';
import { __, _n, sprintf } from '../../i18n.js';
import { groups, inGroup, isWorrying, sentenceOf } from '../activity-words.js';
import { busy } from '../parts/actions.js';
import { selectField } from '../parts/fields.js';
import { badge, panel, when } from '../parts/figures.js';
import { empty } from '../parts/states.js';
import { pager } from '../parts/tables.js';

const PAGE = 50;

export const activitySection = {
	load: ( ctx ) => ctx.api.get( 'audit', { page: ctx.state.page || 1, limit: PAGE } ),
	view: ( data, ctx ) =>
		panel(
			__( 'Activity', 'trading-robot-service' ),
			null,
			h(
				'p',
				{ class: 'trp-panel__lead' },
				__(
					'Kept by the trading service; nobody can change or remove an entry.',
					'trading-robot-service'
				)
			),
			filter( ctx ),
			list( data, ctx ),
			pager( data, ( page ) => turnTo( page, ctx ) )
		),
};

function filter( ctx ) {
	const all = [ '', __( 'Everything', 'trading-robot-service' ) ];
	return h(
		'div',
		{ class: 'trp-activity__filter', 'data-key': 'filter' },
		selectField(
			'group',
			__( 'Show', 'trading-robot-service' ),
			[ all, ...groups() ],
			{
				value: ctx.state.group || '',
				onchange: ( event ) => {
					ctx.state.group = event.target.value;
					ctx.redraw();
				},
			}
		)
	);
}

async function turnTo( page, ctx ) {
	ctx.state.page = page;
	await busy( document.activeElement, ctx.refresh, ctx );
}

function list( { entries }, ctx ) {
	const shown = inGroup( entries, ctx.state.group );
	if ( ! shown.length ) {
		return empty(
			__( 'Nothing of this kind', 'trading-robot-service' ),
			sprintf(
				_n(
					'The %s entry of this page is of another kind.',
					'The %s entries of this page are of other kinds.',
					entries.length,
					'trading-robot-service'
				),
				entries.length
			)
		);
	}
	return h( 'ul', { class: 'trp-log', 'data-key': 'entries' }, shown.map( entry ) );
}

const entry = ( event ) =>
	h(
		'li',
		{ 'data-key': String( event.seq ) },
		h(
			'div',
			{ class: 'trp-log__row trp-activity__row' },
			h(
				'span',
				{ class: 'trp-log__what' },
				sentenceOf( event ),
				isWorrying( event ) && [ ' ', badge( __( 'Look twice', 'trading-robot-service' ), 'warn' ) ]
			),
			when( event.at ),
			h(
				'span',
				{ class: 'trp-log__why' },
				event.address &&
					sprintf( __( 'from %s', 'trading-robot-service' ), event.address )
			)
		)
	);
