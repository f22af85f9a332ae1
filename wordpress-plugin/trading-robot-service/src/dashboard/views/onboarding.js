/** What a new user does first; gone with the first trade. */

import { h } from '../../dom.js';
import { __ } from '../../i18n.js';
import { botLink, newBotLink, settingsLink } from '../router.js';

const hasTraded = ( data ) =>
	data.recent_trades.some( ( trade ) => Number( trade.filled_quantity ) > 0 );

export function onboarding( data ) {
	if ( hasTraded( data ) ) {
		return null;
	}
	const steps = stepsFor( data );
	const next = steps.findIndex( ( step ) => ! step.done );
	return h(
		'section',
		{ 'data-key': 'onboarding', 'aria-label': __( 'Getting started', 'trading-robot-service' ) },
		h(
			'h2',
			{ class: 'trp-app__title' },
			__( 'Your first paper trade in three steps', 'trading-robot-service' )
		),
		h(
			'p',
			{ class: 'trp-app__lead' },
			__(
				'Paper trades use simulated money. Nothing here can cost you anything.',
				'trading-robot-service'
			)
		),
		h(
			'ol',
			{ class: 'trp-steps' },
			steps.map( ( step, index ) => item( step, index === next ) )
		)
	);
}

function item( { title, text, link, action, done }, isNext ) {
	return h(
		'li',
		{ 'data-done': done, 'aria-current': isNext ? 'step' : null },
		h(
			'h3',
			{},
			title,
			done &&
				h(
					'span',
					{ class: 'trp-visually-hidden' },
					` (${ __( 'done', 'trading-robot-service' ) })`
				)
		),
		h( 'p', {}, text ),
		isNext && link && h( 'a', { class: 'trp-button trp-button--primary', href: link }, action )
	);
}

function stepsFor( data ) {
	return [ secureStep( data ), signalStep( data ), watchStep( data.bots[ 0 ] ) ];
}

const secureStep = ( { isSecured } ) => ( {
	title: __( 'Secure your account', 'trading-robot-service' ),
	text: __(
		'A code from your phone at sign-in, so that a stolen password alone opens nothing.',
		'trading-robot-service'
	),
	link: settingsLink( 'security' ),
	action: __( 'Set it up', 'trading-robot-service' ),
	done: isSecured,
} );

/* A bot that follows a robot needs no alert of the user's. */
function signalStep( { bots: [ bot ], recent_signals: signals } ) {
	return {
		title: __( 'Choose a robot or copy a webhook', 'trading-robot-service' ),
		text: __(
			'Create a bot that follows a robot, or one that trades your TradingView alerts: it gets a webhook address to paste there.',
			'trading-robot-service'
		),
		link: bot ? botLink( bot.id, 'settings' ) : newBotLink(),
		action: bot
			? __( 'Open webhook settings', 'trading-robot-service' )
			: __( 'Create a bot', 'trading-robot-service' ),
		done: signals.length > 0 || bot?.signal_source === 'robot',
	};
}

const watchStep = ( bot ) => ( {
	title: __( 'Watch the paper trade', 'trading-robot-service' ),
	text: __(
		'The trade, its price and your figures appear here within seconds, without a reload.',
		'trading-robot-service'
	),
	link: bot && botLink( bot.id, 'signals' ),
	action: __( 'Open the signal log', 'trading-robot-service' ),
	done: false,
} );
