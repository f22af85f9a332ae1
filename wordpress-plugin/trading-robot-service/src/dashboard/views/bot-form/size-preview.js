/** What an entry comes to now, worked out by the service while the form is being filled in. */

import { fill, h } from '../../../dom.js';
import { __, sprintf } from '../../../i18n.js';
import { ApiError } from '../../api.js';
import { factList } from '../../parts/figures.js';
import { refusalText } from '../../parts/forms.js';
import { exampleAlert } from '../../size-example.js';
import { sizingSteps } from '../../sizing-words.js';

const QUIET_MS = 700;

/** `{element, update(values)}`; the newest values win, however late an older answer comes. */
export function sizePreview( bot, ctx ) {
	const element = h( 'div', { class: 'trp-size', hidden: true, 'aria-live': 'polite' } );
	let asked = null;
	let timer = 0;
	const show = ( ...content ) => {
		element.hidden = false;
		fill( element, h( 'h3', {}, __( 'One entry, right now', 'trading-robot-service' ) ), content );
	};
	async function ask( alert ) {
		element.setAttribute( 'aria-busy', 'true' );
		const content = await answerOf( bot, alert, ctx );
		if ( alert === asked ) {
			element.removeAttribute( 'aria-busy' );
			show( content );
		}
	}
	return {
		element,
		update( values ) {
			const alert = exampleAlert( values );
			if ( alert === asked ) {
				return;
			}
			clearTimeout( timer );
			asked = alert;
			element.hidden = ! alert;
			if ( alert ) {
				show(
					element.childElementCount < 2 &&
						h( 'p', {}, __( 'Working it out…', 'trading-robot-service' ) )
				);
				timer = setTimeout( () => ask( alert ), QUIET_MS );
			}
		},
	};
}

async function answerOf( bot, alert, ctx ) {
	try {
		return content( await ctx.api.post( `bots/${ bot.id }/preview`, { alert } ) );
	} catch ( error ) {
		if ( ! ( error instanceof ApiError ) ) {
			throw error;
		}
		return h( 'p', {}, refusalText( error ) );
	}
}

function content( { symbol, sizing, refusal } ) {
	const steps = sizingSteps( sizing ).slice( 1 );
	return [
		h(
			'p',
			{},
			sprintf(
				__( 'A buy of %s at the market, with the values of this form:', 'trading-robot-service' ),
				symbol
			)
		),
		steps.length > 0 && factList( steps ),
		refusal &&
			h(
				'p',
				{ class: 'trp-size__refusal' },
				sprintf( __( 'It would not trade now: %s', 'trading-robot-service' ), refusal )
			),
	];
}
