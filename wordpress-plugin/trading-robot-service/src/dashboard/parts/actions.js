/** What a user can do with a bot. Each action says what happened and reads the page again. */

import { h } from '../../dom.js';
import { __, sprintf } from '../../i18n.js';
import { botLink, overviewLink } from '../router.js';
import { confirmDialog, toast } from './dialog.js';
import { refused } from './limits.js';
import { askRotation, showWebhook } from './webhook.js';

/** Run an action from a button that shows it is busy. */
export async function busy( button, action, ctx ) {
	if ( button.getAttribute( 'aria-busy' ) === 'true' ) {
		return;
	}
	button.setAttribute( 'aria-busy', 'true' );
	try {
		await action();
	} catch ( error ) {
		refused( error, ctx );
	} finally {
		button.removeAttribute( 'aria-busy' );
	}
}

const said = () => ( {
	running: __( '%s is running.', 'trading-robot-service' ),
	paused: __( '%s is paused: it opens no position, exits still trade.', 'trading-robot-service' ),
	stopped: __( '%s is turned off: it takes no alerts.', 'trading-robot-service' ),
} );

export async function setStatus( bot, status, ctx ) {
	await ctx.api.post( `bots/${ bot.id }/status`, { status } );
	toast( sprintf( said()[ status ], bot.name ) );
	await ctx.refresh();
}

export async function cloneBot( bot, ctx ) {
	const answer = await ctx.api.post( `bots/${ bot.id }/clone`, {} );
	toast(
		sprintf( __( '%1$s was made from %2$s.', 'trading-robot-service' ), answer.bot.name, bot.name )
	);
	await openCreated( answer );
}

/** Show the address of a new bot once, then its page. */
export async function openCreated( { bot, webhook_url: url } ) {
	if ( url ) {
		await showWebhook( url, bot );
	}
	location.hash = botLink( bot.id );
}

export async function deleteBot( bot, ctx ) {
	const confirmed = await confirmDialog( {
		title: sprintf( __( 'Delete %s?', 'trading-robot-service' ), bot.name ),
		body: h(
			'p',
			{},
			sprintf(
				__(
					'%s stops trading and its webhook address stops working. This cannot be undone.',
					'trading-robot-service'
				),
				bot.name
			)
		),
		confirm: __( 'Delete bot', 'trading-robot-service' ),
		danger: true,
	} );
	if ( ! confirmed ) {
		return;
	}
	await ctx.api.del( `bots/${ bot.id }` );
	toast( sprintf( __( '%s was deleted.', 'trading-robot-service' ), bot.name ) );
	location.hash = overviewLink();
}

/** Makes and shows a new address; answers it, or null when nothing was made. */
export async function rotateAddress( bot, ctx ) {
	const overlap = await askRotation( bot );
	if ( overlap === null ) {
		return null;
	}
	const answer = await ctx.api.post( `bots/${ bot.id }/rotate-secret`, {
		overlap_seconds: overlap,
	} );
	await showWebhook( answer.webhook_url, bot, { previousUntil: answer.previous_valid_until } );
	return answer.webhook_url;
}

/** A button whose action may fail; `kind` is one of the button styles. */
export function actionButton( text, action, ctx, { kind = '', label = text } = {} ) {
	const style = kind
		.split( ' ' )
		.filter( Boolean )
		.map( ( name ) => ` trp-button--${ name }` )
		.join( '' );
	return h(
		'button',
		{
			type: 'button',
			class: `trp-button${ style }`,
			/* Another action is another button: it is not at work because the one before it is. */
			'data-key': `action: ${ label }`,
			'aria-label': label === text ? null : label,
			onclick: ( event ) => busy( event.currentTarget, action, ctx ),
		},
		text
	);
}
