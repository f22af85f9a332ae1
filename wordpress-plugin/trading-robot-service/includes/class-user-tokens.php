<?php
/**
 * Short-lived tokens that let this site ask the backend for the signed-in user.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/**
 * Tokens stay in PHP. Between requests they are kept encrypted with a key that needs the
 * session token from the user's own cookie, so the database alone gives none away.
 */
final class TRP_User_Tokens {

	private const PREFIX        = 'trp_token_';
	private const RESERVE       = 60;
	private const ENDED_AT_MOST = 10;

	/**
	 * Asks the backend as the signed-in user; a token that is refused is exchanged once more.
	 *
	 * @param string               $method  GET, POST, PUT or DELETE.
	 * @param string               $path    Path with query.
	 * @param object               $body    JSON body of POST and PUT.
	 * @param array<string, mixed> $options More for TRP_Api_Client::send().
	 * @return array<string, mixed>|WP_Error
	 */
	public static function send( string $method, string $path, object $body, array $options = array() ): array|WP_Error {
		$options = $options + array( 'objects' => true ) + ( in_array( $method, array( 'POST', 'PUT' ), true ) ? array( 'body' => $body ) : array() );
		$token   = self::current();
		if ( ! is_string( $token ) ) {
			return $token;
		}
		$answer = TRP_Api_Client::send( $method, $path, $options + array( 'token' => $token ) );
		if ( is_wp_error( $answer ) || 401 !== $answer['status'] ) {
			return $answer;
		}
		self::forget( self::verifier() );
		$token = self::current();
		return is_string( $token ) ? TRP_Api_Client::send( $method, $path, $options + array( 'token' => $token ) ) : $token;
	}

	/**
	 * Trades the code of the backend's login page for a link of the current user with that account.
	 *
	 * @param string $code     What the page sent back.
	 * @param string $verifier What the page was shown the hash of.
	 * @return true|WP_Error The error's code is the backend's own.
	 */
	public static function link( string $code, string $verifier ): bool|WP_Error {
		$with   = array(
			'code'          => $code,
			'code_verifier' => $verifier,
		);
		$answer = self::exchange( '/api/sites/link', $with );
		if ( is_string( $answer ) ) {
			return true;
		}
		return is_wp_error( $answer ) ? $answer : new WP_Error( (string) ( $answer['body']->error ?? 'failed' ), (string) ( $answer['body']->message ?? '' ) );
	}

	/**
	 * Ends sessions of a user at the backend and forgets their tokens.
	 *
	 * @param WP_User       $user      The user.
	 * @param string[]|null $verifiers Sessions to end; null for all the user has.
	 */
	public static function revoke( WP_User $user, ?array $verifiers = null ): void {
		$subject = TRP_User_Manager::known_subject( $user->ID );
		$all     = array_keys( (array) get_user_meta( $user->ID, 'session_tokens', true ) );
		foreach ( array_slice( $verifiers ?? $all, 0, self::ENDED_AT_MOST ) as $verifier ) {
			self::forget( (string) $verifier );
			$assertion = '' === $subject ? null : TRP_Connection::assertion( $user, $subject, self::sid( (string) $verifier ) );
			if ( null === $assertion || is_wp_error( TRP_Api_Client::send( 'POST', '/api/sites/logout', array( 'body' => array( 'assertion' => $assertion ) ) ) ) ) {
				return;
			}
		}
	}

	/** Forgets every kept token. */
	public static function forget_all(): void {
		global $wpdb;
		// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- transients can't be listed otherwise.
		$names = $wpdb->get_col( $wpdb->prepare( "SELECT option_name FROM {$wpdb->options} WHERE option_name LIKE %s", $wpdb->esc_like( '_transient_' . self::PREFIX ) . '%' ) );
		foreach ( $names as $name ) {
			delete_transient( substr( $name, strlen( '_transient_' ) ) );
		}
	}

	/** How core names the current session in the database: the hash of the cookie's token. */
	public static function verifier(): string {
		$session = wp_get_session_token();
		return '' === $session ? '' : hash( 'sha256', $session );
	}

	/**
	 * A token for the current user, or the backend's refusal.
	 *
	 * @return string|array<string, mixed>|WP_Error
	 */
	private static function current(): string|array|WP_Error {
		$sealed = get_transient( self::name( self::verifier() ) );
		$token  = is_string( $sealed ) ? TRP_Secret_Box::open( $sealed, self::purpose() ) : null;
		return $token ?? self::exchange();
	}

	/**
	 * Trades a signed statement of who is signed in for a token, and keeps it.
	 *
	 * @param string                $path Where at the backend.
	 * @param array<string, string> $with What goes along with the statement.
	 * @return string|array<string, mixed>|WP_Error
	 */
	private static function exchange( string $path = '/api/sites/token', array $with = array() ): string|array|WP_Error {
		$user      = wp_get_current_user();
		$verifier  = self::verifier();
		$assertion = '' === $verifier ? null : TRP_Connection::assertion( $user, TRP_User_Manager::subject( $user->ID ), self::sid( $verifier ) );
		if ( null === $assertion ) {
			return new WP_Error( 'not_connected', __( 'This site is not connected to the trading service yet.', 'trading-robot-service' ) );
		}
		$options = array(
			'body'    => array( 'assertion' => $assertion ) + $with,
			'objects' => true,
		);
		$answer  = TRP_Api_Client::send( 'POST', $path, $options );
		if ( ! is_wp_error( $answer ) && 401 === $answer['status'] ) {
			return new WP_Error( 'not_connected', __( 'The trading service no longer accepts this site. Its administrator has to connect it again.', 'trading-robot-service' ) );
		}
		if ( is_wp_error( $answer ) || 200 !== $answer['status'] || empty( $answer['body']->token ) ) {
			return $answer;
		}
		self::keep( $verifier, (string) $answer['body']->token, (int) ( $answer['body']->expires_in ?? 0 ) );
		return (string) $answer['body']->token;
	}

	/**
	 * Keeps a token, sealed, until shortly before it ends.
	 *
	 * @param string $verifier The session.
	 * @param string $token    The token.
	 * @param int    $lifetime Seconds it is good for.
	 */
	private static function keep( string $verifier, string $token, int $lifetime ): void {
		if ( $lifetime > self::RESERVE ) {
			set_transient( self::name( $verifier ), TRP_Secret_Box::seal( $token, self::purpose() ), $lifetime - self::RESERVE );
		}
	}

	/**
	 * Forgets the token of a session.
	 *
	 * @param string $verifier The session.
	 */
	private static function forget( string $verifier ): void {
		delete_transient( self::name( $verifier ) );
	}

	/**
	 * The id under which the backend knows a session of this site.
	 *
	 * @param string $verifier The session.
	 */
	private static function sid( string $verifier ): string {
		return substr( hash_hmac( 'sha256', $verifier, wp_salt( 'logged_in' ) ), 0, 32 );
	}

	/**
	 * The name of a session's transient.
	 *
	 * @param string $verifier The session.
	 */
	private static function name( string $verifier ): string {
		return self::PREFIX . substr( hash( 'sha256', $verifier . TRP_Connection::site_id() ), 0, 40 );
	}

	/** The purpose a token is sealed for; it holds the user's cookie, which the database does not. */
	private static function purpose(): string {
		return 'token:' . get_current_user_id() . ':' . wp_get_session_token();
	}
}
