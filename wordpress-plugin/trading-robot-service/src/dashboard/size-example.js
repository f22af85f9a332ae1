/** An example alert that has the service work out a size before it is saved. Pure. */

import { amount, symbolList } from './bot-values.js';

/* A bot's sizing, and what an alert's quantity counts then. */
const QUANTITY_TYPES = {
	fixed_units: 'fixed_quantity',
	fixed_amount: 'dollar_amount',
	percent_of_portfolio: 'percent_of_equity',
	percent_of_position: 'percent_of_position',
	risk_amount: 'risk_dollar_amount',
	risk_percent: 'risk_percent',
};

/** What a bot that trades all symbols of its market is explained with. */
export const exampleSymbol = ( assetType ) => ( assetType === 'stocks' ? 'AAPL' : 'BTC-USD' );

const typed = ( text ) => {
	const value = amount( text );
	return Number( value ) > 0 ? value : null;
};

function stopOf( values ) {
	const trail = typed( values.trailing_stop_percent );
	const stop = typed( values.stop_loss_percent );
	if ( trail ) {
		return { type: 'trailing_stop', trailPercent: trail };
	}
	return stop && `${ stop }%`;
}

/** A buy of the first symbol with the form's size and stop, as text; null while the size is missing. */
export function exampleAlert( values ) {
	const symbol = symbolList( values.symbols )[ 0 ] || exampleSymbol( values.asset_type );
	const quantity = typed( values.sizing_value );
	if ( ! quantity ) {
		return null;
	}
	const stop = stopOf( values );
	return JSON.stringify( {
		action: 'buy',
		symbol,
		quantity,
		quantityType: QUANTITY_TYPES[ values.sizing_type ],
		...( stop ? { stopLoss: stop } : {} ),
	} );
}
