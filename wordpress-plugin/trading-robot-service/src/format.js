/** Figures and times as people read them. Amounts arrive as decimal strings and are only shown. */

const MINUS = '\u2212';
const NONE = '\u2013';

const locale = () => globalThis.document?.documentElement.lang || undefined;

const made = new Map();

function formatter( kind, options ) {
	const key = `${ kind }|${ locale() }|${ JSON.stringify( options ) }`;
	if ( ! made.has( key ) ) {
		made.set( key, new Intl[ kind ]( locale(), options ) );
	}
	return made.get( key );
}

const isMissing = ( value ) =>
	value === null || value === undefined || value === '' || ! Number.isFinite( Number( value ) );

/** 'up', 'down' or '' for the sign of a figure. */
export function tone( value ) {
	if ( isMissing( value ) || rounded( value, 2 ) === 0 ) {
		return '';
	}
	return Number( value ) > 0 ? 'up' : 'down';
}

/* The sign of what is shown: −0.004 in cents is 0.00 and has none. */
const rounded = ( value, digits ) => Number( Number( value ).toFixed( digits ) );
const sign = ( value, digits = 2 ) => ( rounded( value, digits ) < 0 ? MINUS : '' );
const plus = ( value, digits = 2 ) =>
	rounded( value, digits ) > 0 ? '+' : sign( value, digits );

const dollars = ( value ) =>
	formatter( 'NumberFormat', { style: 'currency', currency: 'USD' } ).format(
		Math.abs( Number( value ) )
	);

const decimals = ( value, digits ) =>
	formatter( 'NumberFormat', {
		minimumFractionDigits: digits,
		maximumFractionDigits: digits,
	} ).format( Math.abs( Number( value ) ) );

/** Whole cents of a currency, as Stripe counts them. */
export function cents( value, currency = 'USD' ) {
	const options = { style: 'currency', currency: currency.toUpperCase() };
	return isMissing( value )
		? NONE
		: sign( value / 100 ) +
				formatter( 'NumberFormat', options ).format( Math.abs( value ) / 100 );
}

export const money = ( value ) => ( isMissing( value ) ? NONE : sign( value ) + dollars( value ) );
export const signedMoney = ( value ) =>
	isMissing( value ) ? NONE : plus( value ) + dollars( value );
export const percent = ( value, digits = 1 ) =>
	isMissing( value ) ? NONE : `${ sign( value, digits ) }${ decimals( value, digits ) }%`;
export const signedPercent = ( value, digits = 2 ) =>
	isMissing( value ) ? NONE : `${ plus( value, digits ) }${ decimals( value, digits ) }%`;
export const ratio = ( value ) =>
	isMissing( value ) ? NONE : sign( value ) + decimals( value, 2 );
export const count = ( value ) =>
	isMissing( value ) ? NONE : formatter( 'NumberFormat', {} ).format( Number( value ) );

/** A price: cents, and more digits where the price is small. */
export function price( value ) {
	if ( isMissing( value ) ) {
		return NONE;
	}
	const digits = Math.abs( Number( value ) ) < 1 ? 6 : 2;
	const options = {
		style: 'currency',
		currency: 'USD',
		minimumFractionDigits: 2,
		maximumFractionDigits: digits,
	};
	return (
		sign( value, digits ) + formatter( 'NumberFormat', options ).format( Math.abs( Number( value ) ) )
	);
}

export const quantity = ( value ) =>
	isMissing( value )
		? NONE
		: formatter( 'NumberFormat', { maximumFractionDigits: 9 } ).format( Number( value ) );

const sameDay = ( a, b ) => a.toDateString() === b.toDateString();

/** Local time; the date too unless it is today. */
export function localTime( iso, now = new Date() ) {
	const at = new Date( iso );
	if ( ! iso || Number.isNaN( at.getTime() ) ) {
		return NONE;
	}
	const time = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };
	const date = {
		month: 'short',
		day: 'numeric',
		...( at.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' } ),
	};
	return formatter( 'DateTimeFormat', sameDay( at, now ) ? time : { ...date, ...time } ).format(
		at
	);
}

export const localDate = ( iso ) =>
	iso
		? formatter( 'DateTimeFormat', { year: 'numeric', month: 'short', day: 'numeric' } ).format(
				new Date( iso )
			)
		: NONE;

export const utcTime = ( iso ) =>
	iso ? `${ new Date( iso ).toISOString().slice( 0, 19 ).replace( 'T', ' ' ) } UTC` : '';
