/** What a new user does first; gone with the first trade. */

import { h } from '../../dom.js';
import { __ } from '../../i18n.js';
import { botLink, newBotLink } from '../router.js';

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
	const bot = data.bots[ 0 ];
	return [
		{
			title: __( 'Create a bot', 'trading-robot-service' ),
			text: __(
				'Choose what it trades, how much, and where it stops. Two minutes.',
				'trading-robot-service'
			),
			link: newBotLink(),
			action: __( 'Create a bot', 'trading-robot-service' ),
			done: data.bot_count > 0,
		},
		{
			title: __( 'Send it an alert', 'trading-robot-service' ),
			text: __(
				'Paste the bot’s webhook address into a TradingView alert, or let a marketplace robot decide.',
				'trading-robot-service'
			),
			link: bot && botLink( bot.id, 'settings' ),
			action: __( 'Open webhook settings', 'trading-robot-service' ),
			done: data.recent_signals.length > 0,
		},
		{
			title: __( 'Watch the paper trade', 'trading-robot-service' ),
			text: __(
				'The trade, its price and your figures appear here within seconds, without a reload.',
				'trading-robot-service'
			),
			link: bot && botLink( bot.id, 'signals' ),
			action: __( 'Open the signal log', 'trading-robot-service' ),
			done: false,
		},
	];
}
