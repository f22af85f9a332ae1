/** What the charts say in words and figures. */

import { count, localDate, money, percent, signedMoney, signedPercent } from '../format.js';
import { __, _n, sprintf } from '../i18n.js';
import { histogram } from './series.js';

const MINUS = '\u2212';

/* 250 apart needs 99.25k, 500 apart 99.5k. */
const thousandthDigits = ( step ) => ( step % 1000 === 0 ? 0 : step % 100 === 0 ? 1 : 2 );

/** A short axis label; enough digits to tell neighbours apart. */
export function axisValue( value, unit, splits = [] ) {
	const step = splits.length > 1 ? Math.abs( splits[ 1 ] - splits[ 0 ] ) : Math.abs( value );
	const digits = step >= 1 || step === 0 ? 0 : Math.min( 4, Math.ceil( -Math.log10( step ) ) );
	const size = Math.abs( value );
	const thousands = size >= 10000 && step >= 100;
	const figure = thousands
		? `${ ( size / 1000 ).toFixed( thousandthDigits( step ) ) }k`
		: size.toLocaleString( undefined, {
				minimumFractionDigits: digits,
				maximumFractionDigits: digits,
			} );
	if ( value === 0 && unit === '%' ) {
		return '0%';
	}
	const sign = value < 0 && Number( size.toFixed( digits ) ) !== 0 ? MINUS : '';
	return unit === '%' ? `${ sign }${ figure }%` : `${ sign }${ unit || '' }${ figure }`;
}

/** A short label on the time axis: the hour within a day or two, the date beyond. */
export function axisTime( at, splits ) {
	const step = splits.length > 1 ? splits[ 1 ] - splits[ 0 ] : 86400;
	const date = new Date( at * 1000 );
	const midnight = date.getHours() === 0 && date.getMinutes() === 0;
	const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
	const time = step < 60 ? { ...clock, second: '2-digit' } : clock;
	const isDay = step >= 86400 || ( midnight && date.getSeconds() === 0 && step >= 3600 );
	const options = isDay ? { month: 'short', day: 'numeric' } : time;
	return date.toLocaleString( undefined, options );
}

export function valueText( kind, unit, value ) {
	if ( kind === 'bins' || ( kind === 'distribution' && unit !== '%' ) ) {
		return sprintf( _n( '%s trade', '%s trades', value, 'trading-robot-service' ), count( value ) );
	}
	if ( kind === 'distribution' ) {
		return sprintf( _n( '%s time', '%s times', value, 'trading-robot-service' ), count( value ) );
	}
	if ( unit === '%' ) {
		return kind === 'returns' ? signedPercent( value ) : percent( value, 2 );
	}
	return kind === 'returns' ? signedMoney( value ) : money( value );
}

const spanOf = ( points ) =>
	points.length ? points[ points.length - 1 ][ 0 ] - points[ 0 ][ 0 ] : 0;

function moment( x, points ) {
	const options = {
		month: 'short',
		day: 'numeric',
		hour: '2-digit',
		minute: '2-digit',
		hourCycle: 'h23',
	};
	const iso = new Date( x * 1000 ).toISOString();
	return spanOf( points ) > 20 * 86400
		? localDate( iso )
		: new Date( iso ).toLocaleString( undefined, options );
}

/** Where and what for one place of the chart: ['Nov 20, 14:05', '$100,231.20']. */
export function pointParts( spec, x, value ) {
	if ( spec.kind === 'distribution' ) {
		const half = histogram( spec.points.map( ( [ , y ] ) => Number( y ) ) ).width / 2;
		const edge = spec.unit === '%' ? signedPercent : signedMoney;
		return [
			sprintf( __( '%1$s to %2$s', 'trading-robot-service' ), edge( x - half ), edge( x + half ) ),
			valueText( spec.kind, spec.unit, value ),
		];
	}
	if ( spec.kind === 'bins' ) {
		return [ spec.labels[ x ] || '', valueText( spec.kind, '', value ) ];
	}
	return [ moment( x, spec.points ), valueText( spec.kind, spec.unit, value ) ];
}

export const pointText = ( spec, x, value ) => pointParts( spec, x, value ).join( ': ' );

/** Heads of the data table. */
export function columnNames( { kind, unit, axis } ) {
	const time = __( 'Time', 'trading-robot-service' );
	const names = {
		equity: [ time, __( 'Equity', 'trading-robot-service' ) ],
		drawdown: [ time, __( 'Drawdown', 'trading-robot-service' ) ],
		returns: [ time, __( 'Return', 'trading-robot-service' ) ],
		bins: [ axis, __( 'Trades', 'trading-robot-service' ) ],
		distribution:
			unit === '%'
				? [ __( 'Return', 'trading-robot-service' ), __( 'Times', 'trading-robot-service' ) ]
				: [
						__( 'Profit or loss', 'trading-robot-service' ),
						__( 'Trades', 'trading-robot-service' ),
					],
	};
	return names[ kind ] || [ time, __( 'Value', 'trading-robot-service' ) ];
}
