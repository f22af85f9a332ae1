/** Files to take away: asked for, made by the service, downloaded. */

import { h } from '../../dom.js';
import { count, localTime } from '../../format.js';
import { __, _n, sprintf } from '../../i18n.js';
import { actionButton } from '../parts/actions.js';
import { toast } from '../parts/dialog.js';
import { selectField } from '../parts/fields.js';
import { badge, panel } from '../parts/figures.js';
import { formDialog } from '../parts/forms.js';
import { row, rows } from '../parts/rows.js';
import { saveFile } from '../parts/save-file.js';
import { KINDS, METHODS, sizeText, taxYears, THROUGH_SITE_BYTES } from './export-words.js';

const EVERY_MS = 1500;
const isOpen = ( { state } ) => state === 'queued' || state === 'running';

/** The user's files, newest first; they change only when they are made. */
export async function loadExports( ctx ) {
	ctx.state.exports ??= await read( ctx );
	watch( ctx );
}

const read = async ( { api } ) => ( await api.get( 'exports', { limit: 20 } ) ).exports;

/* Followed until all are made, or the reader has gone elsewhere. */
async function watch( ctx ) {
	const { state } = ctx;
	const place = location.hash;
	if ( state.isWatching || ! state.exports.some( isOpen ) ) {
		return;
	}
	state.isWatching = true;
	while ( location.hash === place && state.exports.some( isOpen ) ) {
		await new Promise( ( resolve ) => setTimeout( resolve, EVERY_MS ) );
		state.exports = await read( ctx ).catch( () => state.exports );
		ctx.redraw();
	}
	state.isWatching = false;
}

/** `bot` null: files of all bots, and the tax report. */
export const exportsPanel = ( bot, mode, ctx ) =>
	panel(
		__( 'Take it with you', 'trading-robot-service' ),
		null,
		rows(
			row( {
				key: 'history',
				title: __( 'Trade history', 'trading-robot-service' ),
				text: __(
					'Every order with its prices, fees and result, oldest first.',
					'trading-robot-service'
				),
				actions: [
					historyButton( bot, 'csv', ctx ),
					historyButton( bot, 'json', ctx ),
				],
			} ),
			row( {
				key: 'report',
				title: __( 'Performance report', 'trading-robot-service' ),
				text: __(
					'A PDF with figures, curves, months, trades and how each figure is defined.',
					'trading-robot-service'
				),
				actions: actionButton(
					__( 'Make the PDF', 'trading-robot-service' ),
					() => ask( { kind: 'report_pdf', mode, ...scope( bot ) }, ctx ),
					ctx,
					{ kind: 'small' }
				),
			} ),
			! bot &&
				row( {
					key: 'tax',
					title: __( 'Tax report', 'trading-robot-service' ),
					text: __(
						'Each sale with its lots, gain and term, in the columns of Form 8949, as CSV. It is information and no advice.',
						'trading-robot-service'
					),
					actions: actionButton(
						__( 'Make a tax report', 'trading-robot-service' ),
						() => askTax( ctx ),
						ctx,
						{ kind: 'small' }
					),
				} )
		),
		files( bot, ctx )
	);

const scope = ( bot ) => ( bot ? { bot_id: bot.id } : {} );

/* A bot's history is sent at once; that of everything is made first. */
function historyButton( bot, format, ctx ) {
	const name = format.toUpperCase();
	const download = async () => {
		const day = new Date().toISOString().slice( 0, 10 );
		const file = await ctx.api.download( `bots/${ bot.id }/trades/export`, { format } );
		saveFile( `bot-${ bot.id.slice( -8 ) }-${ day }-trades.${ format }`, file );
	};
	return actionButton(
		name,
		bot ? download : () => ask( { kind: `trades_${ format }` }, ctx ),
		ctx,
		{
			kind: 'small',
			label: sprintf( __( 'Trade history as %s', 'trading-robot-service' ), name ),
		}
	);
}

async function ask( wish, ctx ) {
	const made = ( await ctx.api.post( 'exports', wish ) ).export;
	ctx.state.exports = [ made, ...ctx.state.exports ];
	toast( __( 'The file is being made.', 'trading-robot-service' ) );
	ctx.redraw();
	watch( ctx );
	return made;
}

