/** Taking part in the public leaderboard: one's own choice, under a made-up name. */

import { h } from '../../dom.js';
import { count, localDate } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { actionButton } from '../parts/actions.js';
import { confirmDialog, toast } from '../parts/dialog.js';
import { badge, modeBadge, panel, plain } from '../parts/figures.js';
import { row, rows } from '../parts/rows.js';
import { empty } from '../parts/states.js';
import { table } from '../parts/tables.js';
import { periodNames } from '../performance/words.js';

export const leaderboardSection = {
	load: ( ctx ) => ctx.api.get( 'leaderboard/membership' ),
	view: ( member, ctx ) => [
		panel(
			__( 'Public leaderboard', 'trading-robot-service' ),
			ctx.config.pages?.performance &&
				h(
					'a',
					{ href: ctx.config.pages.performance },
					__( 'See the leaderboard', 'trading-robot-service' )
				),
			rows( choice( member, ctx ) )
		),
		member.listed &&
			panel( __( 'Your places', 'trading-robot-service' ), null, places( member ) ),
	],
};

function choice( { listed, handle, joined_at: joined }, ctx ) {
	return row( {
		key: 'membership',
		title: listed ? handle : __( 'Show your record', 'trading-robot-service' ),
		state: listed
			? badge( __( 'Listed', 'trading-robot-service' ), 'ok' )
			: badge( __( 'Not listed', 'trading-robot-service' ) ),
		text: [
			listed &&
				sprintf( __( 'Listed since %s.', 'trading-robot-service' ), localDate( joined ) ),
			__(
				'Shown are returns, ratios and the number of trades, under a name that is made up for you and leads to nobody. No amounts, no symbols, no curve. Each day that was published stays published, whatever you choose later.',
				'trading-robot-service'
			),
		].filter( Boolean ),
		actions: listed
			? actionButton( __( 'Leave', 'trading-robot-service' ), () => leave( ctx ), ctx, {
					kind: 'small danger',
					label: __( 'Leave the leaderboard', 'trading-robot-service' ),
				} )
			: actionButton( __( 'Take part', 'trading-robot-service' ), () => join( ctx ), ctx, {
					kind: 'small primary',
				} ),
	} );
}

async function join( ctx ) {
	const { handle } = await ctx.api.put( 'leaderboard/membership', {} );
	toast( sprintf( __( 'You are listed as %s.', 'trading-robot-service' ), handle ) );
	await ctx.refresh();
}

async function leave( ctx ) {
	const confirmed = await confirmDialog( {
		title: __( 'Leave the leaderboard?', 'trading-robot-service' ),
		body: h(
			'p',
			{},
			__(
				'Your record goes from the leaderboard at once. Days that were published stay, under the made-up name; it stays yours if you come back.',
				'trading-robot-service'
			)
		),
		confirm: __( 'Leave', 'trading-robot-service' ),
		danger: true,
	} );
	if ( confirmed ) {
		await ctx.api.del( 'leaderboard/membership' );
		toast( __( 'You are no longer listed.', 'trading-robot-service' ) );
		await ctx.refresh();
	}
}

function places( { places: found, minimum_trades: trades, minimum_days: days } ) {
	if ( ! found.length ) {
		return empty(
			__( 'No place yet', 'trading-robot-service' ),
			__(
				'The leaderboard is counted again every few minutes; your record appears with its first closed trade.',
				'trading-robot-service'
			)
		);
	}
	const heads = [
		[ __( 'Period', 'trading-robot-service' ) ],
		[ __( 'Place', 'trading-robot-service' ), true ],
		[ __( 'Round trips', 'trading-robot-service' ), true ],
		[ __( 'Days of record', 'trading-robot-service' ), true ],
	];
	const rowOf = ( { mode, period, rank, trade_count: made, days: length } ) =>
		h(
			'tr',
			{ 'data-key': `${ mode }-${ period }` },
			h( 'th', { scope: 'row' }, `${ periodNames()[ period ] } `, modeBadge( mode ) ),
			plain( rank ? count( rank ) : __( 'too short', 'trading-robot-service' ) ),
			plain( count( made ) ),
			plain( count( length ) )
		);
	return [
		table( __( 'Your places', 'trading-robot-service' ), heads, found.map( rowOf ) ),
		h(
			'p',
			{ class: 'trp-asof' },
			sprintf(
				__(
					'A place needs %1$s round trips and %2$s days of record.',
					'trading-robot-service'
				),
				count( trades ),
				count( days )
			)
		),
	];
}
