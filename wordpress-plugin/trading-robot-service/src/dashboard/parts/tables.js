/** Tables of bots, trades and positions. */

import { h } from '../../dom.js';
import { count, money, percent, price, quantity, signedMoney } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { legText, sideText, typeText } from '../order-words.js';
import { botLink } from '../router.js';
import { actionButton, setStatus } from './actions.js';
import { botBadge, modeBadge, orderBadge, plain, signed, signedCell, when } from './figures.js';

export function table( label, heads, rows ) {
	return h(
		'div',
		{ class: 'trp-table-wrap', tabindex: 0, role: 'region', 'aria-label': label },
		h(
			'table',
			{ class: 'trp-table trp-table--stack' },
			h(
				'thead',
				{},
				h(
					'tr',
					{},
					heads.map( ( [ text, isFigure ] ) =>
						h( 'th', { scope: 'col', class: isFigure ? 'trp-num' : null }, text )
					)
				)
			),
			h(
				'tbody',
				{},
				rows.map( ( row ) => labelled( row, heads ) )
			)
		)
	);
}

/* On a narrow screen a row becomes a small card, and each cell says its own name. */
function labelled( row, heads ) {
	[ ...row.cells ].forEach( ( cell, index ) => {
		if ( index > 0 && heads[ index ][ 0 ] ) {
			cell.dataset.label = heads[ index ][ 0 ];
		}
	} );
	return row;
}

export function botsTable( bots, ctx ) {
	const heads = [
		[ __( 'Bot', 'trading-robot-service' ) ],
		[ __( 'Status', 'trading-robot-service' ) ],
		[ __( 'Equity', 'trading-robot-service' ), true ],
		[ __( 'Total P&L', 'trading-robot-service' ), true ],
		[ __( 'Trades', 'trading-robot-service' ), true ],
		[ __( 'Win rate', 'trading-robot-service' ), true ],
		[ '', true ],
	];
	return table(
		__( 'Bots', 'trading-robot-service' ),
		heads,
		bots.map( ( bot ) => botRow( bot, ctx ) )
	);
}

const symbolsText = ( symbols ) =>
	symbols?.length
		? symbols.slice( 0, 3 ).join( ', ' ) + ( symbols.length > 3 ? ` +${ symbols.length - 3 }` : '' )
		: __( 'All symbols', 'trading-robot-service' );

const figuresOf = ( bot ) => ( { ...bot, ...( bot.performance || {} ) } );

function botRow( bot, ctx ) {
	const figures = figuresOf( bot );
	return h(
		'tr',
		{ 'data-key': bot.id },
		h(
			'th',
			{ scope: 'row' },
			h( 'a', { class: 'trp-table__link', href: botLink( bot.id ) }, bot.name ),
			h( 'span', { class: 'trp-table__sub' }, symbolsText( bot.symbols ) )
		),
		h( 'td', {}, botBadge( bot.status ), ' ', bot.trading_mode === 'live' && modeBadge( 'live' ) ),
		plain( money( figures.equity ) ),
		signedCell( figures.total_pnl ),
		plain( count( figures.trade_count ) ),
		plain( percent( figures.win_rate ) ),
		h(
			'td',
			{ class: 'trp-table__cell-actions' },
			h( 'div', { class: 'trp-table__actions' }, toggle( bot, ctx ) )
		)
	);
}

/** Start or pause, whichever makes sense now. */
export function toggle( bot, ctx, kind = 'small' ) {
	const runs = bot.status === 'running';
	const text = runs
		? __( 'Pause', 'trading-robot-service' )
		: __( 'Start', 'trading-robot-service' );
	const action = () => setStatus( bot, runs ? 'paused' : 'running', ctx );
	return actionButton( text, action, ctx, { kind, label: `${ text }: ${ bot.name }` } );
}

export function tradesTable( trades ) {
	const heads = [
		[ __( 'Trade', 'trading-robot-service' ) ],
		[ __( 'State', 'trading-robot-service' ) ],
		[ __( 'Quantity', 'trading-robot-service' ), true ],
		[ __( 'Price', 'trading-robot-service' ), true ],
		[ __( 'P&L', 'trading-robot-service' ), true ],
		[ __( 'Time', 'trading-robot-service' ), true ],
	];
	return table(
		__( 'Trades', 'trading-robot-service' ),
		heads,
		trades.map( ( trade ) => tradeRow( trade ) )
	);
}

