/** Part of the bot form: the settings of the robot that drives it; the locked ones say what unlocks them. */

import { h } from '../../../dom.js';
import { __, sprintf } from '../../../i18n.js';
import { chosenRobot } from '../../bot-values.js';
import { advanced, amountField } from '../../parts/fields.js';
import { withTitles } from '../../parts/limits.js';
import { countShown, placeNow, upgradeLink } from '../../parts/prompts.js';
import { boundsText, fieldName, LEVELS, tunedRobot } from '../../tuning-values.js';
import { row, section } from './sections.js';

/** Answers {robots, tuning}: for each level whether it is allowed, and the plan that unlocks it. */
export async function loadRobots( ctx ) {
	const [ { robots }, { parameters } ] = await Promise.all( [
		ctx.api.get( 'robots' ),
		ctx.api.get( 'robot-access' ),
	] );
	const offers = LEVELS.map( async ( level ) => [ level, await withOffer( parameters[ level ], ctx ) ] );
	return { robots, tuning: Object.fromEntries( await Promise.all( offers ) ) };
}

const withOffer = async ( access, ctx ) =>
	access.allowed
		? access
		: {
				...access,
				offer: await withTitles(
					{ limit: 'customisation', next_plan: access.unlocked_by },
					ctx
				),
		  };

export function tuningSection( model, ctx ) {
	const robot = tunedRobot( model, chosenRobot( model ) );
	if ( ! robot?.parameters.length ) {
		return null;
	}
	const part = ( level ) =>
		partOf( level, robot.parameters.filter( ( one ) => one.level === level ), model, ctx );
	const [ few, more ] = LEVELS.map( part );
	return section(
		'tuning',
		__( 'How the robot decides', 'trading-robot-service' ),
		sprintf(
			__( 'Settings of %s. Leave empty what is to stay as usual.', 'trading-robot-service' ),
			robot.name
		),
		few,
		more && advanced( 'tuning-more', __( 'More settings', 'trading-robot-service' ), more )
	);
}

function partOf( level, parameters, { values, tuning }, ctx ) {
	if ( ! parameters.length ) {
		return null;
	}
	const { allowed, offer } = tuning[ level ];
	const fields = parameters.map( ( parameter ) =>
		field( parameter, values[ fieldName( parameter ) ] ?? '', allowed )
	);
	return [ offer && lockNote( level, offer, ctx ), row( fields ) ];
}

const field = ( parameter, value, allowed ) =>
	amountField( fieldName( parameter ), parameter.title, {
		value,
		placeholder: parameter.default,
		disabled: ! allowed,
		hint:
			! allowed && value !== ''
				? sprintf(
						__( 'Kept, but not used on your plan: %s is.', 'trading-robot-service' ),
						parameter.default
				  )
				: boundsText( parameter ),
	} );

function lockNote( level, details, ctx ) {
	const offer = { ...details, place: placeNow() };
	const title = offer.next_title;
	countShown( offer, ctx, { once: true } );
	return h(
		'p',
		{ class: 'trp-locked', 'data-key': `locked-${ level }` },
		h( 'span', { class: 'trp-lock', 'aria-hidden': 'true' } ),
		h(
			'span',
			{},
			sprintf( __( 'You can change these with %s.', 'trading-robot-service' ), title ),
			' ',
			upgradeLink( sprintf( __( 'Upgrade to %s', 'trading-robot-service' ), title ), offer, ctx )
		)
	);
}
