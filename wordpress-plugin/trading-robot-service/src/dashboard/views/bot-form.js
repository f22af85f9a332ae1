/** Make or change a bot, in plain words. */

import { fill, h } from '../../dom.js';
import { __, sprintf } from '../../i18n.js';
import { fieldErrors } from '../api.js';
import { chosenRobot, formValues, requestBody } from '../bot-values.js';
import { readEntries } from '../execution-values.js';
import { busy, openCreated } from '../parts/actions.js';
import { toast } from '../parts/dialog.js';
import { problemNote, showRefusal } from '../parts/forms.js';
import { formSkeleton } from '../parts/states.js';
import { botLink, overviewLink } from '../router.js';
import { tunedRobot } from '../tuning-values.js';
import { executionSection } from './bot-form/execution.js';
import { riskSection } from './bot-form/risk.js';
import {
	aboutSection,
	capitalSection,
	cashSection,
	marketSection,
	sourceSection,
} from './bot-form/sections.js';
import { sizePreview } from './bot-form/size-preview.js';
import { sizeSection } from './bot-form/size.js';
import { loadRobots, tuningSection } from './bot-form/tuning.js';
import { summaryCard } from './bot-summary.js';

export const newBotScreen = ( { robot } ) => ( {
	key: 'new',
	title: () => __( 'Create a bot', 'trading-robot-service' ),
	skeleton: formSkeleton,
	load: loadRobots,
	view: ( data, ctx ) => formView( { ...data, bot: null, robot }, ctx ),
} );

export const editBotScreen = ( { id } ) => ( {
	key: `edit-${ id }`,
	title: ( data ) => sprintf( __( 'Edit %s', 'trading-robot-service' ), data?.bot.name || '' ),
	skeleton: formSkeleton,
	load: async ( ctx ) => {
		const { bot } = await ctx.api.get( `bots/${ id }` );
		return { bot, ...( bot.plugin_id ? await loadRobots( ctx ) : { robots: [] } ) };
	},
	view: formView,
} );

function formView( data, ctx ) {
	const { bot } = data;
	const { form, aside } = liveForm( data, ctx );
	const back = bot ? botLink( bot.id ) : overviewLink();
	return h(
		'div',
		{ 'data-key': bot ? `edit-${ bot.id }` : 'new' },
		h(
			'p',
			{ class: 'trp-breadcrumb' },
			h( 'a', { href: back }, bot ? bot.name : __( 'Dashboard', 'trading-robot-service' ) ),
			' / ',
			bot ? __( 'Edit', 'trading-robot-service' ) : __( 'New bot', 'trading-robot-service' )
		),
		h(
			'div',
			{ class: 'trp-app__head' },
			h(
				'h1',
				{ tabindex: -1 },
				bot
					? sprintf( __( 'Edit %s', 'trading-robot-service' ), bot.name )
					: __( 'Create a bot', 'trading-robot-service' )
			)
		),
		h( 'div', { class: 'trp-form-layout' }, form, aside )
	);
}

/* The form, and beside it what it comes to, kept up with each key. */
function liveForm( { robots, tuning, bot, robot }, ctx ) {
	const form = h( 'form', { class: 'trp-form', novalidate: true } );
	const chosen = robots.some( ( { id } ) => id === robot );
	const values = {
		...formValues( bot ),
		...( chosen && { signal_source: 'robot', plugin_id: robot } ),
	};
	const model = { bot, robots, tuning, values, form };
	const summary = summaryAside( model, ctx );
	model.change = ( alter ) => {
		Object.assign( values, readForm( form ) );
		alter( values );
		drawFields( model, ctx );
		summary.update();
	};
	model.redraw = () => model.change( () => {} );
	form.addEventListener( 'input', summary.update );
	form.addEventListener( 'submit', ( event ) => {
		event.preventDefault();
		save( model, ctx );
	} );
	drawFields( model, ctx );
	summary.update();
	return { form, aside: summary.element };
}

function summaryAside( { bot, robots, values, form }, ctx ) {
	const words = h( 'div', {} );
	const size = bot && sizePreview( bot, ctx );
	const label = __( 'What this bot will do', 'trading-robot-service' );
	return {
		element: h(
			'aside',
			{ class: 'trp-card trp-summary', 'aria-label': label },
			words,
			size?.element
		),
		update() {
			const now = { ...values, ...readForm( form ) };
			fill( words, summaryCard( now, chosenRobot( { robots, values: now } ) ) );
			size?.update( now );
		},
	};
}

/* A row of hours has checkboxes of its own, which are read with the row. */
function readForm( form ) {
	const checks = [ ...form.querySelectorAll( '[type="checkbox"]' ) ]
		.map( ( { name } ) => name )
		.filter( ( name ) => ! name.startsWith( 'window.' ) );
	return readEntries( [ ...new FormData( form ) ], checks );
}

function drawFields( model, ctx ) {
	const { bot } = model;
	fill(
		model.form,
		problemNote(),
		aboutSection( model ),
		! bot && sourceSection( model ),
		tuningSection( model, ctx ),
		marketSection( model ),
		sizeSection( model ),
		riskSection( model ),
		executionSection( model ),
		bot ? capitalSection( model ) : cashSection( model ),
		h(
			'div',
			{ class: 'trp-actions', 'data-key': 'actions' },
			h(
				'button',
				{ type: 'submit', class: 'trp-button trp-button--primary trp-button--large' },
				bot
					? __( 'Save changes', 'trading-robot-service' )
					: __( 'Create bot', 'trading-robot-service' )
			),
			h(
				'a',
				{
					class: 'trp-button trp-button--ghost trp-button--large',
					href: bot ? botLink( bot.id ) : overviewLink(),
				},
				__( 'Cancel', 'trading-robot-service' )
			)
		)
	);
}

function save( model, ctx ) {
	const { form, bot } = model;
	const submit = form.querySelector( '[type="submit"]' );
	const chosen = chosenRobot( model );
	const body = requestBody(
		{ ...model.values, ...readForm( form ) },
		{ bot, robot: bot ? null : chosen, tuned: tunedRobot( model, chosen ) }
	);
	return busy( submit, () => send( model, body, ctx ), ctx );
}

async function send( { form, bot }, body, ctx ) {
	try {
		if ( bot ) {
			await ctx.api.put( `bots/${ bot.id }`, body );
			toast( sprintf( __( '%s was saved.', 'trading-robot-service' ), body.name ) );
			location.hash = botLink( bot.id, 'settings' );
		} else {
			await openCreated( await ctx.api.post( 'bots', body ) );
		}
	} catch ( error ) {
		const errors = fieldErrors( error.details );
		if ( ! Object.keys( errors ).length ) {
			throw error;
		}
		showRefusal( form, errors );
	}
}
