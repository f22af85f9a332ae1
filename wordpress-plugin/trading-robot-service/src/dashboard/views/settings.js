/** Settings: a list of sections, and the one that is open. */

import { h } from '../../dom.js';
import { __, sprintf } from '../../i18n.js';
import { ApiError } from '../api.js';
import { sectionSkeleton } from '../parts/states.js';
import { SECTIONS, settingsLink } from '../router.js';
import { activitySection } from './settings-activity.js';
import { dataSection } from './settings-data.js';
import { keysSection } from './settings-keys.js';
import { leaderboardSection } from './settings-leaderboard.js';
import { notificationsSection } from './settings-notifications.js';
import { profileSection } from './settings-profile.js';
import { securitySection } from './settings-security.js';
import { sessionsSection } from './settings-sessions.js';
import { stopSection } from './settings-stop.js';

const VIEWS = {
	profile: profileSection,
	notifications: notificationsSection,
	leaderboard: leaderboardSection,
	stop: stopSection,
	security: securitySection,
	sessions: sessionsSection,
	keys: keysSection,
	activity: activitySection,
	data: dataSection,
};

const names = () => ( {
	profile: __( 'Profile and email', 'trading-robot-service' ),
	notifications: __( 'Notifications', 'trading-robot-service' ),
	leaderboard: __( 'Leaderboard', 'trading-robot-service' ),
	stop: __( 'Stop trading', 'trading-robot-service' ),
	security: __( 'Security', 'trading-robot-service' ),
	sessions: __( 'Sessions', 'trading-robot-service' ),
	keys: __( 'API keys', 'trading-robot-service' ),
	activity: __( 'Activity', 'trading-robot-service' ),
	data: __( 'Your data', 'trading-robot-service' ),
} );

export const settingsScreen = ( { section } ) => ( {
	key: `settings-${ section }`,
	title: () => sprintf( __( 'Settings: %s', 'trading-robot-service' ), names()[ section ] ),
	skeleton: sectionSkeleton,
	around: ( content ) => layout( section, content ),
	load: async ( ctx ) => refuseLeaving( await VIEWS[ section ].load( ctx ) ),
	view: ( data, ctx ) =>
		h( 'div', { class: 'trp-stack', 'data-key': section }, VIEWS[ section ].view( data, ctx ) ),
} );

/* The profile of an account that leaves can still be read, but there is nothing left to set. */
function refuseLeaving( data ) {
	if ( data.user?.leaving_at ) {
		throw new ApiError( 403, { error: 'account_leaving' } );
	}
	return data;
}

const layout = ( section, content ) =>
	h(
		'div',
		{ 'data-key': 'settings' },
		h(
			'div',
			{ class: 'trp-app__head' },
			h( 'h1', { tabindex: -1 }, __( 'Settings', 'trading-robot-service' ) )
		),
		h(
			'div',
			{ class: 'trp-settings' },
			sections( section ),
			h( 'div', { class: 'trp-settings__content' }, content )
		)
	);

const sections = ( active ) =>
	h(
		'nav',
		{
			class: 'trp-sections',
			'aria-label': __( 'Sections of the settings', 'trading-robot-service' ),
		},
		SECTIONS.map( ( section ) =>
			h(
				'a',
				{
					href: settingsLink( section ),
					'aria-current': section === active ? 'page' : null,
				},
				names()[ section ]
			)
		)
	);
