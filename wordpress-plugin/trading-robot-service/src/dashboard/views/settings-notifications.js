/** Notifications: the channels, and which events are told where. */

import { h } from '../../dom.js';
import { __, sprintf } from '../../i18n.js';
import { ApiError } from '../api.js';
import { eventWords, preferenceRows } from '../notify-words.js';
import { actionButton } from '../parts/actions.js';
import { addChannel, channelRow } from '../parts/channels.js';
import { panel } from '../parts/figures.js';
import { refused } from '../parts/limits.js';
import { rows } from '../parts/rows.js';
import { empty } from '../parts/states.js';
import { table } from '../parts/tables.js';

export const notificationsSection = {
	load: async ( ctx ) => {
		const [ { channels }, { preferences } ] = await Promise.all( [
			ctx.api.get( 'notification-channels' ),
			ctx.api.get( 'notification-preferences' ),
		] );
		return { channels, preferences };
	},
	view: ( { channels, preferences }, ctx ) => [
		panel(
			__( 'Channels', 'trading-robot-service' ),
			actionButton( __( 'Add a channel', 'trading-robot-service' ), () => addChannel( ctx ), ctx, {
				kind: 'primary small',
			} ),
			lead(
				__(
					'Mail goes to your address and needs no setting up. A channel that you add is told everything until you say otherwise.',
					'trading-robot-service'
				)
			),
			channels.length
				? rows( channels.map( ( channel ) => channelRow( channel, ctx ) ) )
				: empty(
						__( 'No channel yet', 'trading-robot-service' ),
						__(
							'Be told in Telegram, Discord or Slack, or by a webhook of your own.',
							'trading-robot-service'
						)
				  )
		),
		panel(
			__( 'What you are told', 'trading-robot-service' ),
			null,
			lead(
				__(
					'Letters about your account, such as a new sign-in, are always mailed.',
					'trading-robot-service'
				)
			),
			preferenceTable( preferences, channels, ctx )
		),
	],
};

const lead = ( text ) => h( 'p', { class: 'trp-panel__lead' }, text );

function preferenceTable( preferences, channels, ctx ) {
	const places = [
		[ 'mail', __( 'Mail', 'trading-robot-service' ) ],
		...channels.map( ( { id, name } ) => [ id, name ] ),
	];
	return table(
		__( 'What you are told', 'trading-robot-service' ),
		[ [ __( 'Event', 'trading-robot-service' ) ], ...places.map( ( [ , name ] ) => [ name ] ) ],
		preferenceRows( preferences ).map( ( [ event, wanted ] ) =>
			eventRow( event, wanted, places, ctx )
		)
	);
}

function eventRow( event, wanted, places, ctx ) {
	const [ title, hint ] = eventWords()[ event ] || [ event.replaceAll( '_', ' ' ), '' ];
	return h(
		'tr',
		{ 'data-key': event },
		h( 'th', { scope: 'row' }, title, hint && h( 'span', { class: 'trp-table__sub' }, hint ) ),
		places.map( ( [ channel, name ] ) =>
			h(
				'td',
				{ 'data-key': channel },
				h(
					'label',
					{ class: 'trp-tick' },
					h( 'input', {
						type: 'checkbox',
						checked: wanted[ channel ],
						onchange: ( { target } ) => choose( target, { event, channel }, ctx ),
					} ),
					h(
						'span',
						{ class: 'trp-visually-hidden' },
						sprintf( __( '%1$s by %2$s', 'trading-robot-service' ), title, name )
					)
				)
			)
		)
	);
}

/* One word at a time; a refused one goes back to what it was. */
async function choose( box, place, ctx ) {
	const wanted = box.checked;
	box.disabled = true;
	try {
		await ctx.api.put( 'notification-preferences', { preferences: [ { ...place, wanted } ] } );
	} catch ( error ) {
		box.checked = ! wanted;
		if ( ! ( error instanceof ApiError ) ) {
			throw error;
		}
		refused( error, ctx );
	} finally {
		box.disabled = false;
		box.focus();
	}
}
