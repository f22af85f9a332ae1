/** A bot's alerts: what to paste into TradingView, and a box to try one. */

import { h } from '../../dom.js';
import { __ } from '../../i18n.js';
import { actionButton, rotateAddress } from '../parts/actions.js';
import { copyBox } from '../parts/copy.js';
import { panel } from '../parts/figures.js';
import { tryBox } from '../parts/try-box.js';
import { messages } from '../parts/webhook.js';

export const alertsTab = ( { bot }, ctx ) => [
	panel(
		__( 'Try an alert', 'trading-robot-service' ),
		null,
		h(
			'p',
			{ class: 'trp-panel__lead' },
			bot.trading_mode === 'paper'
				? __(
						'A preview shows how it is read, its size, what each rule says and the exact order. A test goes the whole way, with simulated money.',
						'trading-robot-service'
				  )
				: __(
						'A preview shows how it is read, its size, what each rule says and the exact order. A live bot takes no tests.',
						'trading-robot-service'
				  )
		),
		tryBox( bot, ctx )
	),
	bot.signal_source === 'webhook' && [ addressPanel( bot, ctx ), templatePanel() ],
];

/* The address stays on this screen as long as it is open, and nowhere else. */
function addressPanel( bot, ctx ) {
	const rotate = async () => {
		ctx.state.address = ( await rotateAddress( bot, ctx ) ) || ctx.state.address;
		ctx.redraw();
	};
	return panel(
		__( 'Webhook address', 'trading-robot-service' ),
		actionButton( __( 'Make a new address', 'trading-robot-service' ), rotate, ctx, {
			kind: 'small',
		} ),
		h(
			'div',
			{ class: 'trp-card' },
			h(
				'p',
				{},
				__(
					'For safety the address is shown only when it is made. If you no longer have it, make a new one.',
					'trading-robot-service'
				)
			),
			ctx.state.address &&
				copyBox( ctx.state.address, __( 'Webhook address', 'trading-robot-service' ) )
		)
	);
}

const templatePanel = () =>
	panel(
		__( 'Messages for TradingView', 'trading-robot-service' ),
		null,
		h(
			'p',
			{ class: 'trp-panel__lead' },
			__(
				'In TradingView make an alert, put the webhook address into Notifications, and one of these into Message.',
				'trading-robot-service'
			)
		),
		h( 'div', { class: 'trp-card trp-messages' }, messages() )
	);
