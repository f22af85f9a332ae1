/** The figures of a period: the ones people ask for first, and the rest. */

import { h } from '../../dom.js';
import { count, money, percent, ratio, signedMoney, signedPercent } from '../../format.js';
import { __, sprintf } from '../../i18n.js';
import { kpi, kpis, signed } from '../parts/figures.js';
import { reasonText, spanText } from './words.js';

export function keyFigures( { metrics, undefined: reasons = {} } ) {
	const because = ( name ) => reasonText( reasons[ name ] );
	return kpis(
		kpi(
			__( 'Profit and loss', 'trading-robot-service' ),
			signed( metrics.total_pnl, signedMoney( metrics.total_pnl ) ),
			__( 'closed trades, after fees', 'trading-robot-service' )
		),
		kpi(
			__( 'Return', 'trading-robot-service' ),
			signed( metrics.total_return_pct, signedPercent( metrics.total_return_pct ) ),
			because( 'total_return_pct' ) ||
				sprintf(
					__( '%s with open positions', 'trading-robot-service' ),
					signedMoney( metrics.total_return )
				)
		),
		kpi(
			__( 'Win rate', 'trading-robot-service' ),
			percent( metrics.win_rate ),
			because( 'win_rate' ) ||
				sprintf(
					__( '%1$s won, %2$s lost', 'trading-robot-service' ),
					count( metrics.win_count ),
					count( metrics.loss_count )
				)
		),
		kpi(
			__( 'Profit factor', 'trading-robot-service' ),
			ratio( metrics.profit_factor ),
			because( 'profit_factor' ) || __( 'won per dollar lost', 'trading-robot-service' )
		),
		kpi(
			__( 'Sharpe ratio', 'trading-robot-service' ),
			ratio( metrics.sharpe_ratio ),
			because( 'sharpe_ratio' ) || __( 'return for the risk, a year', 'trading-robot-service' )
		),
		kpi(
			__( 'Max drawdown', 'trading-robot-service' ),
			percent( metrics.max_drawdown, 2 ),
			__( 'deepest fall from a peak', 'trading-robot-service' )
		)
	);
}

export function moreFigures( { metrics, undefined: reasons = {} } ) {
	const amount = ( name ) => signed( metrics[ name ], signedMoney( metrics[ name ] ) );
	const facts = [
		[ __( 'Round trips', 'trading-robot-service' ), count( metrics.trade_count ) ],
		[
			__( 'Sortino ratio', 'trading-robot-service' ),
			ratio( metrics.sortino_ratio ),
			reasons.sortino_ratio,
		],
		[ __( 'Average win', 'trading-robot-service' ), amount( 'avg_win' ), reasons.avg_win ],
		[ __( 'Average loss', 'trading-robot-service' ), amount( 'avg_loss' ), reasons.avg_loss ],
		[ __( 'Best trade', 'trading-robot-service' ), amount( 'best_trade_pnl' ) ],
		[ __( 'Worst trade', 'trading-robot-service' ), amount( 'worst_trade_pnl' ) ],
		[ __( 'Average trade size', 'trading-robot-service' ), money( metrics.avg_trade_size ) ],
		[
			__( 'Average time held', 'trading-robot-service' ),
			spanText( metrics.avg_hold_seconds ),
		],
		[
			__( 'Longest winning streak', 'trading-robot-service' ),
			count( metrics.longest_win_streak ),
		],
		[
			__( 'Longest losing streak', 'trading-robot-service' ),
			count( metrics.longest_loss_streak ),
		],
	];
	return h(
		'div',
		{ class: 'trp-card', 'data-key': 'more' },
		h(
			'dl',
			{ class: 'trp-more' },
			facts.map( ( [ name, value, reason ] ) =>
				h(
					'div',
					{},
					h( 'dt', {}, name ),
					h( 'dd', {}, value ),
					reason && h( 'dd', { class: 'trp-more__why' }, reasonText( reason ) )
				)
			)
		)
	);
}
