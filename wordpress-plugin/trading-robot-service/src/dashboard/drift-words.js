/** Differences between a broker's books and ours, and their repairs, in words. Pure. */

import { quantity } from '../format.js';
import { __, sprintf } from '../i18n.js';

/** What differs, in one sentence. */
export function driftText( { kind, symbol, ours, theirs, account } ) {
	const text =
		{
			position: __( '%1$s: we count %2$s, %4$s shows %3$s.', 'trading-robot-service' ),
			unknown_order: __(
				'%1$s: %4$s has an order that we do not know, for %3$s.',
				'trading-robot-service'
			),
			missing_order: __( '%1$s: our order for %2$s is not at %4$s.', 'trading-robot-service' ),
		}[ kind ] || __( '%1$s: we have %2$s, %4$s has %3$s.', 'trading-robot-service' );
	return sprintf( text, symbol, quantity( ours ), quantity( theirs ), account.label );
}

const position = ( symbol, place ) => ( {
	broker: {
		text: __( 'Take the broker’s', 'trading-robot-service' ),
		title: __( 'Take what the broker shows?', 'trading-robot-service' ),
		body: sprintf(
			__(
				'Our book of %1$s is changed to what %2$s shows. No order is sent.',
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
				'An order for %1$s is sent to %2$s, at the market’s price, until it shows what our book says.',
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
