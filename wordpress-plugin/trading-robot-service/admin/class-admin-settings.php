<?php
/**
 * The settings page and its actions.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Prints the forms; each action checks the capability and its own nonce. */
final class TRP_Admin_Settings {

	public const SLUG       = 'trp-settings';
	public const CAPABILITY = 'manage_options';

	/** The page's address. */
	public static function url(): string {
		return admin_url( 'admin.php?page=' . self::SLUG );
	}

	/** Prints the page. */
	public static function render(): void {
		if ( ! current_user_can( self::CAPABILITY ) ) {
			return;
		}
		$settings = TRP_Settings::all();
		$state    = TRP_Connection::state();
		include TRP_DIR . 'admin/views/settings.php';
	}

	/** Connects with the code that was pasted. */
	public static function handle_connect(): void {
		self::authorise( 'trp_connect' );
		$code = sanitize_text_field( wp_unslash( $_POST['code'] ?? '' ) ); // phpcs:ignore WordPress.Security.NonceVerification -- checked by authorise().
		$done = TRP_Connection::connect( $code );
		is_wp_error( $done ) ? self::back( 'connect_failed', $done->get_error_message() ) : self::back( 'connected' );
	}

	/** Forgets the connection. */
	public static function handle_disconnect(): void {
		self::authorise( 'trp_disconnect' );
		self::back( TRP_Connection::disconnect() ? 'disconnected' : 'disconnected_here' );
	}

	/** Makes the pages and, if asked, the front page. */
	public static function handle_make_pages(): void {
		self::authorise( 'trp_make_pages' );
		TRP_Pages::make();
		if ( ! empty( $_POST['front_page'] ) ) { // phpcs:ignore WordPress.Security.NonceVerification -- checked by authorise().
			TRP_Pages::make_front_page();
		}
		self::back( 'pages_made' );
	}

	/** Empties the cache. */
	public static function handle_flush_cache(): void {
		self::authorise( 'trp_flush_cache' );
		TRP_Public_Data::flush();
		self::back( 'flushed' );
	}

	/** Prints what happened after an action, and warns when the site is a copy. */
	public static function print_notices(): void {
		if ( ! current_user_can( self::CAPABILITY ) ) {
			return;
		}
		if ( TRP_Connection::is_copy() ) {
			self::notice( 'warning', __( 'Trading Robot Service: this site is a copy of the connected one, so the dashboard only reads. Connect again to use it under this address.', 'trading-robot-service' ) );
		}
		$result = get_transient( 'trp_notice_' . get_current_user_id() );
		if ( is_array( $result ) ) {
			delete_transient( 'trp_notice_' . get_current_user_id() );
			self::notice( 'connect_failed' === $result['code'] ? 'error' : 'success', self::sentence( $result ) );
		}
	}

	/**
	 * Adds the link on the plugins page.
	 *
	 * @param string[] $links Known links.
	 * @return string[]
	 */
	public static function action_links( array $links ): array {
		array_unshift( $links, sprintf( '<a href="%s">%s</a>', esc_url( self::url() ), esc_html__( 'Settings', 'trading-robot-service' ) ) );
		return $links;
	}

	/**
	 * A form of one button, with its nonce.
	 *
	 * @param string $action Action name.
	 * @param string $label  Button's text.
	 * @param string $style  Button's class.
	 */
	public static function print_button( string $action, string $label, string $style = 'secondary' ): void {
		printf( '<form method="post" action="%s" style="display:inline">', esc_url( admin_url( 'admin-post.php' ) ) );
		printf( '<input type="hidden" name="action" value="%s">', esc_attr( $action ) );
		wp_nonce_field( $action );
		submit_button( $label, $style, 'submit', false );
		echo '</form>';
	}

	/**
	 * Stops a request that may not do this.
	 *
	 * @param string $action The action.
	 */
	private static function authorise( string $action ): void {
		if ( ! current_user_can( self::CAPABILITY ) ) {
			wp_die( esc_html__( 'You may not do this.', 'trading-robot-service' ), '', array( 'response' => 403 ) );
		}
		check_admin_referer( $action );
	}

	/**
	 * Back to the page, with what happened.
	 *
	 * @param string $code   What happened.
	 * @param string $detail A sentence of the backend.
	 */
	private static function back( string $code, string $detail = '' ): never {
		set_transient( 'trp_notice_' . get_current_user_id(), compact( 'code', 'detail' ), MINUTE_IN_SECONDS );
		wp_safe_redirect( self::url() );
		exit;
	}

	/**
	 * A result in words.
	 *
	 * @param array{code: string, detail: string} $result The result.
	 */
	private static function sentence( array $result ): string {
		return match ( $result['code'] ) {
			'connected'    => __( 'The site is connected to the trading service.', 'trading-robot-service' ),
			'disconnected' => __( 'The site is disconnected and its key pair is deleted.', 'trading-robot-service' ),
			'disconnected_here' => __( 'The key pair is deleted here. The trading service could not be told: its operator should remove the site there.', 'trading-robot-service' ),
			'pages_made'   => __( 'The pages and the menu are there.', 'trading-robot-service' ),
			'flushed'      => __( 'The cache is empty.', 'trading-robot-service' ),
			default        => $result['detail'],
		};
	}

	/**
	 * Prints a notice.
	 *
	 * @param string $kind success, warning or error.
	 * @param string $text The sentence.
	 */
	private static function notice( string $kind, string $text ): void {
		printf( '<div class="notice notice-%s is-dismissible"><p>%s</p></div>', esc_attr( $kind ), esc_html( $text ) );
	}
}
