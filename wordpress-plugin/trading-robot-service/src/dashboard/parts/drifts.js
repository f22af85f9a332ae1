/** Differences between a broker's books and ours, each repaired with one click either way. */

import { h } from '../../dom.js';
import { localTime } from '../../format.js';
import { __, _n, sprintf } from '../../i18n.js';
import { repairWords } from '../drift-words.js';
import { actionButton } from './actions.js';
import { confirmDialog, toast } from './dialog.js';
import { badge, panel } from './figures.js';
import { row, rows } from './rows.js';

/** 'Differs from the broker: 2'; nothing when all agrees. */
export const driftBadge = ( count ) =>
	count > 0 &&
	badge(
		sprintf( _n( '%s difference', '%s differences', count, 'trading-robot-service' ), count ),
		'bad'
	);

export const driftPanel = ( drifts, ctx ) =>
	drifts.length > 0 &&
	panel(
		__( 'Our books and the broker’s differ', 'trading-robot-service' ),
		driftBadge( drifts.length ),
		h(
			'p',
			{ class: 'trp-panel__lead' },
			__(
				'Something happened at the broker that no bot asked for, or an answer was lost. Say which book is right.',
				'trading-robot-service'
			)
		),
		rows( drifts.map( ( drift ) => driftRow( drift, ctx ) ) )
	);

const driftRow = ( drift, ctx ) =>
	row( {
		key: drift.id,
		title: drift.sentence,
		text: sprintf(
			__( 'Found %1$s, last seen %2$s', 'trading-robot-service' ),
			localTime( drift.found_at ),
			localTime( drift.seen_at )
		),
		actions: drift.repairs.map( ( way ) => repairButton( drift, way, ctx ) ),
	} );

function repairButton( drift, way, ctx ) {
	const { text, title, body, danger } = repairWords( drift, way );
	const repair = async () => {
		const confirmed = await confirmDialog( {
			title,
			body: h( 'p', {}, body ),
			confirm: text,
			danger,
		} );
		if ( confirmed ) {
			const answer = await ctx.api.post( `drifts/${ drift.id }/repair`, { with: way } );
			toast(
				answer.drift.resolved_at
					? __( 'The books agree again.', 'trading-robot-service' )
					: __( 'The repair was started.', 'trading-robot-service' )
			);
			await ctx.refresh();
		}
	};
	return actionButton( text, repair, ctx, {
		kind: danger ? 'small danger' : 'small',
		label: `${ text }: ${ drift.symbol }`,
	} );
}
