/** Elements from values, and updates in place. Text is always set as text, never as markup. */

const isNode = ( value ) => value instanceof Node;

/** `h('button', { class: 'x', onclick: f }, 'Text')`; children may be nested, false or null. */
export function h( tag, properties, ...children ) {
	const element = document.createElement( tag );
	for ( const [ name, value ] of Object.entries( properties || {} ) ) {
		assign( element, name, value );
	}
	element.append( ...children.flat( Infinity ).filter( ( child ) => child || child === 0 ) );
	return element;
}

function assign( element, name, value ) {
	if ( name.startsWith( 'on' ) ) {
		listen( element, name.slice( 2 ), value );
	} else if ( name === 'value' ) {
		element.value = value;
		element.defaultValue = value;
	} else if ( name === 'widget' ) {
		element.trpWidget = value;
	} else if ( value === true ) {
		element.setAttribute( name, '' );
	} else if ( value !== false && value !== null && value !== undefined ) {
		element.setAttribute( name, String( value ) );
	}
}

/* One listener per type looks up the current handler, so that an update can replace it. */
function listen( element, type, handler ) {
	element.trpHandlers ??= {};
	if ( ! ( type in element.trpHandlers ) ) {
		element.addEventListener( type, ( event ) => element.trpHandlers[ type ]?.( event ) );
	}
	element.trpHandlers[ type ] = handler;
}

/** Make `parent` hold what `children` say, keeping every node that can stay. */
export function fill( parent, ...children ) {
	const wanted = children.flat( Infinity ).filter( Boolean );
	morphChildren(
		parent,
		wanted.map( ( child ) => ( isNode( child ) ? child : document.createTextNode( child ) ) )
	);
}

function morphChildren( parent, wanted ) {
	const keyed = new Map(
		[ ...parent.children ].filter( ( n ) => n.dataset.key ).map( ( n ) => [ n.dataset.key, n ] )
	);
	wanted.forEach( ( next, index ) => {
		const here = parent.childNodes[ index ];
		const old = matching( here, next, keyed );
		if ( ! old ) {
			parent.insertBefore( next, here || null );
			return;
		}
		if ( old !== here ) {
			parent.insertBefore( old, here || null );
		}
		morph( old, next );
	} );
	while ( parent.childNodes.length > wanted.length ) {
		parent.lastChild.remove();
	}
}

function matching( here, next, keyed ) {
	const key = next.dataset?.key;
	if ( key ) {
		const found = keyed.get( key );
		return found && found.nodeName === next.nodeName ? found : null;
	}
	return here && here.nodeName === next.nodeName && ! here.dataset?.key ? here : null;
}

function morph( old, next ) {
	if ( old.nodeType === Node.TEXT_NODE ) {
		if ( old.data !== next.data ) {
			old.data = next.data;
		}
		return;
	}
	if ( old.trpWidget && next.trpWidget && old.trpWidget.kind === next.trpWidget.kind ) {
		old.trpWidget.update( next.trpWidget.value );
		return;
	}
	morphAttributes( old, next );
	for ( const [ type, handler ] of Object.entries( next.trpHandlers || {} ) ) {
		listen( old, type, handler );
	}
	morphChildren( old, [ ...next.childNodes ] );
}

/* What the user has set stays: an open <details>, a typed value, a button at work. */
const KEPT = new Set( [ 'open', 'value', 'checked', 'aria-busy' ] );

function morphAttributes( old, next ) {
	for ( const { name } of [ ...old.attributes ] ) {
		if ( ! next.hasAttribute( name ) && ! KEPT.has( name ) ) {
			old.removeAttribute( name );
		}
	}
	for ( const { name, value } of next.attributes ) {
		if ( ! KEPT.has( name ) && old.getAttribute( name ) !== value ) {
			old.setAttribute( name, value );
		}
	}
}
