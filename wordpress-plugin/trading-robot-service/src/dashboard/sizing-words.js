/** The arithmetic of a size, as the service worked it out, in words. Pure. */

import { money, percent, price, quantity } from '../format.js';
import { __ } from '../i18n.js';

const rules = () => ( {
	fixed_units: __( 'the bot’s fixed number of units', 'trading-robot-service' ),
	fixed_amount: __( 'the bot’s fixed amount', 'trading-robot-service' ),
	percent_of_portfolio: __( 'a share of the bot’s equity', 'trading-robot-service' ),
	percent_of_position: __( 'a share of the position', 'trading-robot-service' ),
	risk_amount: __( 'what is lost at the stop loss', 'trading-robot-service' ),
	risk_percent: __( 'what is lost at the stop loss, of the equity', 'trading-robot-service' ),
	alert_units: __( 'the alert’s own number of units', 'trading-robot-service' ),
	alert_dollars: __( 'the alert’s own amount', 'trading-robot-service' ),
	alert_percent_of_equity: __( 'the alert’s own share of the equity', 'trading-robot-service' ),
	alert_percent_of_position: __( 'the alert’s own share of the position', 'trading-robot-service' ),
	alert_risk_dollars: __( 'the alert’s own risk', 'trading-robot-service' ),
	alert_risk_percent: __( 'the alert’s own risk, of the equity', 'trading-robot-service' ),
	whole_position: __( 'the whole position', 'trading-robot-service' ),
} );

const steps = () => ( {
	rule: [ __( 'Sized by', 'trading-robot-service' ), ( value ) => rules()[ value ] || value ],
	price: [ __( 'Price', 'trading-robot-service' ), price ],
	fee_percent: [ __( 'Fee', 'trading-robot-service' ), ( value ) => percent( value, 2 ) ],
	equity: [ __( 'Bot’s equity', 'trading-robot-service' ), money ],
	amount: [ __( 'Amount', 'trading-robot-service' ), money ],
	held: [ __( 'Held', 'trading-robot-service' ), quantity ],
	risk: [ __( 'At risk', 'trading-robot-service' ), money ],
	stop: [ __( 'Stop loss at', 'trading-robot-service' ), price ],
	loss_a_unit: [ __( 'Lost a unit', 'trading-robot-service' ), price ],
	wanted: [ __( 'Comes to', 'trading-robot-service' ), quantity ],
	step: [ __( 'Venue’s step', 'trading-robot-service' ), quantity ],
	quantity: [ __( 'Quantity', 'trading-robot-service' ), quantity ],
} );

/** [[name, text]…] in the order of the working-out; what has no name here is left out. */
export const sizingSteps = ( sizing ) =>
	Object.entries( steps() )
		.filter( ( [ name ] ) => ( sizing?.[ name ] ?? '' ) !== '' )
		.map( ( [ name, [ label, show ] ] ) => [ label, show( sizing[ name ] ) ] );
