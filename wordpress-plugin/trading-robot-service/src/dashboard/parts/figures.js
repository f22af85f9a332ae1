/** Small pieces with figures: signed numbers, times, badges, key figures, charts. */

import { drawChart } from '../../charts.js';
import { h } from '../../dom.js';
import { localTime, signedMoney, tone, utcTime } from '../../format.js';
import { __ } from '../../i18n.js';

export function signed( value, text ) {
	const sign = tone( value );
	return h( 'span', { class: `trp-num${ sign ? ` trp-num--${ sign }` : '' }` }, text );
}

export const signedCell = ( value ) =>
	h( 'td', { class: 'trp-num' }, signed( value, signedMoney( value ) ) );

export const plain = ( text, tag = 'td' ) => h( tag, { class: 'trp-num' }, text );

export const when = ( iso ) =>
	h( 'time', { datetime: iso, title: utcTime( iso ), class: 'trp-log__time' }, localTime( iso ) );

export const badge = ( text, kind ) =>
	h( 'span', { class: `trp-badge${ kind ? ` trp-badge--${ kind }` : '' }` }, text );

export const modeBadge = ( mode ) =>
	( {
		paper: badge( __( 'Paper', 'trading-robot-service' ), 'paper' ),
		live: badge( __( 'Live', 'trading-robot-service' ), 'live' ),
		backtest: badge( __( 'Backtest', 'trading-robot-service' ), 'backtest' ),
	} )[ mode || 'paper' ];

export function kpi( label, value, note ) {
	return h(
		'div',
		{ class: 'trp-kpi' },
		h( 'dt', { class: 'trp-kpi__label' }, label ),
		h( 'dd', { class: 'trp-kpi__value' }, value ),
		note && h( 'dd', { class: 'trp-kpi__note' }, note )
	);
}

export const kpis = ( ...items ) => h( 'dl', { class: 'trp-kpis' }, items );

const BOT_STATUS = () => ( {
	running: [ __( 'Running', 'trading-robot-service' ), 'ok' ],
	paused: [ __( 'Paused', 'trading-robot-service' ), 'warn' ],
	stopped: [ __( 'Stopped', 'trading-robot-service' ), '' ],
} );

const SIGNAL_STATUS = () => ( {
	received: [ __( 'Received', 'trading-robot-service' ), '' ],
	processing: [ __( 'In progress', 'trading-robot-service' ), '' ],
	retrying: [ __( 'Retrying', 'trading-robot-service' ), 'warn' ],
	done: [ __( 'Done', 'trading-robot-service' ), 'ok' ],
	refused: [ __( 'Refused', 'trading-robot-service' ), 'warn' ],
	rate_limited: [ __( 'Over the limit', 'trading-robot-service' ), 'warn' ],
	ignored: [ __( 'Set aside', 'trading-robot-service' ), '' ],
	expired: [ __( 'Too late', 'trading-robot-service' ), 'warn' ],
	duplicate: [ __( 'Repeated', 'trading-robot-service' ), '' ],
	dead: [ __( 'Failed', 'trading-robot-service' ), 'bad' ],
	discarded: [ __( 'Discarded', 'trading-robot-service' ), '' ],
} );

const ORDER_STATE = () => ( {
	held: [ __( 'Watched', 'trading-robot-service' ), 'ok' ],
	planned: [ __( 'Planned', 'trading-robot-service' ), '' ],
	submitting: [ __( 'Being sent', 'trading-robot-service' ), '' ],
	pending: [ __( 'Pending', 'trading-robot-service' ), '' ],
	accepted: [ __( 'Waiting', 'trading-robot-service' ), '' ],
	partially_filled: [ __( 'Partly filled', 'trading-robot-service' ), 'warn' ],
	filled: [ __( 'Filled', 'trading-robot-service' ), 'ok' ],
	cancelled: [ __( 'Cancelled', 'trading-robot-service' ), '' ],
	rejected: [ __( 'Rejected', 'trading-robot-service' ), 'bad' ],
	failed: [ __( 'Failed', 'trading-robot-service' ), 'bad' ],
	unknown: [ __( 'Being checked', 'trading-robot-service' ), 'warn' ],
} );

function statusBadge( words, status ) {
	const [ text, kind ] = words[ status ] || [ String( status || '' ).replaceAll( '_', ' ' ), '' ];
	return h(
		'span',
		{ class: `trp-badge trp-badge--dot${ kind ? ` trp-badge--${ kind }` : '' }` },
		text
	);
}

export const botBadge = ( status ) => statusBadge( BOT_STATUS(), status );
export const signalBadge = ( status ) => statusBadge( SIGNAL_STATUS(), status );
export const orderBadge = ( state ) => statusBadge( ORDER_STATE(), state );

/** A chart that keeps its canvas across updates. */
export function chart( spec, sync ) {
	const figure = h( 'figure', {
		class: 'trp-chart',
		'data-sync': sync,
		'data-kind': spec.kind,
		'data-key': `chart: ${ spec.title }`,
	} );
	figure.trpWidget = {
		kind: `chart-${ spec.kind }`,
		value: spec,
		start() {
			figure.trpChart ?? drawChart( figure, spec );
		},
		update: ( next ) => figure.trpChart?.update( next ),
	};
	return figure;
}

/** Facts as names and values: [[name, value]…]. */
export const factList = ( facts ) =>
	h(
		'dl',
		{ class: 'trp-facts' },
		facts.map( ( [ name, value ] ) => h( 'div', {}, h( 'dt', {}, name ), h( 'dd', {}, value ) ) )
	);

export const panel = ( title, actions, ...content ) =>
	h(
		'section',
		{ class: 'trp-panel', 'data-key': title },
		h(
			'div',
			{ class: 'trp-panel__head' },
			h( 'h2', { class: 'trp-panel__title' }, title ),
			actions
		),
		content
	);
