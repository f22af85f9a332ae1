/** Settings of a robot on a bot, between their JSON and the form's flat fields. Pure. */

import { quantity } from '../format.js';
import { __, sprintf } from '../i18n.js';

export const LEVELS = [ 'basic', 'advanced' ];

export const fieldName = ( { name } ) => `robot_parameters.${ name }`;

/** What the form holds of a bot's settings. */
export const tuningValues = ( stored ) =>
	Object.fromEntries(
		Object.entries( stored || {} ).map( ( [ name, value ] ) => [ fieldName( { name } ), value ] )
	);

/** The robot whose settings the form shows: the chosen one, or that of the bot, if it is known. */
export const tunedRobot = ( { bot, robots, values }, chosen ) =>
	bot ? robots.find( ( { id } ) => id === values.plugin_id ) : chosen;

/** The request's part: what was filled in. `read` makes a number of what was typed. */
export const tuningOf = ( { parameters }, values, read ) =>
	Object.fromEntries(
		parameters
			.map( ( parameter ) => [ parameter.name, read( values[ fieldName( parameter ) ] ) ] )
			.filter( ( [ , value ] ) => value !== '' )
	);

/** What can be typed, in words. */
export const boundsText = ( { default: usual, minimum, maximum, whole } ) =>
	sprintf(
		whole
			? __( 'Usually %1$s. A whole number from %2$s to %3$s.', 'trading-robot-service' )
			: __( 'Usually %1$s. From %2$s to %3$s.', 'trading-robot-service' ),
		quantity( usual ),
		quantity( minimum ),
		quantity( maximum )
	);

/** The robot's settings as facts: [[title, text]…]; `access` says which of them the plan changes. */
export const tuningFacts = ( { parameters }, stored, access ) =>
	parameters.map( ( parameter ) => [ parameter.title, factText( parameter, stored, access ) ] );

function factText( { name, level, default: usual }, stored, access ) {
	if ( ! ( name in stored ) ) {
		return quantity( usual );
	}
	return access[ level ].allowed
		? sprintf(
				__( '%1$s instead of %2$s', 'trading-robot-service' ),
				quantity( stored[ name ] ),
				quantity( usual )
		  )
		: sprintf(
				__( '%1$s, because your plan leaves out your %2$s', 'trading-robot-service' ),
				quantity( usual ),
				quantity( stored[ name ] )
		  );
}
