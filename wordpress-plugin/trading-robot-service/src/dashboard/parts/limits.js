/** What a plan includes, and what unlocks more. */

import { h } from '../../dom.js';
import { count } from '../../format.js';
import { __, _n, sprintf } from '../../i18n.js';
import { openDialog, toast } from './dialog.js';
import { countShown, placeNow, upgradeLink } from './prompts.js';

/** A refusal names plans by their ids; people know them by their titles. `next_title`: what unlocks it. */
export async function withTitles( { plan, next_plan: next, ...details }, { api } ) {
	const { plans = [] } = await api.get( 'plans' ).catch( () => ( {} ) );
	const titleOf = ( id ) => plans.find( ( known ) => known.id === id )?.title || id;
	return { ...details, plan: titleOf( plan ), next_plan: next, next_title: titleOf( next ) };
}

function sentence( { limit, allowed, plan: name } ) {
	const locked = {
		api_access: __( 'API keys are not part of the %s plan.', 'trading-robot-service' ),
		live_trading: __(
			'The %s plan trades on paper, with simulated money only.',
			'trading-robot-service'
		),
		robot_access: allowed
			? __( 'The %s plan lets this robot trade on paper only.', 'trading-robot-service' )
			: __( 'The %s plan leaves this robot out.', 'trading-robot-service' ),
		analytics: __(
			'Trade analysis is not part of the %s plan: what pays by symbol, side, day and hour, how orders fill, and live against paper.',
			'trading-robot-service'
		),
		customisation: __(
			'The %s plan keeps this setting of the robot as it is.',
			'trading-robot-service'
		),
		periods: __( 'The %s plan does not show figures of this period.', 'trading-robot-service' ),
	}[ limit ];
	if ( locked ) {
		return sprintf( locked, name );
	}
	if ( ! Number.isInteger( allowed ) ) {
		return sprintf(
			__( 'This goes beyond what the %s plan includes.', 'trading-robot-service' ),
			name
		);
	}
	return sprintf( numbered( limit, allowed ), name, count( allowed ) );
}

const numbered = ( limit, allowed ) =>
	( {
		bots: _n(
			'The %1$s plan includes %2$s bot, and you are using it.',
			'The %1$s plan includes %2$s bots, and you are using all of them.',
			allowed,
			'trading-robot-service'
		),
		robots: _n(
			'The %1$s plan includes %2$s robot.',
			'The %1$s plan includes %2$s robots.',
			allowed,
			'trading-robot-service'
		),
		history_days: _n(
			'The %1$s plan shows %2$s day of history.',
			'The %1$s plan shows %2$s days of history.',
			allowed,
			'trading-robot-service'
		),
		webhooks_per_day: _n(
			'The %1$s plan takes %2$s alert a day.',
			'The %1$s plan takes %2$s alerts a day.',
			allowed,
			'trading-robot-service'
		),
	} )[ limit ] || __( 'The %1$s plan includes %2$s of these.', 'trading-robot-service' );

function unlock( { limit, next_title: next } ) {
	if ( ! next ) {
		return limit === 'bots'
			? __( 'You can delete a bot you no longer need to make room.', 'trading-robot-service' )
			: __( 'The plans’ comparison shows which ones include it.', 'trading-robot-service' );
	}
	return sprintf(
		limit === 'bots'
			? __(
					'The %s plan unlocks more. You can also delete a bot you no longer need.',
					'trading-robot-service'
			  )
			: __( 'The %s plan unlocks it.', 'trading-robot-service' ),
		next
	);
}

const upgradeText = ( { next_title: next } ) =>
	next
		? sprintf( __( 'Upgrade to %s', 'trading-robot-service' ), next )
		: __( 'Compare plans', 'trading-robot-service' );

const limitText = ( details ) => [
	h( 'p', {}, sentence( details ) ),
	h( 'p', {}, unlock( details ) ),
];

/** What a screen shows in the place of something the plan does not include. */
export function lockedCard( title, details, ctx ) {
	const offer = { ...details, place: placeNow() };
	countShown( offer, ctx, { once: true } );
	return h(
		'div',
		{ class: 'trp-card trp-empty', 'data-key': 'locked' },
		h( 'h3', {}, h( 'span', { class: 'trp-lock', 'aria-hidden': 'true' } ), ' ', title ),
		limitText( details ),
		upgradeLink( upgradeText( details ), offer, ctx, { kind: 'trp-button trp-button--primary' } )
	);
}

/** Says what the plan includes; `given` names the plans by their ids. */
export async function showLimit( given, ctx ) {
	const details = await withTitles( given, ctx );
	const offer = { ...details, place: placeNow() };
	countShown( offer, ctx );
	return openDialog( {
		title: __( 'Your plan’s limit is reached', 'trading-robot-service' ),
		body: limitText( details ),
		buttons: ( close ) => [
			h(
				'button',
				{ type: 'button', class: 'trp-button', onclick: () => close() },
				__( 'Not now', 'trading-robot-service' )
			),
			upgradeLink( upgradeText( details ), offer, ctx, {
				kind: 'trp-button trp-button--primary',
				'data-first': true,
				onclick: close,
			} ),
		],
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
	return { limit: 'bots', allowed, plan: plan.id, next_plan: plan.next_plan };
}
