/** What users are told, and where, in words. Pure. */

import { __ } from '../i18n.js';

/** Events as [title, hint]; one that is not named here is said by its code. */
export const eventWords = () => ( {
	fill: [
		__( 'An order traded', 'trading-robot-service' ),
		__( 'Entries, exits and stops.', 'trading-robot-service' ),
	],
	refused: [
		__( 'An alert was refused', 'trading-robot-service' ),
		__( 'Unreadable, against a rule, or too late.', 'trading-robot-service' ),
	],
	dead: [
		__( 'An alert was given up', 'trading-robot-service' ),
		__( 'Tried four times in vain.', 'trading-robot-service' ),
	],
	in_doubt: [
		__( 'An order is in doubt', 'trading-robot-service' ),
		__( 'The broker gave no clear answer; it is asked again.', 'trading-robot-service' ),
	],
	daily_loss_lock: [
		__( 'The daily loss was reached', 'trading-robot-service' ),
		__( 'No new entries until the next trading day.', 'trading-robot-service' ),
	],
	drift: [
		__( 'Books differ', 'trading-robot-service' ),
		__( 'The broker shows something else than we do.', 'trading-robot-service' ),
	],
	lost_key: [
		__( 'Broker keys were lost', 'trading-robot-service' ),
		__( 'Revoked, or they can’t be read any more.', 'trading-robot-service' ),
	],
	halt: [
		__( 'Trading was stopped', 'trading-robot-service' ),
		__( 'By you or by the operator.', 'trading-robot-service' ),
	],
	unguarded: [
		__( 'A position has no stop', 'trading-robot-service' ),
		__( 'Its stop could not be placed.', 'trading-robot-service' ),
	],
	lost_alert: [
		__( 'An alert seems lost', 'trading-robot-service' ),
		__( 'A strategy’s state does not follow from the one before.', 'trading-robot-service' ),
	],
} );

/** Kinds of channels: `{name, steps, fields}`; `fields` are [name, label, attributes]. */
export const kindWords = () => ( {
	telegram: {
		name: 'Telegram',
		steps: __(
			'Make a bot with @BotFather and write to it, or add it to a group. The chat’s id is a number, or @name of a public channel.',
			'trading-robot-service'
		),
		fields: [
			[ 'bot_token', __( 'Bot token', 'trading-robot-service' ), { type: 'password' } ],
			[ 'chat_id', __( 'Chat id', 'trading-robot-service' ), {} ],
		],
	},
	discord: {
		name: 'Discord',
		steps: __(
			'In the channel’s settings: Integrations, Webhooks, copy the address.',
			'trading-robot-service'
		),
		fields: [ address( 'https://discord.com/api/webhooks/…' ) ],
	},
	slack: {
		name: 'Slack',
		steps: __(
			'Make an app with an incoming webhook and copy its address.',
			'trading-robot-service'
		),
		fields: [ address( 'https://hooks.slack.com/services/…' ) ],
	},
	webhook: {
		name: __( 'Your own webhook', 'trading-robot-service' ),
		steps: __(
			'Any address of yours that begins with https. Each request is signed; the secret is shown once.',
			'trading-robot-service'
		),
		fields: [ address( 'https://example.com/trades' ) ],
	},
} );

const address = ( placeholder ) => [
	'url',
	__( 'Address', 'trading-robot-service' ),
	{ type: 'url', placeholder },
];

/** The table of preferences: events in their order, each with `{channel: wanted}`. */
export function preferenceRows( preferences ) {
	const rows = new Map();
	for ( const { event, channel, wanted } of preferences ) {
		rows.set( event, { ...rows.get( event ), [ channel ]: wanted } );
	}
	return [ ...rows ];
}
