/** Loading, failed, stale and empty, the same on every screen. */

import { h } from '../../dom.js';
import { __, sprintf } from '../../i18n.js';
import { overviewLink } from '../router.js';

const block = ( height, width = '100%' ) =>
	h( 'span', { class: 'trp-skeleton', style: `height:${ height }px;width:${ width }` } );

const loading = ( ...blocks ) =>
	h(
		'div',
		{ class: 'trp-stack', 'aria-busy': 'true', 'data-key': 'loading' },
		h(
			'p',
			{ class: 'trp-visually-hidden', role: 'status' },
			__( 'Loading…', 'trading-robot-service' )
		),
		blocks
	);

export const overviewSkeleton = () =>
	loading( block( 40, '240px' ), block( 112 ), block( 352 ), block( 220 ), block( 260 ) );
export const botSkeleton = () =>
	loading( block( 72, '320px' ), block( 42 ), block( 112 ), block( 420 ), block( 200 ) );
export const contentSkeleton = () => loading( block( 112 ), block( 420 ), block( 200 ) );
export const sectionSkeleton = () => loading( block( 34, '200px' ), block( 170 ), block( 170 ) );
export const accountsSkeleton = () =>
	loading( block( 40, '260px' ), block( 66 ), block( 250 ) );
export const formSkeleton = () =>
	loading( block( 40, '220px' ), block( 240 ), block( 220 ), block( 280 ) );

function advice( error ) {
	if ( error.isSignedOut ) {
		return __(
			'Your session on this site has ended. Sign in again; your bots are not affected.',
			'trading-robot-service'
		);
	}
	if ( error.status === 404 ) {
		return __(
			'It may have been deleted, or the address is not complete.',
			'trading-robot-service'
		);
	}
	if ( error.code === 'unreachable' ) {
		return __(
			'Your bots keep working: they run on our servers and not in this browser.',
			'trading-robot-service'
		);
	}
	return __(
		'Your bots keep receiving alerts and trading meanwhile. Only this page is affected.',
		'trading-robot-service'
	);
}

const reference = ( error ) =>
	error.requestId &&
	h(
		'p',
		{ class: 'trp-small trp-muted' },
		sprintf( __( 'Request id: %s', 'trading-robot-service' ), error.requestId )
	);

/** The whole screen could not be read. */
export function failure( error, retry ) {
	const missing = error.status === 404;
	return h(
		'div',
		{ class: 'trp-card trp-empty', role: 'alert' },
		h(
			'h2',
			{},
			missing
				? __( 'There is nothing here', 'trading-robot-service' )
				: __( 'This page could not be loaded', 'trading-robot-service' )
		),
		h( 'p', {}, error.message ),
		h( 'p', {}, advice( error ) ),
		h( 'div', { class: 'trp-actions' }, action( error, retry, missing ) ),
		reference( error )
	);
}

function action( error, retry, missing ) {
	if ( error.isSignedOut ) {
		return h(
			'button',
			{ type: 'button', class: 'trp-button trp-button--primary', onclick: () => location.reload() },
			__( 'Sign in again', 'trading-robot-service' )
		);
	}
	if ( missing ) {
		return h(
			'a',
			{ class: 'trp-button', href: overviewLink() },
			__( 'Back to the overview', 'trading-robot-service' )
		);
	}
	return h(
		'button',
		{ type: 'button', class: 'trp-button trp-button--primary', onclick: retry },
		__( 'Try again', 'trading-robot-service' )
	);
}

/** What is shown was read before; the newest reading failed. */
export function staleNotice( error, retry ) {
	return h(
		'div',
		{ class: 'trp-notice trp-notice--warn', role: 'status', 'data-key': 'stale' },
		h(
			'p',
			{},
			__(
				'Updates are paused: the figures below are the last ones received.',
				'trading-robot-service'
			),
			' ',
			error.message
		),
		h(
			'button',
			{ type: 'button', class: 'trp-button trp-button--small', onclick: retry },
			__( 'Try again', 'trading-robot-service' )
		)
	);
}

export function empty( title, text, ...actions ) {
	return h(
		'div',
		{ class: 'trp-card trp-empty' },
		h( 'h3', {}, title ),
		h( 'p', {}, text ),
		...actions
	);
}
