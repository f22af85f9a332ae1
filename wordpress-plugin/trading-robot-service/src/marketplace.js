/** Filters the marketplace's cards without a reload; the form works by itself without scripts. */

import { __, _n, sprintf } from './i18n.js';

const number = ( card, name ) => Number( card.dataset[ name ] || 'NaN' );
const orLowest = ( value ) => ( Number.isFinite( value ) ? value : -Infinity );

const ORDERS = {
	win_rate: ( a, b ) => orLowest( number( b, 'winrate' ) ) - orLowest( number( a, 'winrate' ) ),
	profit_factor: ( a, b ) => orLowest( number( b, 'profit' ) ) - orLowest( number( a, 'profit' ) ),
	total_return_pct: ( a, b ) =>
		orLowest( number( b, 'return' ) ) - orLowest( number( a, 'return' ) ),
	price: ( a, b ) => ( number( a, 'price' ) || 0 ) - ( number( b, 'price' ) || 0 ),
	name: ( a, b ) => ( a.dataset.name || '' ).localeCompare( b.dataset.name || '' ),
};

function matches( card, { strategy_type: type, price } ) {
	const costs = ( number( card, 'price' ) || 0 ) > 0;
	return ( ! type || card.dataset.type === type ) && ( ! price || ( price === 'paid' ) === costs );
}

function show( grid, form, wanted ) {
	const cards = [ ...grid.children ];
	cards.forEach( ( card ) => {
		card.hidden = ! matches( card, wanted );
	} );
	if ( ORDERS[ wanted.sort ] ) {
		grid.append( ...cards.sort( ORDERS[ wanted.sort ] ) );
	}
	const found = cards.filter( ( card ) => ! card.hidden ).length;
	const note = form.querySelector( '.trp-filters__count' );
	if ( note ) {
		note.textContent = found
			? sprintf(
					_n( '%s robot matches.', '%s robots match.', found, 'trading-robot-service' ),
					found
				)
			: __( 'No robot matches. Try other filters.', 'trading-robot-service' );
	}
}

function remember( wanted, view ) {
	const url = new URL( location.href );
	for ( const [ name, value ] of Object.entries( { ...wanted, ...( view ? { view } : {} ) } ) ) {
		if ( value ) {
			url.searchParams.set( name, value );
		} else {
			url.searchParams.delete( name );
		}
	}
	history.replaceState( null, '', url );
}

function switchView( section, grid, view ) {
	grid.dataset.view = view;
	section.querySelectorAll( '.trp-segments [data-view]' ).forEach( ( item ) => {
		item.toggleAttribute( 'aria-current', false );
		if ( item.dataset.view === view ) {
			item.setAttribute( 'aria-current', 'true' );
		}
	} );
}

export function startMarketplace( root ) {
	root.querySelectorAll( 'form[data-trp-filter]' ).forEach( ( form ) => {
		const section = form.closest( '.trp' ) || document;
		const grid = section.querySelector( '[data-trp-robots]' );
		if ( ! grid ) {
			return;
		}
		const wanted = () => Object.fromEntries( new FormData( form ) );
		const apply = () => {
			show( grid, form, wanted() );
			remember( wanted() );
		};
		form.addEventListener( 'change', apply );
		form.addEventListener( 'submit', ( event ) => {
			event.preventDefault();
			apply();
		} );
		section.addEventListener( 'click', ( event ) => {
			const item = event.target.closest?.( '.trp-segments [data-view]' );
			if ( item ) {
				event.preventDefault();
				switchView( section, grid, item.dataset.view );
				remember( {}, item.dataset.view );
			}
		} );
	} );
}
