/** What the performance of a bot, or of all of a user's bots, is made of; each part by itself. */

import { ApiError } from '../api.js';
import { withTitles } from '../parts/limits.js';
import { loadExports } from './exports.js';
import { longest } from './words.js';

const AGE_MS = 30000;
const TRIPS = 25;
const FEW_POINTS = 3;
const HOURLY_DAYS = 30;
const DAY_MS = 86400000;

/** Answers {record}; `id` null: of all of the user's bots. */
export async function loadPerformance( ctx, id, last ) {
	const { state } = ctx;
	state.plan ??= ( await ctx.api.get( 'dashboard' ) ).plan;
	state.period ??= longest( state.plan.limits.periods );
	const asked = JSON.stringify( [ state.period, state.mode, state.filters, state.after ] );
	await loadExports( ctx );
	const known = last?.record;
	const isCurrent =
		known?.asked === asked && ! ctx.news.has( 'figures' ) && Date.now() - known.readAt < AGE_MS;
	const record = isCurrent ? known : { ...( await parts( ctx, id ) ), asked, readAt: Date.now() };
	return { record };
}

async function parts( ctx, id ) {
	const { state, api } = ctx;
	const root = id ? `bots/${ id }` : 'performance/me';
	const mode = state.mode ? { mode: state.mode } : {};
	const figures = await planned(
		ctx,
		id
			? api.get( `${ root }/performance`, { period: state.period, ...mode } )
			: api.get( `${ root }/${ state.period }`, mode )
	);
	if ( figures.locked ) {
		return { figures };
	}
	const days = { mode: figures.mode, ...since( figures, state.period ) };
	const part = ( name, query ) => optional( ctx, api.get( `${ root }/${ name }`, query ) );
	/* What is known to be refused is not asked for: each refusal counts as an offer that was needed. */
	const offer = state.plan.limits.analytics ? null : await offerOf( ctx );
	const analysed = ( name, query ) => offer || part( name, query );
	const [ equity, analysis, trips, slippage, gap ] = await Promise.all( [
		optional( ctx, curve( ctx, root, days ) ),
		analysed( 'analysis', days ),
		part( 'round-trips', tripsQuery( days, state ) ),
		id && analysed( 'slippage', days ),
		id && analysed( 'live-gap' ),
	] );
	return { figures, equity, analysis, trips, slippage, gap };
}

/* What stands in the place of an analysis that the plan leaves out: the first plan that has it. */
async function offerOf( { state, api } ) {
	state.plans ??= ( await api.get( 'plans' ).catch( () => ( { plans: [] } ) ) ).plans;
	const next = state.plans.find( ( { features } ) =>
		features.some( ( { key, value } ) => key === 'analytics' && value )
	);
	const locked = {
		limit: 'analytics',
		plan: state.plan.title,
		next_plan: next?.id,
		next_title: next?.title,
	};
	return { locked };
}

/* The first day of the window; none for all of the record. */
function since( figures, period ) {
	const first = period === 'all-time' ? null : figures.start_date || figures.date;
	return first ? { start_date: first } : {};
}

/** The filters of the history over the days of the period; days of its own come before those. */
export function tripsQuery( days, { filters = {}, after } ) {
	const given = Object.entries( { ...days, ...filters, after } );
	return Object.fromEntries( [ ...given.filter( ( [ , value ] ) => value ), [ 'limit', TRIPS ] ] );
}

async function curve( ctx, root, days ) {
	const isShort = [ 'daily', 'weekly' ].includes( ctx.state.period );
	const read = ( query ) => ctx.api.get( `${ root }/equity`, query );
	const found = await read( { ...days, kind: isShort ? 'hourly' : 'daily' } );
	if ( isShort || found.points.length >= FEW_POINTS ) {
		return found;
	}
	/* A young record has more hours than days. */
	const month = new Date( Date.now() - HOURLY_DAYS * DAY_MS ).toISOString().slice( 0, 10 );
	const first = [ month, found.history.first_date, days.start_date ].filter( Boolean ).sort().pop();
	const hourly = await read( { ...days, start_date: first, kind: 'hourly' } );
	return hourly.points.length > found.points.length ? hourly : found;
}

/** An answer, or what the plan locks, with the plans' titles. */
const planned = ( ctx, answer ) =>
	answer.catch( async ( error ) => {
		if ( error.code !== 'plan_limit_reached' ) {
			throw error;
		}
		return { locked: await withTitles( error.details, ctx ) };
	} );

/** Also a failure stands for its part alone, unless the reader has to do something first. */
const optional = ( ctx, answer ) =>
	planned( ctx, answer ).catch( ( error ) => {
		if ( ! ( error instanceof ApiError ) || error.asksForProof || error.isSignedOut ) {
			throw error;
		}
		return { failed: error };
	} );
