/** The form that asks about a plan: a dialog beside its card, for visitors and users. */

import { openDialog } from './dashboard/parts/dialog.js';
import { areaField, textField } from './dashboard/parts/fields.js';
import { formDialog } from './dashboard/parts/forms.js';
import { h } from './dom.js';
import { __, sprintf } from './i18n.js';
import { anyonesApi } from './own-api.js';

export function startContact( root ) {
	root.querySelectorAll( '[data-trp-contact]' ).forEach( ( button ) => {
		button.hidden = false;
		button.addEventListener( 'click', () => contact( button ) );
	} );
}

async function contact( button ) {
	const { plan, title } = button.closest( '[data-plan]' ).dataset;
	const config = JSON.parse( button.closest( '[data-trp-personal]' ).dataset.trpPersonal );
	const address = await formDialog(
		{},
		{
			title: sprintf( __( 'Ask about %s', 'trading-robot-service' ), title ),
			intro: h(
				'p',
				{},
				__(
					'Tell us what you trade and what you need. We answer by email.',
					'trading-robot-service'
				)
			),
			fields: fields(),
			submit: __( 'Send the question', 'trading-robot-service' ),
			send: async ( given ) => {
				const question = Object.fromEntries( given );
				await ( await anyonesApi( config ) ).site( 'enquiry', { ...question, plan } );
				return question.email;
			},
		}
	);
	address && ( await thank( address ) );
}

const fields = () => [
	textField( 'name', __( 'Your name', 'trading-robot-service' ), {
		required: true,
		maxlength: 120,
		autocomplete: 'name',
		'data-first': true,
	} ),
	textField( 'email', __( 'Email', 'trading-robot-service' ), {
		required: true,
		type: 'email',
		maxlength: 254,
		autocomplete: 'email',
	} ),
	areaField( 'message', __( 'Your question', 'trading-robot-service' ), {
		required: true,
		rows: 6,
		maxlength: 4000,
		spellcheck: 'true',
	} ),
	h(
		'div',
		{ class: 'trp-trap', 'aria-hidden': 'true', 'data-field': 'website' },
		h( 'label', { for: 'trp-field-website' }, 'Website' ),
		h( 'input', { id: 'trp-field-website', name: 'website', tabindex: -1, autocomplete: 'off' } ),
		h( 'p', { class: 'trp-field__error', hidden: true } )
	),
];

const thank = ( address ) =>
	openDialog( {
		title: __( 'Your question has arrived', 'trading-robot-service' ),
		body: h(
			'p',
			{ role: 'status' },
			sprintf( __( 'We answer to %s.', 'trading-robot-service' ), address )
		),
		buttons: ( close ) => [
			h(
				'button',
				{
					type: 'button',
					class: 'trp-button trp-button--primary',
					'data-first': true,
					onclick: () => close(),
				},
				__( 'Close', 'trading-robot-service' )
			),
		],
	} );