const askTax = ( ctx ) =>
	formDialog( ctx, {
		title: __( 'Tax report', 'trading-robot-service' ),
		intro: h(
			'p',
			{},
			__(
				'Of all your bots. The lots of a year stay matched the way they were once the year is over.',
				'trading-robot-service'
			)
		),
		fields: [
			selectField( 'year', __( 'Year', 'trading-robot-service' ), taxYears() ),
			selectField( 'tax_method', __( 'Lots sold first', 'trading-robot-service' ), [
				[ '', __( 'As chosen for the year', 'trading-robot-service' ) ],
				...METHODS(),
			] ),
			selectField( 'mode', __( 'Kind of trading', 'trading-robot-service' ), [
				[ 'live', __( 'Live', 'trading-robot-service' ) ],
				[ 'paper', __( 'Paper, to try it out', 'trading-robot-service' ) ],
			] ),
		],
		submit: __( 'Make the report', 'trading-robot-service' ),
		send: ( given ) =>
			ask(
				{
					kind: 'tax_csv',
					year: Number( given.get( 'year' ) ),
					mode: given.get( 'mode' ),
					tax_method: given.get( 'tax_method' ) || null,
				},
				ctx
			),
	} );

function files( bot, ctx ) {
	const shown = ctx.state.exports.filter( ( file ) => ! bot || file.bot_id === bot.id );
	return (
		shown.length > 0 &&
		h(
			'div',
			{ 'data-key': 'files' },
			h( 'h3', { class: 'trp-record__sub' }, __( 'Your files', 'trading-robot-service' ) ),
			rows( shown.map( ( file ) => fileRow( file, ctx ) ) )
		)
	);
}

const fileRow = ( file, ctx ) =>
	row( {
		key: file.id,
		title: KINDS()[ file.kind ] || file.file_name,
		state: stateBadge( file ),
		text: [ fileText( file ), isOpen( file ) && progress( file ) ].filter( Boolean ),
		actions: [
			file.state === 'done' &&
				actionButton(
					__( 'Download', 'trading-robot-service' ),
					() => fetchFile( file, ctx ),
					ctx,
					{
						kind: 'small primary',
						label: sprintf( __( 'Download %s', 'trading-robot-service' ), file.file_name ),
					}
				),
			actionButton(
				isOpen( file )
					? __( 'Give up', 'trading-robot-service' )
					: __( 'Delete', 'trading-robot-service' ),
				() => forget( file, ctx ),
				ctx,
				{
					kind: 'small',
					label: sprintf( __( 'Delete %s', 'trading-robot-service' ), file.file_name ),
				}
			),
		],
	} );

function stateBadge( file ) {
	if ( isOpen( file ) ) {
		return badge(
			sprintf( __( 'Being made: %s', 'trading-robot-service' ), `${ file.progress }%` )
		);
	}
	return file.state === 'done'
		? badge( __( 'Ready', 'trading-robot-service' ), 'ok' )
		: badge( __( 'Not made', 'trading-robot-service' ), 'bad' );
}

function fileText( { reason, summary, size, file_name: name, expires_at: until } ) {
	if ( reason ) {
		return reason;
	}
	const records = summary.rows ?? summary.trade_count;
	return [
		name,
		records !== undefined &&
			sprintf( _n( '%s record', '%s records', records, 'trading-robot-service' ), count( records ) ),
		size && sizeText( size ),
		until && sprintf( __( 'kept until %s', 'trading-robot-service' ), localTime( until ) ),
	]
		.filter( Boolean )
		.join( ', ' );
}

const progress = ( { progress: done } ) =>
	h(
		'span',
		{
			class: 'trp-meter',
			role: 'progressbar',
			'aria-label': __( 'How much is done', 'trading-robot-service' ),
			'aria-valuemin': 0,
			'aria-valuemax': 100,
			'aria-valuenow': done,
		},
		h( 'span', { style: `width:${ done }%` } )
	);

/* What is too large for the site comes from the service, by an address that works once. */
async function fetchFile( file, ctx ) {
	if ( file.size > THROUGH_SITE_BYTES ) {
		location.assign( ( await ctx.api.post( `exports/${ file.id }/link` ) ).url );
		return;
	}
	saveFile( file.file_name, await ctx.api.download( `exports/${ file.id }/download` ) );
}

async function forget( file, ctx ) {
	await ctx.api.del( `exports/${ file.id }` );
	ctx.state.exports = ctx.state.exports.filter( ( { id } ) => id !== file.id );
	ctx.redraw();
}
