/** The menu of narrow screens: a button that opens the site's navigation. */

function setOpen( button, menu, open ) {
	button.setAttribute( 'aria-expanded', String( open ) );
	menu.toggleAttribute( 'data-open', open );
}

export function startMenu() {
	document.querySelectorAll( '.trp-menu-toggle' ).forEach( ( button ) => {
		const menu = document.getElementById( button.getAttribute( 'aria-controls' ) );
		if ( ! menu ) {
			return;
		}
		const isOpen = () => button.getAttribute( 'aria-expanded' ) === 'true';
		button.addEventListener( 'click', () => setOpen( button, menu, ! isOpen() ) );
		document.addEventListener( 'keydown', ( event ) => {
			if ( event.key === 'Escape' && isOpen() ) {
				setOpen( button, menu, false );
				button.focus();
			}
		} );
		document.addEventListener( 'click', ( event ) => {
			if ( isOpen() && ! menu.contains( event.target ) && ! button.contains( event.target ) ) {
				setOpen( button, menu, false );
			}
		} );
	} );
}
