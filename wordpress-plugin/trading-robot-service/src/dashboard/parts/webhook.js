/** A bot's webhook address, shown once, with alert messages ready to paste. */

import { h } from '../../dom.js';
import { __, sprintf } from '../../i18n.js';
import { exampleSymbol } from '../size-example.js';
import { copyBox } from './copy.js';
import { confirmDialog, openDialog } from './dialog.js';

const json = ( fields ) => JSON.stringify( fields, null, 2 );

/* No order id: TradingView repeats a strategy's order names, and a repeated id trades once. */
export const strategyMessage = () =>
	json( {
		ticker: '{{ticker}}',
		action: '{{strategy.order.action}}',
		sentiment: '{{strategy.market_position}}',
		prev_market_position: '{{strategy.prev_market_position}}',
		price: '{{strategy.order.price}}',
		time: '{{timenow}}',
	} );

export const indicatorMessage = () =>
	json( { ticker: '{{ticker}}', action: 'buy', price: '{{close}}', time: '{{timenow}}' } );

/** A symbol that the bot takes. */
export const symbolOf = ( bot ) => bot.symbols?.[ 0 ] || exampleSymbol( bot.asset_type );

export const trialCommand = ( url, bot ) =>
	`curl -X POST '${ url }' \\\n  -H 'Content-Type: application/json' \\\n  -d '${ JSON.stringify( {
		action: 'buy',
		symbol: symbolOf( bot ),
	} ) }'`;

export function messages() {
	return [
		h( 'h3', {}, __( 'Message of a strategy alert', 'trading-robot-service' ) ),
		copyBox( strategyMessage(), __( 'Message of a strategy alert', 'trading-robot-service' ), {
			multiline: true,
		} ),
		h( 'h3', {}, __( 'Message of an indicator alert', 'trading-robot-service' ) ),
		copyBox( indicatorMessage(), __( 'Message of an indicator alert', 'trading-robot-service' ), {
			multiline: true,
		} ),
		h(
			'p',
			{ class: 'trp-field__hint' },
			__(
				'Write buy, sell or close as the action. TradingView fills in what stands in double braces. The bot decides the size; add a "quantity" to decide it yourself.',
				'trading-robot-service'
			)
		),
	];
}

/** The one time the address is seen. */
export function showWebhook( url, bot, { previousUntil } = {} ) {
	return openDialog( {
		title: sprintf( __( 'Webhook address of %s', 'trading-robot-service' ), bot.name ),
		wide: true,
		body: [
			h(
				'p',
				{},
				__(
					'Paste this address as the webhook URL of your TradingView alert. It is shown this once: anyone who has it can trade with this bot. You can make a new one at any time.',
					'trading-robot-service'
				)
			),
			previousUntil &&
				h(
					'p',
					{},
					sprintf(
						__( 'The old address works until %s.', 'trading-robot-service' ),
						new Date( previousUntil ).toLocaleString()
					)
				),
			copyBox( url, __( 'Webhook address', 'trading-robot-service' ), { first: true } ),
			messages(),
			h(
				'details',
				{ class: 'trp-section-gap' },
				h( 'summary', {}, __( 'Try it from a terminal', 'trading-robot-service' ) ),
				copyBox( trialCommand( url, bot ), __( 'Trial command', 'trading-robot-service' ), {
					multiline: true,
				} )
			),
		],
		buttons: ( close ) =>
			h(
				'button',
				{ type: 'button', class: 'trp-button trp-button--primary', onclick: () => close( true ) },
				__( 'I have copied it', 'trading-robot-service' )
			),
	} );
}

const OVERLAPS = () => [
	[ 0, __( 'Stop at once', 'trading-robot-service' ) ],
	[ 3600, __( 'Keep working for one hour', 'trading-robot-service' ) ],
	[ 86400, __( 'Keep working for 24 hours', 'trading-robot-service' ) ],
];

/** Asks how long the old address stays; null when cancelled. */
export async function askRotation( bot ) {
	const choice = h(
		'select',
		{ id: 'trp-overlap' },
		OVERLAPS().map( ( [ seconds, text ] ) => h( 'option', { value: seconds }, text ) )
	);
	const confirmed = await confirmDialog( {
		title: sprintf( __( 'Make a new webhook address for %s?', 'trading-robot-service' ), bot.name ),
		body: [
			h(
				'p',
				{},
				__( 'Alerts that use the old address have to be changed.', 'trading-robot-service' )
			),
			h(
				'div',
				{ class: 'trp-field' },
				h(
					'label',
					{ for: 'trp-overlap' },
					__( 'The old address should', 'trading-robot-service' )
				),
				choice
			),
		],
		confirm: __( 'Make a new address', 'trading-robot-service' ),
	} );
	return confirmed ? Number( choice.value ) : null;
}
