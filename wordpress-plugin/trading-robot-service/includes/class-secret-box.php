<?php
/**
 * Keeps secrets unreadable in the database.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Encrypts with keys derived from the site's salts, which are in wp-config.php and not in the database. */
final class TRP_Secret_Box {

	/**
	 * Encrypts a text.
	 *
	 * @param string $plain   What to hide.
	 * @param string $purpose What it is for; a box opens only for its own purpose.
	 */
	public static function seal( string $plain, string $purpose ): string {
		$nonce = random_bytes( SODIUM_CRYPTO_SECRETBOX_NONCEBYTES );
		return self::encode( $nonce . sodium_crypto_secretbox( $plain, $nonce, self::key( $purpose ) ) );
	}

	/**
	 * Decrypts a text; null when it was changed, made for another purpose or with other salts.
	 *
	 * @param string $sealed  What seal() gave.
	 * @param string $purpose What it is for.
	 */
	public static function open( string $sealed, string $purpose ): ?string {
		$bytes = self::decode( $sealed );
		if ( strlen( $bytes ) <= SODIUM_CRYPTO_SECRETBOX_NONCEBYTES + SODIUM_CRYPTO_SECRETBOX_MACBYTES ) {
			return null;
		}
		$nonce = substr( $bytes, 0, SODIUM_CRYPTO_SECRETBOX_NONCEBYTES );
		$plain = sodium_crypto_secretbox_open( substr( $bytes, SODIUM_CRYPTO_SECRETBOX_NONCEBYTES ), $nonce, self::key( $purpose ) );
		return false === $plain ? null : $plain;
	}

	/**
	 * Base64 for URLs, without padding.
	 *
	 * @param string $bytes The bytes.
	 */
	public static function encode( string $bytes ): string {
		return rtrim( strtr( base64_encode( $bytes ), '+/', '-_' ), '=' ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions
	}

	/**
	 * The bytes of base64 for URLs; empty when it is none.
	 *
	 * @param string $text The text.
	 */
	public static function decode( string $text ): string {
		return (string) base64_decode( strtr( $text, '-_', '+/' ), true ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions
	}

	/**
	 * The key of a purpose.
	 *
	 * @param string $purpose What it is for.
	 */
	private static function key( string $purpose ): string {
		return hash_hmac( 'sha256', 'trp:' . $purpose, wp_salt( 'secure_auth' ), true );
	}
}
