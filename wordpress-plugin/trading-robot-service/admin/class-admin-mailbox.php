<?php
/**
 * The mails that no mail server took, for the administrator.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Shown only where the backend allowed it to this site; the mails are read anew each time and kept nowhere. */
final class TRP_Admin_Mailbox {

	public const SLUG = 'trp-mailbox';

	private const SCOPE = 'mailbox';

	/**
	 * Adds the entry to the menu.
	 *
	 * @param string $menu The menu it belongs to.
	 */
	public static function add_menu( string $menu ): void {
		if ( TRP_Connection::may( self::SCOPE ) ) {
			$name = __( 'Mailbox', 'trading-robot-service' );
			add_submenu_page( $menu, $name, $name, TRP_Admin_Settings::CAPABILITY, self::SLUG, array( self::class, 'render' ) );
		}
	}

	/** Prints the list, or one mail. */
	public static function render(): void {
		if ( ! current_user_can( TRP_Admin_Settings::CAPABILITY ) ) {
			return;
		}
		$mails = self::mails();
		$asked = sanitize_key( wp_unslash( $_GET['mail'] ?? '' ) ); // phpcs:ignore WordPress.Security.NonceVerification -- a link to something that is only read.
		$mail  = is_wp_error( $mails ) ? null : ( array_column( $mails, null, 'id' )[ $asked ] ?? null );
		include TRP_DIR . 'admin/views/' . ( null === $mail ? 'mailbox' : 'mail' ) . '.php';
	}

	/**
	 * The address of the list, or of one mail.
	 *
	 * @param string $id Which mail.
	 */
	public static function url( string $id = '' ): string {
		$url = admin_url( 'admin.php?page=' . self::SLUG );
		return '' === $id ? $url : add_query_arg( 'mail', $id, $url );
	}

	/**
	 * A moment in the site's own time and form.
	 *
	 * @param string $moment In ISO 8601.
	 */
	public static function local_time( string $moment ): string {
		return wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), (int) strtotime( $moment ) );
	}

	/**
	 * The newest mails first, or why there are none to show.
	 *
	 * @return array<int, array<string, string>>|WP_Error
	 */
	private static function mails(): array|WP_Error {
		$assertion = TRP_Connection::own_assertion();
		if ( null === $assertion ) {
			return new WP_Error( 'not_connected', __( 'This site is not connected to the trading service yet.', 'trading-robot-service' ) );
		}
		$answer = TRP_Api_Client::send( 'POST', '/api/sites/mailbox', array( 'body' => array( 'assertion' => $assertion ) ) );
		if ( is_wp_error( $answer ) ) {
			return $answer;
		}
		return 200 === $answer['status'] ? array_map( array( self::class, 'texts' ), (array) ( $answer['body']['mails'] ?? array() ) ) : self::refusal( $answer );
	}

	/**
	 * A mail with each part a text.
	 *
	 * @param mixed $mail As it came.
	 * @return array<string, string>
	 */
	private static function texts( mixed $mail ): array {
		$parts = array_fill_keys( array( 'id', 'to', 'subject', 'text', 'html', 'created_at' ), '' );
		return array_map( 'strval', array_filter( array_intersect_key( (array) $mail, $parts ), 'is_scalar' ) ) + $parts;
	}

	/**
	 * Why the backend showed nothing, as a sentence.
	 *
	 * @param array<string, mixed> $answer Its answer.
	 */
	private static function refusal( array $answer ): WP_Error {
		$code = (string) ( $answer['body']['error'] ?? '' );
		if ( 'mail_is_sent' === $code ) {
			return new WP_Error( $code, __( 'The trading service has a mail server and sends its mails, so it keeps none to show here.', 'trading-robot-service' ) );
		}
		if ( 401 === $answer['status'] || 403 === $answer['status'] ) {
			return new WP_Error( 'not_allowed', __( 'The trading service does not allow this site to read its mails. Its operator can allow it; then connect the site again.', 'trading-robot-service' ) );
		}
		/* translators: 1: HTTP status code, 2: request id. */
		return new WP_Error( 'failed', sprintf( __( 'The trading service answered with status %1$d (request %2$s).', 'trading-robot-service' ), $answer['status'], $answer['request_id'] ) );
	}
}