function tradeRow( trade ) {
	const filled = Number( trade.filled_quantity ) > 0;
	return h(
		'tr',
		{ 'data-key': trade.id },
		h(
			'th',
			{ scope: 'row' },
			`${ sideText( trade.side ) } ${ trade.symbol } `,
			trade.mode && modeBadge( trade.mode ),
			h( 'span', { class: 'trp-table__sub' }, kindText( trade ) )
		),
		h( 'td', {}, orderBadge( trade.state ) ),
		plain( quantity( filled ? trade.filled_quantity : trade.quantity ) ),
		plain( price( trade.average_price || trade.limit_price || trade.stop_price ) ),
		signedCell( trade.pnl ),
		h(
			'td',
			{ class: 'trp-num' },
			when( trade.finished_at || trade.submitted_at || trade.created_at )
		)
	);
}

function kindText( trade ) {
	const text = [ typeText( trade.type ), legText( trade.leg ) ].filter( Boolean ).join( ', ' );
	return trade.reason ? `${ text }: ${ trade.reason }` : text;
}

export function positionsTable( positions ) {
	const heads = [
		[ __( 'Symbol', 'trading-robot-service' ) ],
		[ __( 'Quantity', 'trading-robot-service' ), true ],
		[ __( 'Average price', 'trading-robot-service' ), true ],
		[ __( 'Market price', 'trading-robot-service' ), true ],
		[ __( 'Unrealised P&L', 'trading-robot-service' ), true ],
		[ __( 'Since', 'trading-robot-service' ), true ],
	];
	return table(
		__( 'Open positions', 'trading-robot-service' ),
		heads,
		positions.map( ( held ) =>
			h(
				'tr',
				{ 'data-key': held.symbol },
				h( 'th', { scope: 'row' }, held.symbol ),
				plain( quantity( held.quantity ) ),
				plain( price( held.average_price ) ),
				plain( price( held.market_price ) ),
				signedCell( held.unrealised_pnl ),
				h( 'td', { class: 'trp-num' }, when( held.opened_at ) )
			)
		)
	);
}

/** The latest trades of all bots, one line each. */
export function recentTrades( trades ) {
	return h(
		'ul',
		{ class: 'trp-log' },
		trades.map( ( trade ) => h( 'li', { 'data-key': trade.id }, recentTrade( trade ) ) )
	);
}

function recentTrade( trade ) {
	const filled = Number( trade.filled_quantity ) > 0;
	const size = quantity( filled ? trade.filled_quantity : trade.quantity );
	const paid = trade.average_price || trade.limit_price || trade.stop_price;
	const at = paid ? sprintf( __( 'at %s', 'trading-robot-service' ), price( paid ) ) : '';
	return h(
		'div',
		{ class: 'trp-log__row' },
		orderBadge( trade.state ),
		h(
			'span',
			{ class: 'trp-log__what' },
			`${ sideText( trade.side ) } ${ size } ${ trade.symbol } ${ at }`.trim(),
			' \u00b7 ',
			h( 'a', { href: botLink( trade.bot_id, 'trades' ) }, trade.bot_name ),
			trade.mode === 'live' && [ ' ', modeBadge( 'live' ) ]
		),
		when( trade.finished_at || trade.submitted_at || trade.created_at ),
		( trade.pnl || trade.reason ) &&
			h(
				'span',
				{ class: 'trp-log__why' },
				trade.pnl && signed( trade.pnl, signedMoney( trade.pnl ) ),
				trade.reason
			)
	);
}

/** Newer and older pages of a list. */
export function pager( { page, limit, total }, onPage ) {
	const pages = Math.max( 1, Math.ceil( total / limit ) );
	if ( pages < 2 ) {
		return null;
	}
	const button = ( text, target ) =>
		h(
			'button',
			{
				type: 'button',
				class: 'trp-button trp-button--small',
				disabled: target < 1 || target > pages,
				onclick: () => onPage( target ),
			},
			text
		);
	return h(
		'nav',
		{ class: 'trp-pager', 'aria-label': __( 'Pages', 'trading-robot-service' ) },
		h(
			'span',
			{},
			sprintf(
				__( 'Page %1$s of %2$s, %3$s in all', 'trading-robot-service' ),
				page,
				pages,
				count( total )
			)
		),
		h(
			'span',
			{ class: 'trp-actions' },
			button( __( 'Newer', 'trading-robot-service' ), page - 1 ),
			button( __( 'Older', 'trading-robot-service' ), page + 1 )
		)
	);
}
