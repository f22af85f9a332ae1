<?php
/**
 * The site's own identity at the backend.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** An Ed25519 key pair: the public half is registered with a one-time code, the private half signs assertions. */
final class TRP_Connection {

	public const OPTION = 'trp_connection';

	private const AUDIENCE       = 'tradingrobotplug-api';
	private const ASSERTION_LIFE = 60;
	private const PURPOSE        = 'site-key';

	/** Whether the site is registered and can sign. */
	public static function is_connected(): bool {
		return '' !== self::site_id();
	}

	/** The site's id at the backend; empty when it is not connected. */
	public static function site_id(): string {
		return (string) ( self::stored()['site_id'] ?? '' );
	}

	/** Whether this is a copy of the connected site under another address: it may read, not write. */
	public static function is_copy(): bool {
		$stored = self::stored();
		return isset( $stored['home'] ) && untrailingslashit( home_url() ) !== $stored['home'];
	}

	/**
	 * Whether the backend allowed this when the site was connected; never to a copy of the site.
	 *
	 * @param string $scope What.
	 */
	public static function may( string $scope ): bool {
		return ! self::is_copy() && in_array( $scope, self::state()['scopes'], true );
	}

	/**
	 * What may be shown about the connection: nothing of the keys.
	 *
	 * @return array{connected: bool, site_id: string, scopes: string[], since: int, copy: bool}
	 */
	public static function state(): array {
		$stored = self::stored();
		return array(
			'connected' => self::is_connected(),
			'site_id'   => self::site_id(),
			'scopes'    => array_map( 'strval', (array) ( $stored['scopes'] ?? array() ) ),
			'since'     => (int) ( $stored['since'] ?? 0 ),
			'copy'      => self::is_copy(),
		);
	}

	/**
	 * Makes a key pair and registers it with the one-time code.
	 *
	 * @param string $code What the operator of the backend gave.
	 * @return true|WP_Error
	 */
	public static function connect( string $code ): bool|WP_Error {
		TRP_Api_Client::close_breaker();
		$pair   = sodium_crypto_sign_keypair();
		$answer = TRP_Api_Client::send(
			'POST',
			'/api/sites/register',
			array(
				'body' => array(
					'code'       => $code,
					'name'       => wp_specialchars_decode( get_bloginfo( 'name' ), ENT_QUOTES ),
					'url'        => home_url(),
					'public_key' => TRP_Secret_Box::encode( sodium_crypto_sign_publickey( $pair ) ),
				),
			)
		);
		if ( is_wp_error( $answer ) ) {
			return $answer;
		}
		if ( 201 !== $answer['status'] || empty( $answer['body']['site_id'] ) ) {
			return new WP_Error( 'trp_refused', self::refusal( $answer ) );
		}
		self::unregister();
		self::store( $answer['body'], sodium_crypto_sign_secretkey( $pair ) );
		TRP_Public_Data::flush();
		return true;
	}

	/**
	 * Has the backend end the registration, and forgets the key pair whatever it answers.
	 *
	 * @return bool Whether the backend has ended it.
	 */
	public static function disconnect(): bool {
		TRP_Api_Client::close_breaker();
		$ended = self::unregister();
		TRP_User_Tokens::forget_all();
		delete_option( self::OPTION );
		TRP_Public_Data::flush();
		return $ended;
	}

	/** Tells the backend that this site's key no longer counts. A copy never speaks for the original. */
	private static function unregister(): bool {
		if ( self::is_copy() || ! self::can_sign() ) {
			return false;
		}
		$assertion = self::own_assertion();
		$answer    = TRP_Api_Client::send( 'POST', '/api/sites/unregister', array( 'body' => array( 'assertion' => $assertion ) ) );
		return ! is_wp_error( $answer ) && 200 === $answer['status'];
	}

	/**
	 * A signed statement of who is signed in here, good for a minute and one use.
	 *
	 * @param WP_User $user    The user.
	 * @param string  $subject The user's random id for the backend.
	 * @param string  $sid     The id of the user's session here.
	 * @return string|null Null when the site can't sign.
	 */
	public static function assertion( WP_User $user, string $subject, string $sid ): ?string {
		return self::sign(
			array(
				'sub'   => $subject,
				'email' => $user->user_email,
				'sid'   => $sid,
			)
		);
	}

	/** A signed statement of the site about itself, good for a minute and one use; null when it can't sign. */
	public static function own_assertion(): ?string {
		return self::sign(
			array(
				'sub'   => self::site_id(),
				'email' => (string) get_option( 'admin_email' ),
				'sid'   => 'site',
			)
		);
	}

	/**
	 * Signs claims with the site's key; null when the site can't sign.
	 *
	 * @param array<string, string> $about Subject, email and session.
	 */
	private static function sign( array $about ): ?string {
		$key = self::private_key();
		if ( null === $key ) {
			return null;
		}
		$now    = time();
		$header = array(
			'alg' => 'EdDSA',
			'typ' => 'JWT',
		);
		$claims = $about + array(
			'iss'            => self::site_id(),
			'aud'            => self::AUDIENCE,
			'iat'            => $now,
			'exp'            => $now + self::ASSERTION_LIFE,
			'jti'            => wp_generate_uuid4(),
			'email_verified' => false,
		);
		$signed = TRP_Secret_Box::encode( (string) wp_json_encode( $header ) ) . '.' . TRP_Secret_Box::encode( (string) wp_json_encode( $claims ) );
		return $signed . '.' . TRP_Secret_Box::encode( sodium_crypto_sign_detached( $signed, $key ) );
	}

	/** The private key; null when there is none or the site's salts have changed since. */
	private static function private_key(): ?string {
		$sealed = (string) ( self::stored()['private_key'] ?? '' );
		return '' === $sealed ? null : TRP_Secret_Box::open( $sealed, self::PURPOSE );
	}

	/** Whether the stored key can be read: not after a change of the site's salts. */
	public static function can_sign(): bool {
		return null !== self::private_key();
	}

	/**
	 * Keeps the registration; not loaded with the other options on every page.
	 *
	 * @param array<string, mixed> $registered  The backend's answer.
	 * @param string               $private_key The private key.
	 */
	private static function store( array $registered, string $private_key ): void {
		delete_option( self::OPTION );
		add_option(
			self::OPTION,
			array(
				'site_id'     => sanitize_text_field( (string) $registered['site_id'] ),
				'scopes'      => array_map( 'sanitize_text_field', array_filter( (array) ( $registered['scopes'] ?? array() ), 'is_string' ) ),
				'since'       => time(),
				'home'        => untrailingslashit( home_url() ),
				'private_key' => TRP_Secret_Box::seal( $private_key, self::PURPOSE ),
			),
			'',
			'no'
		);
	}

	/**
	 * The stored registration.
	 *
	 * @return array<string, mixed>
	 */
	private static function stored(): array {
		$stored = get_option( self::OPTION, array() );
		return is_array( $stored ) ? $stored : array();
	}

	/**
	 * Why the backend did not take the code, as a sentence.
	 *
	 * @param array<string, mixed> $answer Its answer.
	 */
	private static function refusal( array $answer ): string {
		$message = $answer['body']['message'] ?? '';
		if ( is_string( $message ) && '' !== $message ) {
			return sanitize_text_field( $message );
		}
		/* translators: %d: HTTP status code. */
		return sprintf( __( 'The trading service refused the connection code (status %d).', 'trading-robot-service' ), $answer['status'] );
	}
}
