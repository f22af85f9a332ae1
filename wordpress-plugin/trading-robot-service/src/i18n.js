/** Translations from WordPress where its script is on the page, the English text otherwise. */

const i18n = () => globalThis.wp?.i18n;

export const __ = ( text, domain ) => i18n()?.__( text, domain ) ?? text;

export const _n = ( one, many, count, domain ) =>
	i18n()?._n( one, many, count, domain ) ?? ( count === 1 ? one : many );

/** Puts values in for %s, %d, %1$s, %2$s. */
export function sprintf( format, ...values ) {
	let next = 0;
	return format.replace( /%(?:(\d+)\$)?[sd]/g, ( _match, position ) =>
		String( values[ position ? position - 1 : next++ ] ?? '' )
	);
}
