/** A plan's features as lines of a list. Pure; the service says what they are. */

import { count } from '../format.js';
import { __ } from '../i18n.js';

const words = ( text ) => {
	const plain = text.replaceAll( /[_-]/g, ' ' );
	return plain.charAt( 0 ).toUpperCase() + plain.slice( 1 );
};

function valueText( value ) {
	if ( value === null ) {
		return __( 'Unlimited', 'trading-robot-service' );
	}
	if ( Array.isArray( value ) ) {
		return value.map( words ).join( ', ' );
	}
	return typeof value === 'number' ? count( value ) : words( String( value ) );
}

/** What the plan has, without what it lacks: [[label, value or '']…]. */
export const featureLines = ( { features } ) =>
	features
		.filter( ( { value } ) => value !== false )
		.map( ( { label, value } ) => [ label, value === true ? '' : valueText( value ) ] );
