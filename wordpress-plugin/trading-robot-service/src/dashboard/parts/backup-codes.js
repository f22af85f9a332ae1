/** The ten backup codes, the one time they are seen. */

import { h } from '../../dom.js';
import { __ } from '../../i18n.js';
import { copyButton } from './copy.js';
import { openDialog } from './dialog.js';
import { saveFile } from './save-file.js';

const fileText = ( codes ) =>
	[
		__( 'Backup codes for the trading service. Each works once.', 'trading-robot-service' ),
		location.origin,
		'',
		...codes,
		'',
	].join( '\r\n' );

const save = ( codes ) =>
	saveFile(
		'backup-codes.txt',
		new Blob( [ fileText( codes ) ], { type: 'text/plain;charset=utf-8' } )
	);

/* The style sheet then shows the codes alone. */
function printCodes() {
	const page = document.documentElement;
	page.classList.add( 'trp-printing' );
	print();
	page.classList.remove( 'trp-printing' );
}

const button = ( text, onclick ) =>
	h( 'button', { type: 'button', class: 'trp-button', onclick }, text );

/** The codes with ways to keep them; `done` is called when the user says they are kept. */
export function backupCodes( codes, done ) {
	const list = h(
		'ol',
		{ class: 'trp-codes', 'aria-label': __( 'Backup codes', 'trading-robot-service' ) },
		codes.map( ( code ) => h( 'li', {}, h( 'code', {}, code ) ) )
	);
	return [
		h(
			'p',
			{},
			__(
				'If you lose your phone, one of these codes gets you in. Each works once. Keep them where you keep important papers or passwords: they are shown this one time.',
				'trading-robot-service'
			)
		),
		list,
		h(
			'div',
			{ class: 'trp-actions' },
			copyButton( codes.join( '\n' ), __( 'Backup codes', 'trading-robot-service' ), list ),
			button( __( 'Download as text', 'trading-robot-service' ), () => save( codes ) ),
			button( __( 'Print', 'trading-robot-service' ), printCodes )
		),
		h(
			'div',
			{ class: 'trp-actions trp-actions--end' },
			h(
				'button',
				{ type: 'button', class: 'trp-button trp-button--primary', onclick: done },
				__( 'I have kept them', 'trading-robot-service' )
			)
		),
	];
}

export const showBackupCodes = ( codes ) =>
	openDialog( {
		title: __( 'Your new backup codes', 'trading-robot-service' ),
		body: ( close ) => backupCodes( codes, () => close( true ) ),
	} );
