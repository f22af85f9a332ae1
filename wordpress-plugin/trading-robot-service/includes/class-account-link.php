<?php
/**
 * Connecting a user of this site with an account that exists at the backend already.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** The authorization code flow of OAuth 2 with PKCE (RFC 7636): the password is typed at the backend. */
final class TRP_Account_Link {

	private const PREFIX       = 'trp_link_';
	private const ARRIVAL      = 'trp_link';
	private const GOOD_FOR     = 10 * MINUTE_IN_SECONDS;
	private const RANDOM_BYTES = 32;

	/**
	 * Begins: the address of the backend's page to send the browser to. An earlier begin of the same session is void.
	 *
	 * @return string|WP_Error
	 */
	public static function begin(): string|WP_Error {
		$back = add_query_arg( self::ARRIVAL, '1', TRP_Pages::url( 'dashboard' ) );
		if ( ! TRP_Connection::is_connected() || '' === TRP_User_Tokens::verifier() ) {
			return new WP_Error( 'not_connected', __( 'This site is not connected to the trading service yet.', 'trading-robot-service' ), array( 'status' => 503 ) );
		}
		if ( TRP_Connection::is_copy() ) {
			return new WP_Error( 'read_only', __( 'This site was copied from another address and only reads until it is connected again.', 'trading-robot-service' ), array( 'status' => 409 ) );
		}
		$state    = self::random();
		$verifier = self::random();
		$kept     = (string) wp_json_encode( compact( 'state', 'verifier' ) );
		set_transient( self::name(), TRP_Secret_Box::seal( $kept, self::purpose() ), self::GOOD_FOR );
		return TRP_Settings::browser_url() . '/account/link?' . http_build_query(
			array(
				'site_id'               => TRP_Connection::site_id(),
				'redirect_uri'          => $back,
				'state'                 => $state,
				'code_challenge'        => TRP_Secret_Box::encode( hash( 'sha256', $verifier, true ) ),
				'code_challenge_method' => 'S256',
			)
		);
	}

	/** Ends when the backend's page has sent the browser back: to the dashboard, with what happened. */
	public static function finish(): void {
		if ( ! isset( $_GET[ self::ARRIVAL ] ) ) { // phpcs:ignore WordPress.Security.NonceVerification -- the state is compared instead.
			return;
		}
		nocache_headers();
		$done   = self::arrive( self::given( 'state' ), self::given( 'code' ), self::given( 'error' ) );
		$result = is_wp_error( $done ) ? array( 'trp_link_error' => sanitize_key( (string) $done->get_error_code() ) ) : array( 'trp_linked' => '1' );
		wp_safe_redirect( add_query_arg( $result, TRP_Pages::url( 'dashboard' ) ) );
		exit;
	}

	/**
	 * Trades the code if this very session asked for it.
	 *
	 * @param string $state What was sent along.
	 * @param string $code  The code; empty when the user cancelled.
	 * @param string $error Why there is no code.
	 * @return true|WP_Error
	 */
	private static function arrive( string $state, string $code, string $error ): bool|WP_Error {
		$verifier = is_user_logged_in() ? self::take( $state ) : null;
		if ( null === $verifier ) {
			return new WP_Error( 'link_expired' );
		}
		if ( '' === $code ) {
			return new WP_Error( '' === $error ? 'link_expired' : $error );
		}
		return TRP_User_Tokens::link( $code, $verifier );
	}

	/**
	 * The verifier of this session's link, once; null when the state is not the one that was given out.
	 *
	 * @param string $state What was sent along.
	 */
	private static function take( string $state ): ?string {
		$sealed = get_transient( self::name() );
		$plain  = is_string( $sealed ) ? TRP_Secret_Box::open( $sealed, self::purpose() ) : null;
		$kept   = null === $plain ? null : json_decode( $plain, true );
		if ( ! is_array( $kept ) || ! hash_equals( (string) $kept['state'], $state ) ) {
			return null;
		}
		// Of two requests at the same time, one deletes it.
		return delete_transient( self::name() ) ? (string) $kept['verifier'] : null;
	}

	/**
	 * A text of the address. Core takes `error` out of $_GET while it looks for the page, so it is read from where it stays.
	 *
	 * @param string $name Its name.
	 */
	private static function given( string $name ): string {
		// phpcs:ignore WordPress.Security.NonceVerification -- the state is compared instead.
		return isset( $_REQUEST[ $name ] ) && is_string( $_REQUEST[ $name ] ) ? sanitize_text_field( wp_unslash( $_REQUEST[ $name ] ) ) : '';
	}

	/** 256 bits that nobody can guess, as text for an address. */
	private static function random(): string {
		return TRP_Secret_Box::encode( random_bytes( self::RANDOM_BYTES ) );
	}

	/** The name of the session's transient. */
	private static function name(): string {
		return self::PREFIX . substr( hash( 'sha256', TRP_User_Tokens::verifier() . TRP_Connection::site_id() ), 0, 40 );
	}

	/** What it is sealed for; it holds the user's cookie, which the database does not. */
	private static function purpose(): string {
		return 'link:' . get_current_user_id() . ':' . wp_get_session_token();
	}
}
