/** Screens by the address's hash: #/, #/bots/new, #/bots/ID/trades, #/accounts, #/settings/keys … */

export const BOT_TABS = [ 'overview', 'performance', 'trades', 'signals', 'alerts', 'settings' ];

export const SECTIONS = [
	'profile',
	'notifications',
	'leaderboard',
	'stop',
	'security',
	'sessions',
	'keys',
	'activity',
	'data',
];

export function parseRoute( hash ) {
	const [ first, id, tab ] = hash.replace( /^#\/?/, '' ).split( '/' );
	if ( first === 'accounts' ) {
		return { name: id === 'new' ? 'newAccount' : 'accounts' };
	}
	if ( first === 'settings' ) {
		return { name: 'settings', section: SECTIONS.includes( id ) ? id : SECTIONS[ 0 ] };
	}
	if ( first === 'performance' ) {
		return { name: 'performance' };
	}
	if ( first !== 'bots' || ! /^[\w-]+$/.test( id || '' ) ) {
		return { name: 'overview' };
	}
	if ( id === 'new' ) {
		return { name: 'new' };
	}
	if ( tab === 'edit' ) {
		return { name: 'edit', id };
	}
	return { name: 'bot', id, tab: BOT_TABS.includes( tab ) ? tab : 'overview' };
}

export const overviewLink = () => '#/';
export const newBotLink = () => '#/bots/new';
export const botLink = ( id, tab ) =>
	`#/bots/${ id }${ tab && tab !== 'overview' ? `/${ tab }` : '' }`;
export const editLink = ( id ) => `#/bots/${ id }/edit`;

export const performanceLink = () => '#/performance';
export const accountsLink = () => '#/accounts';
export const newAccountLink = () => '#/accounts/new';
export const settingsLink = ( section ) => `#/settings/${ section }`;

export function onRoute( show ) {
	addEventListener( 'hashchange', () => show( parseRoute( location.hash ) ) );
	show( parseRoute( location.hash ) );
}
