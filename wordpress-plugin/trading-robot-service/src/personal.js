/**
 * What is the reader's own on a public page. The page itself is the same for everybody, so that it
 * can be cached; a signed-in reader's browser asks for the rest.
 */

import { h } from './dom.js';
import { cents } from './format.js';
import { __, sprintf } from './i18n.js';
import { signedInApi } from './own-api.js';
import { changeText, ownLine, placeOf, planNotices, robotOffer } from './plan-words.js';
import { mayBeSignedIn } from './signed-in.js';

export async function startPersonal( root ) {
	const plans = [ ...root.querySelectorAll( '.trp-plans[data-trp-personal]' ) ];
	const robots = [ ...root.querySelectorAll( '[data-trp-robots][data-trp-personal]' ) ];
	const [ first ] = [ ...plans, ...robots ];
	if ( ! first || ! mayBeSignedIn() ) {
		return;
	}
	const config = JSON.parse( first.dataset.trpPersonal );
	const api = await signedInApi( config );
	if ( ! api ) {
		return;
	}
	const [ own, access ] = await Promise.all( [
		plans.length ? api.get( 'subscription' ).catch( () => null ) : null,
		robots.length ? api.get( 'robot-access' ).catch( () => null ) : null,
	] );
	own && plans.forEach( ( box ) => showPlans( box, own, config ) );
	access && robots.forEach( ( list ) => showRobots( list, access.robots, config ) );
}

const link = ( { dashboard }, place ) => `${ dashboard }#/${ place }`;

function showPlans( box, own, config ) {
	const cards = [ ...box.querySelectorAll( '[data-plan]' ) ];
	const order = cards.map( ( card ) => card.dataset.plan );
	cards.forEach( ( card ) => showPlan( card, own, order, config ) );
	box.dataset.own = '';
	box.before( ...planNotices( own ).map( ( notice ) => noticeElement( notice, config ) ) );
}

function showPlan( card, own, order, config ) {
	const { plan: id } = card.dataset;
	const place = placeOf( { id, isDefault: 'default' in card.dataset }, own, order );
	const line = card.querySelector( '[data-trp-own]' );
	line.textContent = ownLine( place, own );
	line.hidden = false;
	place === 'current' &&
		card.prepend(
			h( 'span', { class: 'trp-badge trp-plan__yours' }, __( 'Your plan', 'trading-robot-service' ) )
		);
	card.dataset.place = place;
	const button = card.querySelector( '[data-trp-action]' );
	const change = changeText( place, { id, title: card.dataset.title }, own, order );
	button.textContent = change || actionText( place );
	button.href = link( config, change ? `subscription/to/${ id }` : 'subscription' );
	button.classList.toggle(
		'trp-button--primary',
		place === 'up' || ( place === 'buy' && 'popular' in card.dataset )
	);
}

const actionText = ( place ) =>
	( {
		unpaid: __( 'Pay now', 'trading-robot-service' ),
		included: __( 'See your plan', 'trading-robot-service' ),
	} )[ place ] || __( 'Manage your plan', 'trading-robot-service' );

const noticeElement = ( { kind, title, text, act }, config ) =>
	h(
		'div',
		{ class: `trp-notice trp-notice--${ kind }`, role: 'status' },
		h( 'p', {}, h( 'strong', {}, title ), ' ', text ),
		h(
			'a',
			{ class: 'trp-button trp-button--small', href: link( config, 'subscription' ) },
			act === 'pay'
				? __( 'Pay now', 'trading-robot-service' )
				: __( 'Change this', 'trading-robot-service' )
		)
	);

function showRobots( list, known, config ) {
	known.forEach( ( access ) => {
		const card = list.querySelector( `[data-robot="${ CSS.escape( access.robot_id ) }"]` );
		card && showRobot( card, access, config );
	} );
}

function showRobot( card, access, config ) {
	const { badge, actions } = robotOffer( access );
	const own = card.querySelector( '[data-trp-own]' );
	own.textContent = badge || '';
	own.hidden = ! badge;
	card
		.querySelector( '[data-trp-actions]' )
		.replaceChildren( ...actions.map( ( action, index ) => robotLink( action, index, access, config ) ) );
}

function robotLink( [ act, plan ], index, { robot_id: id, price_cents: price }, config ) {
	const [ text, place ] = {
		use: () => [ __( 'Use this robot', 'trading-robot-service' ), `bots/new/${ id }` ],
		demo: () => [ __( 'Try demo', 'trading-robot-service' ), `bots/new/${ id }` ],
		buy: () => [
			sprintf( __( 'Purchase for %s', 'trading-robot-service' ), cents( price ) ),
			`robots/${ id }/buy`,
		],
		upgrade: () => [
			sprintf( __( 'Upgrade to %s', 'trading-robot-service' ), config.titles[ plan ] || plan ),
			`subscription/to/${ plan }`,
		],
	}[ act ]();
	const kind = index ? '' : ' trp-button--primary';
	return h( 'a', { class: `trp-button trp-button--small${ kind }`, href: link( config, place ) }, text );
}
