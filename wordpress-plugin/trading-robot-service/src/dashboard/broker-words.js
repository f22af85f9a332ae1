/** What a user needs to know about each broker, and where its refusals belong in the form. Pure. */

import { __ } from '../i18n.js';

export const brokers = () => ( {
	alpaca: {
		name: 'Alpaca',
		sells: __( 'US stocks. Has accounts with simulated money.', 'trading-robot-service' ),
		steps: [
			__( 'Sign in at app.alpaca.markets.', 'trading-robot-service' ),
			__(
				'Choose the paper or the live account at the top left: each has keys of its own.',
				'trading-robot-service'
			),
			__(
				'On the home page, find “API Keys” and press “Generate New Keys”.',
				'trading-robot-service'
			),
			__( 'Copy both parts. Alpaca shows the secret once.', 'trading-robot-service' ),
		],
		page: 'https://app.alpaca.markets/',
		key: __( 'API key ID', 'trading-robot-service' ),
		secret: __( 'Secret key', 'trading-robot-service' ),
		caution: __(
			'Alpaca does not say whether a key can move money, so that can’t be checked here.',
			'trading-robot-service'
		),
	},
	coinbase: {
		name: 'Coinbase',
		sells: __( 'Crypto. Has live accounts only.', 'trading-robot-service' ),
		steps: [
			__( 'Sign in at portal.cdp.coinbase.com.', 'trading-robot-service' ),
			__( 'Open “API keys” and make a secret API key.', 'trading-robot-service' ),
			__(
				'Allow “View”, and “Trade” only if you choose it here. Leave “Transfer” off: keys that can withdraw are refused.',
				'trading-robot-service'
			),
			__( 'Copy the key’s name and its private key.', 'trading-robot-service' ),
		],
		page: 'https://portal.cdp.coinbase.com/',
		key: __( 'Key name', 'trading-robot-service' ),
		secret: __( 'Private key', 'trading-robot-service' ),
		caution: __(
			'Coinbase tells what a key may do: one that can withdraw is refused.',
			'trading-robot-service'
		),
	},
} );

const FIELDS = {
	label_taken: 'label',
	keys_refused: 'api_key',
	withdrawal_right: 'api_key',
	account_blocked: 'api_key',
	keys_malformed: 'api_secret',
	no_read_right: 'api_key',
	no_trade_right: 'permissions',
	wrong_environment: 'environment',
	keys_revoked: 'api_key',
};

/** The field of the form that a refusal belongs to; null for none. */
export const fieldOf = ( { code, details } ) =>
	code === 'plan_limit_reached' && details?.limit === 'live_trading'
		? 'environment'
		: FIELDS[ code ] || null;

/** A PEM that lost its line breaks in a field of one line gets them back; other text stays. */
export function wholeSecret( text ) {
	const [ , kind, inner ] =
		/-----BEGIN ([A-Z ]+)-----(.*?)-----END \1-----/s.exec( text.replaceAll( '\\n', '\n' ) ) || [];
	if ( ! inner ) {
		return text.trim();
	}
	const lines = inner.replace( /\s/g, '' ).match( /.{1,64}/g ) || [];
	return [ `-----BEGIN ${ kind }-----`, ...lines, `-----END ${ kind }-----`, '' ].join( '\n' );
}
