/** Stopping all of one's bots; for an administrator of the service, everybody's. */

import { h } from '../../dom.js';
import { __ } from '../../i18n.js';
import { haltText } from '../halt-words.js';
import { actionButton } from '../parts/actions.js';
import { badge, panel } from '../parts/figures.js';
import { haltNotice, resumeAll, resumePlatform, stopAll, stopPlatform } from '../parts/halt.js';
import { row, rows } from '../parts/rows.js';

export const stopSection = {
	load: async ( ctx ) => {
		const [ halts, { user } ] = await Promise.all( [
			ctx.api.get( 'halt' ),
			ctx.api.get( 'users/me' ),
		] );
		return {
			halts,
			user,
			everybody: user.role === 'admin' && ( await ctx.api.get( 'admin/halt' ) ),
		};
	},
	view: ( { halts, everybody }, ctx ) => [
		ownPanel( halts, ctx ),
		everybody && everybodyPanel( everybody.halt, ctx ),
	],
};

const ownPanel = ( { halt, platform }, ctx ) =>
	panel(
		__( 'Stop trading', 'trading-robot-service' ),
		null,
		lead(
			__(
				'In three steps: no new entries, cancel what waits, close everything. Your bots stay stopped until you let them trade again.',
				'trading-robot-service'
			)
		),
		platform && haltNotice( platform, ctx ),
		rows(
			stopRow(
				{ key: 'own', title: __( 'All your bots', 'trading-robot-service' ), halt },
				{ stop: stopAll, resume: halt?.by === 'you' && resumeAll },
				ctx
			)
		)
	);

const everybodyPanel = ( halt, ctx ) =>
	panel(
		__( 'The whole service', 'trading-robot-service' ),
		null,
		lead(
			__(
				'You are an administrator of the trading service: this stops the bots of every user, and tells their owners.',
				'trading-robot-service'
			)
		),
		rows(
			stopRow(
				{ key: 'all', title: __( 'Everybody’s bots', 'trading-robot-service' ), halt },
				{ stop: stopPlatform, resume: halt && resumePlatform },
				ctx
			)
		)
	);

const lead = ( text ) => h( 'p', { class: 'trp-panel__lead' }, text );

const stopRow = ( { key, title, halt }, { stop, resume }, ctx ) =>
	row( {
		key,
		title,
		state: halt
			? badge( __( 'Stopped', 'trading-robot-service' ), 'bad' )
			: badge( __( 'Trading allowed', 'trading-robot-service' ), 'ok' ),
		text: halt ? haltText( halt ) : null,
		actions: [
			resume &&
				actionButton(
					__( 'Let them trade again', 'trading-robot-service' ),
					() => resume( ctx ),
					ctx,
					{
						kind: 'small',
						label: `${ __( 'Let them trade again', 'trading-robot-service' ) }: ${ title }`,
					}
				),
			actionButton(
				halt ? __( 'Stop more', 'trading-robot-service' ) : __( 'Stop', 'trading-robot-service' ),
				() => stop( ctx ),
				ctx,
				{ kind: 'small danger', label: `${ __( 'Stop', 'trading-robot-service' ) }: ${ title }` }
			),
		],
	} );
