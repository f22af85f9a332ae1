/** Screens by the address's hash: #/, #/bots/new, #/bots/ID/trades, #/accounts, #/subscription, #/settings/keys … */

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

const BOUGHT = [ 'plan', 'robot' ];
const OUTCOMES = [ 'paid', 'left' ];
const isId = ( id ) => /^[\w-]+$/.test( id || '' );

/* #/subscription, #/subscription/to/PLAN, #/subscription/paid/robot/ROBOT, #/subscription/left/plan/PLAN */
function subscriptionRoute( [ view, kind, id ] ) {
	if ( view === 'to' && isId( kind ) ) {
		return { name: 'offer', id: kind };
	}
	if ( OUTCOMES.includes( view ) && BOUGHT.includes( kind ) && isId( id ) ) {
		return { name: view, kind, id };
	}
	return { name: 'subscription' };
}

export function parseRoute( hash ) {
	const [ first, id, tab, ...rest ] = hash.replace( /^#\/?/, '' ).split( '/' );
	if ( first === 'accounts' ) {
		return { name: id === 'new' ? 'newAccount' : 'accounts' };
	}
	if ( first === 'settings' ) {
		return { name: 'settings', section: SECTIONS.includes( id ) ? id : SECTIONS[ 0 ] };
	}
	if ( first === 'performance' ) {
		return { name: 'performance' };
	}
	if ( first === 'subscription' ) {
		return subscriptionRoute( [ id, tab, ...rest ] );
	}
	if ( first === 'robots' && isId( id ) && tab === 'buy' ) {
		return { name: 'robot', id };
	}
	if ( first !== 'bots' || ! isId( id ) ) {
		return { name: 'overview' };
	}
	if ( id === 'new' ) {
		return { name: 'new', ...( isId( tab ) && { robot: tab } ) };
	}
	if ( tab === 'edit' ) {
		return { name: 'edit', id };
	}
	return { name: 'bot', id, tab: BOT_TABS.includes( tab ) ? tab : 'overview' };
}

export const overviewLink = () => '#/';
export const newBotLink = ( robot ) => ( robot ? `#/bots/new/${ robot }` : '#/bots/new' );
export const botLink = ( id, tab ) =>
	`#/bots/${ id }${ tab && tab !== 'overview' ? `/${ tab }` : '' }`;
export const editLink = ( id ) => `#/bots/${ id }/edit`;

export const performanceLink = () => '#/performance';
export const accountsLink = () => '#/accounts';
export const newAccountLink = () => '#/accounts/new';
export const subscriptionLink = () => '#/subscription';
export const offerLink = ( plan ) => `#/subscription/to/${ plan }`;
export const buyRobotLink = ( robot ) => `#/robots/${ robot }/buy`;
export const outcomeLink = ( outcome, kind, id ) => `#/subscription/${ outcome }/${ kind }/${ id }`;
export const settingsLink = ( section ) => `#/settings/${ section }`;

export function onRoute( show ) {
	addEventListener( 'hashchange', () => show( parseRoute( location.hash ) ) );
	show( parseRoute( location.hash ) );
}
