/** What was paid, and the receipts. */

import { h } from '../../dom.js';
import { cents, localDate } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { actionButton } from './actions.js';
import { openDialog } from './dialog.js';
import { badge, plain } from './figures.js';
import { empty } from './states.js';
import { table } from './tables.js';

const KINDS = () => ( {
	invoice: __( 'Invoice', 'trading-robot-service' ),
	payment: __( 'Payment', 'trading-robot-service' ),
	refund: __( 'Refund', 'trading-robot-service' ),
} );

const STATES = () => ( {
	paid: [ __( 'Paid', 'trading-robot-service' ), 'ok' ],
	succeeded: [ __( 'Paid', 'trading-robot-service' ), 'ok' ],
	open: [ __( 'Open', 'trading-robot-service' ), 'warn' ],
	uncollectible: [ __( 'Not paid', 'trading-robot-service' ), 'bad' ],
	void: [ __( 'Void', 'trading-robot-service' ), '' ],
	pending: [ __( 'On its way', 'trading-robot-service' ), '' ],
	failed: [ __( 'Failed', 'trading-robot-service' ), 'bad' ],
} );

export function invoicesTable( transactions, ctx ) {
	if ( ! transactions.length ) {
		return empty(
			__( 'Nothing was paid yet', 'trading-robot-service' ),
			__( 'Invoices and their receipts are kept here.', 'trading-robot-service' )
		);
	}
	return table(
		__( 'Invoices and payments', 'trading-robot-service' ),
		[
			[ __( 'What', 'trading-robot-service' ) ],
			[ __( 'Date', 'trading-robot-service' ) ],
			[ __( 'State', 'trading-robot-service' ) ],
			[ __( 'Amount', 'trading-robot-service' ), true ],
			[ '', true ],
		],
		transactions.map( ( row ) => transactionRow( row, ctx ) )
	);
}

function stateBadge( { kind, status } ) {
	if ( kind === 'refund' && status === 'succeeded' ) {
		return badge( __( 'Paid back', 'trading-robot-service' ), 'ok' );
	}
	const [ text, tone ] = STATES()[ status ] || [ status, '' ];
	return badge( text, tone );
}

const nameOf = ( { kind, number } ) => [ KINDS()[ kind ] || kind, number ].filter( Boolean ).join( ' ' );

const transactionRow = ( row, ctx ) =>
	h(
		'tr',
		{ 'data-key': row.id },
		h(
			'th',
			{ scope: 'row' },
			nameOf( row ),
			h( 'span', { class: 'trp-table__sub' }, row.description )
		),
		h( 'td', {}, localDate( row.created_at ) ),
		h( 'td', {}, stateBadge( row ) ),
		plain( cents( row.total_cents, row.currency ) ),
		h(
			'td',
			{ class: 'trp-table__cell-actions' },
			row.kind !== 'refund' &&
				h(
					'div',
					{ class: 'trp-table__actions' },
					actionButton( __( 'Receipt', 'trading-robot-service' ), () => showReceipt( row, ctx ), ctx, {
						kind: 'small',
						label: sprintf( __( 'Receipt: %s', 'trading-robot-service' ), nameOf( row ) ),
					} )
				)
		)
	);

/* Stripe's links run out, so they are asked for when they are wanted. */
async function showReceipt( row, ctx ) {
	const found = await ctx.api.get( `transactions/${ row.id }/receipt` );
	const links = [
		[ found.page_url, __( 'Open at Stripe', 'trading-robot-service' ), 'primary' ],
		[ found.pdf_url, __( 'Get the PDF', 'trading-robot-service' ) ],
	].filter( ( [ url ] ) => url );
	await openDialog( {
		title: nameOf( row ),
		body: [
			h( 'p', {}, row.description ),
			h(
				'p',
				{},
				sprintf(
					__( '%1$s on %2$s', 'trading-robot-service' ),
					cents( row.total_cents, row.currency ),
					localDate( row.created_at )
				)
			),
			! links.length && h( 'p', {}, __( 'Stripe keeps no page for it.', 'trading-robot-service' ) ),
		],
		buttons: () =>
			links.map( ( [ href, text, kind ] ) =>
				h(
					'a',
					{
						class: `trp-button${ kind ? ` trp-button--${ kind }` : '' }`,
						href,
						target: '_blank',
						rel: 'noopener',
					},
					text
				)
			),
	} );
}
