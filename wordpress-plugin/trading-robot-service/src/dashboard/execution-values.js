/** How a bot takes signals and sends orders, between its JSON and the form. Pure. */

export const DAYS = [ 'mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun' ];

/* As the service takes them where nothing is said. */
const USUAL = {
	extended_hours: false,
	allow_short: false,
	usdt_is_usd: false,
	trading_windows: [],
	time_zone: 'America/New_York',
	when_closed: 'queue',
	max_signal_age_seconds: 120,
	dedupe_id_seconds: 86400,
	dedupe_body_seconds: 60,
	allowed_senders: [],
};
const SWITCHES = [ 'extended_hours', 'allow_short', 'usdt_is_usd' ];
const SECONDS = [ 'max_signal_age_seconds', 'dedupe_id_seconds', 'dedupe_body_seconds' ];

/** What TradingView publishes as its own addresses. */
export const TRADINGVIEW = [ '52.89.214.238', '34.212.75.30', '54.218.53.128', '52.32.178.7' ];

let made = 0;

/** A row of the form: days and times in which the bot may open positions. */
export const newWindow = ( { days, start = '09:30', end = '16:00' } = {} ) => ( {
	key: String( ( made += 1 ) ),
	days: days || DAYS.slice( 0, 5 ),
	start,
	end,
} );

/** What the form shows of a bot's execution. */
export function executionValues( execution ) {
	const {
		trading_windows: windows,
		allowed_senders: senders,
		...rest
	} = {
		...USUAL,
		...execution,
	};
	return {
		...rest,
		...Object.fromEntries( SECONDS.map( ( name ) => [ name, String( rest[ name ] ) ] ) ),
		trading_windows: ( windows || [] ).map( ( row ) => newWindow( { days: DAYS, ...row } ) ),
		allowed_senders: ( senders || [] ).join( '\n' ),
	};
}

/* What is no whole number goes as typed, to be refused with a reason. */
const seconds = ( text ) => {
	const typed = String( text ?? '' ).trim();
	return /^\d+$/.test( typed ) ? Number( typed ) : typed;
};

/** The request's part of a filled form; an empty number means the usual one. */
export function executionOf( values ) {
	const numbers = SECONDS.map( ( name ) => [ name, seconds( values[ name ] ) ] );
	return {
		...Object.fromEntries( SWITCHES.map( ( name ) => [ name, Boolean( values[ name ] ) ] ) ),
		...Object.fromEntries( numbers.filter( ( [ , value ] ) => value !== '' ) ),
		trading_windows: values.trading_windows.map( ( { days, start, end } ) => ( {
			days,
			start,
			end,
		} ) ),
		time_zone: values.time_zone.trim(),
		when_closed: values.when_closed,
		allowed_senders: values.allowed_senders.split( /[\s,;]+/ ).filter( Boolean ),
	};
}

/**
 * The form's entries, [[name, value]…] as FormData gives them, as values. `checks` names the
 * checkboxes there are: one that is not set has no entry.
 */
export function readEntries( entries, checks ) {
	const values = Object.fromEntries( checks.map( ( name ) => [ name, false ] ) );
	const windows = new Map();
	for ( const [ name, value ] of entries ) {
		const [ , key, part ] = /^window\.(\w+)\.(\w+)$/.exec( name ) || [];
		if ( key ) {
			readWindow( windows, key, part, value );
		} else {
			values[ name ] = checks.includes( name ) ? true : value;
		}
	}
	return { ...values, trading_windows: [ ...windows.values() ] };
}

function readWindow( windows, key, part, value ) {
	const row = windows.get( key ) || { key, days: [], start: '', end: '' };
	windows.set( key, row );
	if ( part === 'days' ) {
		row.days.push( value );
	} else {
		row[ part ] = value;
	}
}
