/** Orders in words. Pure. */

import { percent, price, quantity } from '../format.js';
import { __, sprintf } from '../i18n.js';

const chosen = ( words, name ) => words[ name ] || String( name || '' ).replaceAll( '_', ' ' );

export const sideText = ( side ) =>
	chosen(
		{ buy: __( 'Buy', 'trading-robot-service' ), sell: __( 'Sell', 'trading-robot-service' ) },
		side
	);

export const typeText = ( type ) =>
	chosen(
		{
			market: __( 'Market', 'trading-robot-service' ),
			limit: __( 'Limit', 'trading-robot-service' ),
			stop: __( 'Stop', 'trading-robot-service' ),
			stop_limit: __( 'Stop limit', 'trading-robot-service' ),
			trailing_stop: __( 'Trailing stop', 'trading-robot-service' ),
			bracket: __( 'Stop loss and take profit', 'trading-robot-service' ),
		},
		type
	);

const LEGS = () => ( {
	entry: __( 'entry', 'trading-robot-service' ),
	exit: __( 'exit', 'trading-robot-service' ),
	close: __( 'exit', 'trading-robot-service' ),
	stop_loss: __( 'stop loss', 'trading-robot-service' ),
	take_profit: __( 'take profit', 'trading-robot-service' ),
	repair: __( 'repair', 'trading-robot-service' ),
} );

/** What an order is for; a numbered leg (take_profit_2) is what it is without its number. */
export const legText = ( leg ) => LEGS()[ String( leg || '' ).replace( /_?\d+$/, '' ) ] || '';

const validText = ( name ) =>
	chosen(
		{
			day: __( 'for the day', 'trading-robot-service' ),
			gtc: __( 'until cancelled', 'trading-robot-service' ),
			ioc: __( 'at once or not at all', 'trading-robot-service' ),
			fok: __( 'all at once or not at all', 'trading-robot-service' ),
			opg: __( 'at the open', 'trading-robot-service' ),
			cls: __( 'at the close', 'trading-robot-service' ),
		},
		name
	);

export const venueText = ( venue ) =>
	chosen(
		{
			paper: __( 'the paper broker', 'trading-robot-service' ),
			alpaca: 'Alpaca',
			coinbase: 'Coinbase',
		},
		venue
	);

/** The prices an order waits for: 'stop $90.00, limit $110.00'. */
export function levelsText( order ) {
	const { type, limit_price: limit, stop_price: stop } = order;
	const said = [
		stop && sprintf( __( 'stop %s', 'trading-robot-service' ), price( stop ) ),
		order.stop_limit_price &&
			sprintf( __( 'stop limit %s', 'trading-robot-service' ), price( order.stop_limit_price ) ),
		limit && sprintf( __( 'limit %s', 'trading-robot-service' ), price( limit ) ),
		order.trail_percent &&
			sprintf( __( 'trails by %s', 'trading-robot-service' ), percent( order.trail_percent, 2 ) ),
		order.trail_amount &&
			sprintf( __( 'trails by %s', 'trading-robot-service' ), price( order.trail_amount ) ),
	].filter( Boolean );
	return said.length || type !== 'market'
		? said.join( ', ' )
		: __( 'at the market', 'trading-robot-service' );
}

/** 'Buy 0.5 BTC-USD: Limit, limit $100.00, until cancelled, at Coinbase'. */
export function orderText( order ) {
	const terms = [
		typeText( order.type ),
		order.type !== 'market' && levelsText( order ),
		validText( order.time_in_force ),
		order.extended_hours && __( 'outside market hours too', 'trading-robot-service' ),
		sprintf( __( 'at %s', 'trading-robot-service' ), venueText( order.venue ) ),
	].filter( Boolean );
	return `${ sideText( order.side ) } ${ quantity( order.quantity ) } ${
		order.symbol
	}: ${ terms.join( ', ' ) }`;
}

/** 'Stop loss' for a leg, 'Take profit' for one of several. */
export const legTitle = ( leg ) =>
	legText( leg ).replace( /^./, ( letter ) => letter.toUpperCase() );

/** Who keeps an order until it trades: the platform, or its venue. */
export const heldByText = ( by, venue ) =>
	by === 'platform'
		? __( 'Watched here, sent when reached', 'trading-robot-service' )
		: sprintf( __( 'Rests at %s', 'trading-robot-service' ), venueText( venue ) );
