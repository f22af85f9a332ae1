/** What is used of a plan, in words. Pure. */

import { count } from '../format.js';
import { __, sprintf } from '../i18n.js';

const WARN_PERCENT = 80;

export const usageNames = () => ( {
	bots: __( 'Bots', 'trading-robot-service' ),
	webhooks_per_day: __( 'Alerts today', 'trading-robot-service' ),
	robots: __( 'Robots', 'trading-robot-service' ),
	api_keys: __( 'API keys', 'trading-robot-service' ),
} );

/** '', 'warn' from 80 %, 'full' at 100 %; what the plan has none of is never full. */
export function level( { percent, limit } ) {
	if ( percent === null || limit === 0 || percent < WARN_PERCENT ) {
		return '';
	}
	return percent >= 100 ? 'full' : 'warn';
}

export function usageText( { used, limit } ) {
	if ( limit === null ) {
		return sprintf( __( '%s, no limit', 'trading-robot-service' ), count( used ) );
	}
	return limit === 0
		? __( 'Not part of your plan', 'trading-robot-service' )
		: sprintf( __( '%1$s of %2$s', 'trading-robot-service' ), count( used ), count( limit ) );
}

/** Alerts that run out matter at once; places for bots are full for good, which is no news. */
export function usageNotices( { usage } ) {
	const bar = usage.find( ( { key } ) => key === 'webhooks_per_day' );
	const how = bar && level( bar );
	if ( ! how ) {
		return [];
	}
	const numbers = usageText( bar );
	return [
		how === 'full'
			? {
					key: 'usage',
					kind: 'error',
					title: __( 'Today’s alerts are used up.', 'trading-robot-service' ),
					text: sprintf(
						__( '%s: further ones are turned away until midnight UTC.', 'trading-robot-service' ),
						numbers
					),
			  }
			: {
					key: 'usage',
					kind: 'warn',
					title: sprintf( __( '%s%% of today’s alerts are used.', 'trading-robot-service' ), bar.percent ),
					text: sprintf(
						__( '%s: at the limit further ones are turned away until midnight UTC.', 'trading-robot-service' ),
						numbers
					),
			  },
	];
}
