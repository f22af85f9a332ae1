/** A box to paste an alert into: what it would do, and sending it as a test. */

import { fill, h } from '../../dom.js';
import { __ } from '../../i18n.js';
import { ApiError } from '../api.js';
import { botLink } from '../router.js';
import { busy } from './actions.js';
import { toast } from './dialog.js';
import { areaField } from './fields.js';
import { refusalText } from './forms.js';
import { previewView } from './preview.js';
import { symbolOf } from './webhook.js';

const example = ( bot ) => JSON.stringify( { action: 'buy', symbol: symbolOf( bot ) } );

/** Keeps what was typed and answered while the page around it is read again. */
export function tryBox( bot, ctx ) {
	const field = areaField( 'alert', __( 'Alert', 'trading-robot-service' ), {
		value: example( bot ),
		required: true,
		rows: 6,
		maxlength: 8000,
		class: 'trp-code-area',
		hint: __(
			'Paste the message of any alert, with values in place of the double braces.',
			'trading-robot-service'
		),
	} );
	const area = field.querySelector( 'textarea' );
	const result = h( 'div', { class: 'trp-try__result', 'aria-live': 'polite' } );
	const kind = `try-${ bot.id }-${ bot.trading_mode }`;
	const button = ( text, style, action ) =>
		h(
			'button',
			{
				type: 'button',
				class: `trp-button ${ style }`,
				onclick: ( { currentTarget } ) =>
					busy( currentTarget, () => answered( result, action ), ctx ),
			},
			text
		);
	return h(
		'div',
		{ class: 'trp-card', 'data-key': kind, widget: { kind, update() {} } },
		field,
		h(
			'div',
			{ class: 'trp-actions' },
			button( __( 'Preview', 'trading-robot-service' ), 'trp-button--primary', () =>
				preview( bot, area.value, ctx )
			),
			bot.trading_mode === 'paper' &&
				button( __( 'Send as a test', 'trading-robot-service' ), '', () =>
					sendTest( bot, area.value, ctx )
				)
		),
		result
	);
}

/* A refusal belongs under the alert it is about; a defect goes on to the console. */
async function answered( result, action ) {
	try {
		fill( result, await action() );
	} catch ( error ) {
		if ( ! ( error instanceof ApiError ) ) {
			throw error;
		}
		fill(
			result,
			h(
				'div',
				{ class: 'trp-notice trp-notice--error', role: 'alert' },
				h( 'p', {}, refusalText( error ) )
			)
		);
	}
}

const preview = async ( bot, alert, ctx ) =>
	previewView( await ctx.api.post( `bots/${ bot.id }/preview`, { alert } ) );

async function sendTest( bot, alert, ctx ) {
	await ctx.api.post( `bots/${ bot.id }/test-signal`, { alert } );
	toast( __( 'The test alert was sent in.', 'trading-robot-service' ) );
	return h(
		'p',
		{},
		__( 'The alert goes the whole way, with simulated money.', 'trading-robot-service' ),
		' ',
		h(
			'a',
			{ href: botLink( bot.id, 'signals' ) },
			__( 'See what becomes of it', 'trading-robot-service' )
		)
	);
}
