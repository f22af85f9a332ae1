/** Performance of all bots, or of one: figures, curves, where they come from, history, files. */

import { h } from '../../dom.js';
import { __ } from '../../i18n.js';
import { modeBadge, panel } from '../parts/figures.js';
import { lockedCard } from '../parts/limits.js';
import { botSkeleton, empty } from '../parts/states.js';
import { breakdown, extremes, groupChoice } from '../performance/breakdown.js';
import { curves, spreads } from '../performance/curves.js';
import { gapOf, slippage } from '../performance/execution.js';
import { exportsPanel } from '../performance/exports.js';
import { keyFigures, moreFigures } from '../performance/figures.js';
import { historyNote } from '../performance/history-note.js';
import { loadPerformance } from '../performance/load.js';
import { lockedTitle, partOf } from '../performance/part.js';
import { toolbar } from '../performance/toolbar.js';
import { tripFilters, tripList } from '../performance/trips.js';

export const performanceScreen = () => ( {
	key: 'performance',
	title: () => __( 'Performance', 'trading-robot-service' ),
	interval: 30000,
	concerns: ( hint ) => hint.type === 'figures',
	skeleton: botSkeleton,
	load: ( ctx, last ) => loadPerformance( ctx, null, last ),
	view: ( data, ctx ) =>
		h(
			'div',
			{ class: 'trp-stack', 'data-key': 'performance' },
			h(
				'header',
				{ class: 'trp-app__head', 'data-key': 'head' },
				h(
					'div',
					{},
					h( 'h1', { tabindex: -1 }, __( 'Performance', 'trading-robot-service' ) ),
					h(
						'p',
						{ class: 'trp-app__status' },
						modeBadge( data.record.figures.mode || ctx.state.mode ),
						__( 'All your bots together', 'trading-robot-service' )
					)
				)
			),
			performanceTab( data, ctx )
		),
} );

/** The same for a bot's page. */
export const performanceTab = ( { record, bot = null }, ctx ) =>
	h(
		'div',
		{ class: 'trp-stack', 'data-key': 'performance' },
		toolbar( record, ctx ),
		record.figures.locked
			? lockedCard( lockedTitle(), record.figures.locked, ctx )
			: unlocked( record, ctx ),
		exportsPanel( bot, record.figures.mode || ctx.state.mode || 'paper', ctx ),
		record.figures.mode !== 'live' && statement( ctx )
	);

const unlocked = ( { figures, equity, analysis, trips, ...rest }, ctx ) => [
	keyFigures( figures ),
	historyNote( equity.history, ctx ),
	partOf( __( 'Equity and returns', 'trading-robot-service' ), equity, ctx, ( found ) =>
		curves( found, figures.equity_curve )
	),
	moreFigures( figures ),
	analysed( analysis, ctx ),
	partOf( __( 'Trade history', 'trading-robot-service' ), trips, ctx, ( found ) => [
		tripFilters( { analysis }, ctx ),
		tripList( found, ctx ),
	] ),
	executed( rest, ctx ),
];

function analysed( analysis, ctx ) {
	const title = __( 'Where it comes from', 'trading-robot-service' );
	if ( analysis.whole?.trade_count === 0 ) {
		return panel(
			title,
			null,
			empty(
				__( 'No closed trade in this period', 'trading-robot-service' ),
				__(
					'With the first closed trade you see here which symbols, sides, days and hours pay.',
					'trading-robot-service'
				)
			)
		);
	}
	const view = ( found ) => [
		spreads( found ),
		h( 'div', { 'data-key': 'groups' }, breakdown( found, ctx ) ),
		extremes( found ),
	];
	return partOf( title, analysis, ctx, view, groupChoice( ctx ) );
}

/* What locks the analysis locks these, too, and is said there. */
const executed = ( { slippage: slipped, gap }, ctx ) =>
	slipped &&
	slipped.locked?.limit !== 'analytics' && [
		partOf( __( 'Slippage', 'trading-robot-service' ), slipped, ctx, slippage ),
		partOf( __( 'Live against paper', 'trading-robot-service' ), gap, ctx, gapOf ),
	];

const statement = ( { config } ) =>
	config.statement &&
	h( 'p', { class: 'trp-disclosure', 'data-key': 'statement' }, config.statement );
