/** Ways to repair a difference between a broker's books and ours, in words. Pure. */

import { __, sprintf } from '../i18n.js';

const position = ( symbol, place ) => ( {
	broker: {
		text: __( 'Take the broker’s', 'trading-robot-service' ),
		title: __( 'Take what the broker shows?', 'trading-robot-service' ),
		body: sprintf(
			__(
				'Our book of %1$s follows what %2$s shows, at the market’s price, and what guards the position follows it. Nothing is bought or sold.',
				'trading-robot-service'
			),
			symbol,
			place
		),
	},
	ours: {
		text: __( 'Restore ours', 'trading-robot-service' ),
		title: __( 'Make the broker match our book?', 'trading-robot-service' ),
		body: sprintf(
			__(
				'An order for %1$s is sent to %2$s, at the market’s price, so that it holds again what our book said.',
				'trading-robot-service'
			),
			symbol,
			place
		),
		danger: true,
	},
	outside: {
		text: __( 'It is my own', 'trading-robot-service' ),
		title: __( 'Count the difference as your own?', 'trading-robot-service' ),
		body: sprintf(
			__(
				'The difference in %1$s counts as held in %2$s by yourself. No bot sells it, and no order is sent.',
				'trading-robot-service'
			),
			symbol,
			place
		),
	},
} );

const orders = ( symbol, place ) => ( {
	unknown_order: {
		text: __( 'Cancel it there', 'trading-robot-service' ),
		title: __( 'Cancel the order at the broker?', 'trading-robot-service' ),
		body: sprintf(
			__(
				'No bot stands behind this order for %1$s. It is cancelled at %2$s.',
				'trading-robot-service'
			),
			symbol,
			place
		),
		danger: true,
	},
	missing_order: {
		text: __( 'Close it here', 'trading-robot-service' ),
		title: __( 'Close the order here?', 'trading-robot-service' ),
		body: sprintf(
			__(
				'%2$s does not have our order for %1$s. Here it is closed as not traded.',
				'trading-robot-service'
			),
			symbol,
			place
		),
	},
} );

/** `{text, title, body, danger}` of one way to make both agree. */
export const repairWords = ( { kind, symbol, account }, way ) =>
	orders( symbol, account.label )[ kind ] || position( symbol, account.label )[ way ];
