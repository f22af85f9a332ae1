/** Hands a file to the browser's downloads. */

export function saveFile( name, blob ) {
	const address = URL.createObjectURL( blob );
	const link = document.createElement( 'a' );
	link.href = address;
	link.download = name;
	link.click();
	setTimeout( () => URL.revokeObjectURL( address ) );
}
