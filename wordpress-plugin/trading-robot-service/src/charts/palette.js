/** Colours of the charts, read from the page's CSS variables so that both themes are one source. */

const NAMES = {
	text: '--trp-text-3',
	grid: '--trp-grid-line',
	accent: '--trp-accent',
	up: '--trp-up',
	down: '--trp-down',
	surface: '--trp-surface',
};

export function readPalette( element ) {
	const style = getComputedStyle( element );
	const colours = Object.entries( NAMES ).map( ( [ name, variable ] ) => [
		name,
		style.getPropertyValue( variable ).trim(),
	] );
	return { ...Object.fromEntries( colours ), font: `11.5px ${ style.fontFamily }` };
}

/** The same colour with an opacity, whatever notation it came in. */
export function faded( context, colour, opacity ) {
	context.save();
	context.fillStyle = colour;
	const solid = context.fillStyle;
	context.restore();
	const [ r, g, b ] = [ 1, 3, 5 ].map( ( at ) => parseInt( solid.slice( at, at + 2 ), 16 ) );
	return `rgba(${ r }, ${ g }, ${ b }, ${ opacity })`;
}
