/** The steps of one signal, each with its time since the alert came in. */

import { h } from '../../dom.js';
import { __, sprintf } from '../../i18n.js';
import { sizingSteps } from '../sizing-words.js';
import { factList, when } from './figures.js';
import { ruleList, words } from './rules.js';

export const timeline = ( log ) =>
	h(
		'ol',
		{ class: 'trp-timeline' },
		log.map( ( step ) => timelineStep( step ) )
	);

const BAD = new Set( [ 'refuse', 'refused', 'failed', 'dead', 'rejected' ] );
const OWN = new Set( [
	'step',
	'at',
	'ms',
	'reason',
	'summary',
	'detail',
	'rules',
	'verdicts',
	'rule',
	'verdict',
	'sizing',
] );

const toneOf = ( step ) =>
	BAD.has( step.step ) || BAD.has( step.verdict ) || BAD.has( step.result ) ? 'bad' : null;

function timelineStep( step ) {
	const rules = step.rules || step.verdicts;
	const sizing = sizingSteps( step.sizing );
	return h(
		'li',
		{ 'data-tone': toneOf( step ) },
		h( 'span', {}, words( step.rule ? `${ step.step }: ${ step.rule }` : step.step ) ),
		h(
			'span',
			{ class: 'trp-log__time' },
			step.ms === undefined || step.ms === null
				? when( step.at )
				: sprintf( __( '+%s ms', 'trading-robot-service' ), Math.round( step.ms * 10 ) / 10 )
		),
		detailText( step ) && h( 'span', { class: 'trp-timeline__detail' }, detailText( step ) ),
		( Array.isArray( rules ) || sizing.length > 0 ) &&
			h(
				'div',
				{ class: 'trp-timeline__detail' },
				sizing.length > 0 && factList( sizing ),
				Array.isArray( rules ) && ruleList( rules )
			)
	);
}

const isSimple = ( value ) =>
	[ 'string', 'number', 'boolean' ].includes( typeof value ) && value !== '';

/* Facts of a step: words as they are, lists with commas, arithmetic as name and value. */
function factText( name, value ) {
	if ( Array.isArray( value ) ) {
		return value.filter( isSimple ).join( ', ' );
	}
	if ( value && typeof value === 'object' ) {
		return Object.entries( value )
			.filter( ( [ , inner ] ) => isSimple( inner ) )
			.map( ( [ inner, amount ] ) => `${ words( inner ).toLowerCase() } ${ amount }` )
			.join( ', ' );
	}
	return isSimple( value ) ? `${ words( name ).toLowerCase() } ${ value }` : '';
}

function detailText( step ) {
	const said = [ step.verdict, step.summary, step.reason, step.detail ].filter( isSimple );
	const others = Object.entries( step )
		.filter( ( [ name ] ) => ! OWN.has( name ) )
		.map( ( [ name, value ] ) => factText( name, value ) );
	return [ ...said, ...others ].filter( Boolean ).join( ' \u00b7 ' );
}
