/** Shows the four blocks in the editor as the server renders them. */
( function ( { blocks, element, serverSideRender } ) {
	const names = [ 'pricing', 'performance', 'marketplace', 'user-dashboard' ];
	names.forEach( ( name ) => {
		const block = 'trading-robot-service/' + name;
		blocks.registerBlockType( block, {
			edit: () => element.createElement( serverSideRender, { block } ),
			save: () => null,
		} );
	} );
} )( window.wp );
