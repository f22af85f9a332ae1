/** More bots than places: the user chooses which ones have them. */

import { fill, h } from '../../dom.js';
import { count } from '../../format.js';
import { __, _n, sprintf } from '../../i18n.js';
import { toast } from './dialog.js';
import { badge, modeBadge, panel } from './figures.js';
import { formOf, submitButton } from './forms.js';

/** `bots`: all of the user's; `places`: how many the plan has. */
export function placesPanel( bots, places, ctx ) {
	const held = bots.filter( ( bot ) => bot.held_by_plan ).length;
	if ( ! held ) {
		return null;
	}
	return panel(
		__( 'Choose which bots stay', 'trading-robot-service' ),
		null,
		h(
			'p',
			{ class: 'trp-panel__lead' },
			sprintf(
				_n(
					'Your plan has no place for %1$s of your %2$s bots. It is paused, not deleted: it opens nothing, and what it holds stays guarded.',
					'Your plan has no place for %1$s of your %2$s bots. They are paused, not deleted: they open nothing, and what they hold stays guarded.',
					held,
					'trading-robot-service'
				),
				count( held ),
				count( bots.length )
			)
		),
		choice( bots, places, ctx )
	);
}

function choice( bots, places, ctx ) {
	const status = h( 'p', { class: 'trp-small trp-muted', role: 'status' } );
	const form = formOf( ctx, {
		id: 'trp-places',
		fields: h(
			'fieldset',
			{ class: 'trp-places' },
			h( 'legend', { class: 'trp-visually-hidden' }, __( 'Bots that stay', 'trading-robot-service' ) ),
			bots.map( botChoice )
		),
		buttons: h(
			'div',
			{ class: 'trp-places__foot' },
			status,
			submitButton( __( 'Keep these bots', 'trading-robot-service' ) )
		),
		send: ( given ) => keep( given.getAll( 'keep' ), ctx ),
	} );
	const update = () => {
		const chosen = form.querySelectorAll( '[name="keep"]:checked' ).length;
		fill( status, chosenText( chosen, places ) );
		status.classList.toggle( 'trp-num--down', chosen > places );
	};
	form.addEventListener( 'change', update );
	update();
	form.trpWidget = { kind: 'places', update: () => {} };
	return h( 'div', { class: 'trp-card', 'data-key': bots.map( ( bot ) => `${ bot.id }${ bot.held_by_plan }` ).join() }, form );
}

const chosenText = ( chosen, places ) =>
	sprintf(
		_n( '%1$s chosen, %2$s place', '%1$s chosen, %2$s places', places, 'trading-robot-service' ),
		count( chosen ),
		count( places )
	);

const botChoice = ( bot ) =>
	h(
		'label',
		{ class: 'trp-check' },
		h( 'input', { type: 'checkbox', name: 'keep', value: bot.id, checked: ! bot.held_by_plan } ),
		h(
			'span',
			{},
			bot.name,
			' ',
			bot.trading_mode === 'live' && modeBadge( 'live' ),
			bot.held_by_plan && [ ' ', badge( __( 'Paused by the plan', 'trading-robot-service' ), 'warn' ) ]
		)
	);

async function keep( ids, ctx ) {
	await ctx.api.put( 'subscription/bots', { keep: ids } );
	toast( __( 'These bots have the places now.', 'trading-robot-service' ) );
	await ctx.refresh();
}
