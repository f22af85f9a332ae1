/** Shows the four blocks in the editor as the server renders them. */
( function ( { blockEditor, blocks, components, element, serverSideRender } ) {
	const { createElement } = element;
	const names = [ 'pricing', 'performance', 'marketplace', 'user-dashboard' ];
	names.forEach( ( name ) => {
		const block = 'trading-robot-service/' + name;
		/* Links and forms inside rest while the page is edited: a click selects the block. */
		const Edit = () =>
			createElement(
				'div',
				blockEditor.useBlockProps(),
				createElement( components.Disabled, null, createElement( serverSideRender, { block } ) )
			);
		blocks.registerBlockType( block, { edit: Edit, save: () => null } );
	} );
} )( window.wp );
