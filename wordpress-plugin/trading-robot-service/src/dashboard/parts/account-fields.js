/** Fields of a trading account, shared by the form that adds one and the dialogs that change one. */

import { h } from '../../dom.js';
import { __ } from '../../i18n.js';
import { choiceField, textField } from './fields.js';

export const labelField = ( value = '' ) =>
	textField( 'label', __( 'Name', 'trading-robot-service' ), {
		required: true,
		maxlength: 64,
		autocomplete: 'off',
		value,
		placeholder: __( 'My paper account', 'trading-robot-service' ),
		hint: __( 'How you recognise the account in the list.', 'trading-robot-service' ),
	} );

/* Browsers offer to save what looks like a sign-in; these attributes keep them from it. */
const hidden = {
	type: 'password',
	required: true,
	autocomplete: 'off',
	autocapitalize: 'off',
	spellcheck: 'false',
	'data-1p-ignore': true,
	'data-lpignore': 'true',
};

export const keyFields = ( { key, secret, caution } ) => [
	textField( 'api_key', key, { ...hidden, maxlength: 512 } ),
	textField( 'api_secret', secret, {
		...hidden,
		maxlength: 4096,
		hint: __(
			'Both are encrypted before they are stored and never shown again, not even to you.',
			'trading-robot-service'
		),
	} ),
	h(
		'p',
		{ class: 'trp-small trp-muted' },
		__(
			'Before anything is kept, the broker is asked whether the keys work and what they may do.',
			'trading-robot-service'
		),
		' ',
		caution
	),
];

export const permissionField = ( value ) =>
	choiceField(
		'permissions',
		__( 'What the keys may be used for', 'trading-robot-service' ),
		[
			[
				'read',
				__( 'Read only', 'trading-robot-service' ),
				__( 'Looking at the account. Enough for now.', 'trading-robot-service' ),
			],
			[
				'trade',
				__( 'Read and trade', 'trading-robot-service' ),
				__(
					'The broker must confirm that the keys can trade. No order is sent at present.',
					'trading-robot-service'
				),
			],
		],
		{ value }
	);

export const stepsToKeys = ( { name, steps, page } ) =>
	h(
		'details',
		{ class: 'trp-howto', 'data-key': `steps-${ name }` },
		h( 'summary', {}, __( 'Where do I get these keys?', 'trading-robot-service' ) ),
		h(
			'ol',
			{},
			steps.map( ( text ) => h( 'li', {}, text ) )
		),
		h(
			'a',
			{ href: page, target: '_blank', rel: 'noopener noreferrer' },
			__( 'Open the broker’s page', 'trading-robot-service' )
		)
	);
