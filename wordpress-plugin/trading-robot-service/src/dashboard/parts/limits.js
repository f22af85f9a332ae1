/** What a plan includes, and what unlocks more. */

import { h } from '../../dom.js';
import { count } from '../../format.js';
import { __, _n, sprintf } from '../../i18n.js';
import { openDialog, toast } from './dialog.js';

/** A refusal names plans by their ids; people know them by their titles. */
export async function withTitles( { plan, next_plan: next, ...details }, { api } ) {
	const { plans = [] } = await api.get( 'plans' ).catch( () => ( {} ) );
	const titleOf = ( id ) => plans.find( ( known ) => known.id === id )?.title || id;
	return { ...details, plan: titleOf( plan ), next_plan: titleOf( next ) };
}

function sentence( { limit, allowed, plan: name } ) {
	const locked = {
		api_access: __( 'API keys are not part of the %s plan.', 'trading-robot-service' ),
		live_trading: __(
			'The %s plan keeps accounts of simulated money only.',
			'trading-robot-service'
		),
		periods: __( 'The %s plan does not show this period.', 'trading-robot-service' ),
	}[ limit ];
	if ( locked ) {
		return sprintf( locked, name );
	}
	if ( limit === 'history_days' ) {
		return sprintf(
			_n(
				'The %1$s plan shows the last %2$s day.',
				'The %1$s plan shows the last %2$s days.',
				allowed,
				'trading-robot-service'
			),
			name,
			count( allowed )
		);
	}
	if ( limit === 'bots' && allowed !== undefined ) {
		return sprintf(
			_n(
				'The %1$s plan includes %2$s bot, and you are using it.',
				'The %1$s plan includes %2$s bots, and you are using all of them.',
				allowed,
				'trading-robot-service'
			),
			name,
			count( allowed )
		);
	}
	return sprintf(
		__( 'This goes beyond what the %s plan includes.', 'trading-robot-service' ),
		name
	);
}

const SHOWN = new Set( [ 'periods', 'history_days' ] );

function unlock( { limit, next_plan: next } ) {
	if ( SHOWN.has( limit ) && next ) {
		return sprintf( __( 'The %s plan shows it.', 'trading-robot-service' ), next );
	}
	if ( limit !== 'bots' ) {
		return __( 'The plans’ comparison shows which ones include it.', 'trading-robot-service' );
	}
	return next
		? sprintf(
				__(
					'The %s plan unlocks more. You can also delete a bot you no longer need.',
					'trading-robot-service'
				),
				next
			)
		: __( 'You can delete a bot you no longer need to make room.', 'trading-robot-service' );
}

const limitText = ( details ) => [
	h( 'p', {}, sentence( details ) ),
	h( 'p', {}, unlock( details ) ),
];

/** What a screen shows in the place of something the plan does not include. */
export function lockedCard( title, details, ctx ) {
	const { pages } = ctx.config;
	return h(
		'div',
		{ class: 'trp-card trp-empty', 'data-key': 'locked' },
		h( 'h3', {}, h( 'span', { class: 'trp-lock', 'aria-hidden': 'true' } ), ' ', title ),
		limitText( details ),
		pages?.pricing &&
			h(
				'a',
				{ class: 'trp-button trp-button--primary', href: pages.pricing },
				__( 'Compare plans', 'trading-robot-service' )
			)
	);
}

/** Says what the plan includes; `given` names the plans by id or by title. */
export async function showLimit( given, ctx ) {
	const details = await withTitles( given, ctx );
	const { pages } = ctx.config;
	return openDialog( {
		title: __( 'Your plan’s limit is reached', 'trading-robot-service' ),
		body: limitText( details ),
		buttons: ( close ) =>
			[
				h(
					'button',
					{ type: 'button', class: 'trp-button', onclick: () => close() },
					__( 'Not now', 'trading-robot-service' )
				),
				pages?.pricing &&
					h(
						'a',
						{ class: 'trp-button trp-button--primary', href: pages.pricing, 'data-first': true },
						__( 'Compare plans', 'trading-robot-service' )
					),
			].filter( Boolean ),
	} );
}

/** Any refusal of an action: the plan's limit in a dialog, the rest as a short message. */
export function refused( error, ctx ) {
	if ( error.code === 'plan_limit_reached' ) {
		return showLimit( error.details, ctx );
	}
	if ( error.code === 'cancelled' ) {
		toast( error.message );
		return null;
	}
	toast( error.requestId ? `${ error.message } (${ error.requestId })` : error.message, 'error' );
	return null;
}

/** The bots' limit as the dialog wants it, or null while there is room. */
export function botLimit( plan ) {
	const allowed = plan?.limits?.max_bots ?? plan?.limits?.bots;
	const used = plan?.usage?.bots;
	if ( allowed === undefined || allowed === null || used === undefined || used < allowed ) {
		return null;
	}
	return { limit: 'bots', allowed, plan: plan.title || plan.id, next_plan: plan.next_plan };
}
