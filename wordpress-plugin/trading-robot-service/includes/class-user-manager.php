<?php
/**
 * Accounts of this site, and their names at the backend.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Signs users up, in and out, and ends their backend sessions when something about them changes. */
final class TRP_User_Manager {

	public const SUBJECT           = 'trp_subject';
	public const SHORTEST_PASSWORD = 12;

	/**
	 * The random id that stands for a user at the backend; made at the first need.
	 *
	 * @param int $user_id The user.
	 */
	public static function subject( int $user_id ): string {
		if ( '' === self::known_subject( $user_id ) ) {
			add_user_meta( $user_id, self::SUBJECT, wp_generate_uuid4(), true );
		}
		return self::known_subject( $user_id );
	}

	/**
	 * The user's random id, if there is one.
	 *
	 * @param int $user_id The user.
	 */
	public static function known_subject( int $user_id ): string {
		return (string) get_user_meta( $user_id, self::SUBJECT, true );
	}

	/**
	 * Makes an account with the least rights and signs it in.
	 *
	 * @param string $email    Address.
	 * @param string $username Wanted name; may be empty.
	 * @param string $password Password.
	 * @return true|WP_Error
	 */
	public static function sign_up( string $email, string $username, string $password ): bool|WP_Error {
		$refusal = self::refuse_sign_up( $email, $username, $password );
		if ( null !== $refusal ) {
			return $refusal;
		}
		if ( TRP_Tries::used_up( 'up' ) ) {
			return TRP_Tries::slow_down();
		}
		TRP_Tries::count( 'up' );
		$user_id = wp_insert_user(
			array(
				'user_login'   => '' === $username ? self::free_name( $email ) : $username,
				'display_name' => '' === $username ? self::local_part( $email ) : $username,
				'user_email'   => $email,
				'user_pass'    => $password,
				'role'         => 'subscriber',
			)
		);
		if ( is_wp_error( $user_id ) ) {
			return new WP_Error( 'invalid', $user_id->get_error_message(), array( 'status' => 400 ) );
		}
		self::subject( $user_id );
		wp_set_current_user( $user_id );
		wp_set_auth_cookie( $user_id, true, is_ssl() );
		return true;
	}

	/**
	 * Signs a user in by name or address.
	 *
	 * @param string $login    Name or address.
	 * @param string $password Password.
	 * @return true|WP_Error
	 */
	public static function sign_in( string $login, string $password ): bool|WP_Error {
		if ( TRP_Tries::used_up( 'in', $login ) ) {
			return TRP_Tries::slow_down();
		}
		$credentials = array(
			'user_login'    => $login,
			'user_password' => $password,
			'remember'      => true,
		);
		$user        = wp_signon( $credentials, is_ssl() );
		if ( is_wp_error( $user ) ) {
			TRP_Tries::count( 'in', $login );
			return new WP_Error( 'wrong_login', __( 'The name or the password is not right.', 'trading-robot-service' ), array( 'status' => 401 ) );
		}
		TRP_Tries::forget( 'in', $login );
		wp_set_current_user( $user->ID );
		return true;
	}

	/**
	 * Whether the bar of the administration is shown on the site: to those who have work there.
	 *
	 * @param bool $wanted What core or another plugin decided.
	 */
	public static function shows_admin_bar( bool $wanted ): bool {
		return $wanted && current_user_can( 'edit_posts' );
	}

	/**
	 * After a logout: the session ends at the backend too.
	 *
	 * @param int $user_id Who left.
	 */
	public static function on_logout( int $user_id ): void {
		$user     = get_userdata( $user_id );
		$verifier = TRP_User_Tokens::verifier();
		if ( $user && '' !== $verifier ) {
			TRP_User_Tokens::revoke( $user, array( $verifier ) );
		}
	}

	/**
	 * After a password reset.
	 *
	 * @param WP_User $user Whose.
	 */
	public static function on_password_reset( WP_User $user ): void {
		TRP_User_Tokens::revoke( $user );
	}

	/**
	 * After a change of the profile: a new password ends the sessions.
	 *
	 * @param int     $user_id Who.
	 * @param WP_User $before  The user before the change.
	 */
	public static function on_profile_update( int $user_id, WP_User $before ): void {
		$user = get_userdata( $user_id );
		if ( $user && $user->user_pass !== $before->user_pass ) {
			TRP_User_Tokens::revoke( $user );
		}
	}

	/**
	 * After a change of the role.
	 *
	 * @param int      $user_id Who.
	 * @param string   $role    New role.
	 * @param string[] $before  Roles before.
	 */
	public static function on_role_change( int $user_id, string $role, array $before ): void {
		$user = get_userdata( $user_id );
		if ( $user && array() !== $before && array( $role ) !== $before ) {
			TRP_User_Tokens::revoke( $user );
		}
	}

	/**
	 * Before a user is deleted.
	 *
	 * @param int $user_id Who.
	 */
	public static function on_delete( int $user_id ): void {
		$user = get_userdata( $user_id );
		if ( $user ) {
			TRP_User_Tokens::revoke( $user );
		}
	}

	/**
	 * Why an account can't be made; null when it can.
	 *
	 * @param string $email    Address.
	 * @param string $username Wanted name.
	 * @param string $password Password.
	 */
	private static function refuse_sign_up( string $email, string $username, string $password ): ?WP_Error {
		if ( ! TRP_Settings::sign_up_allowed() ) {
			return new WP_Error( 'sign_up_closed', __( 'New accounts cannot be made on this site.', 'trading-robot-service' ), array( 'status' => 403 ) );
		}
		if ( ! is_email( $email ) ) {
			return self::invalid( __( 'Please give a valid email address.', 'trading-robot-service' ) );
		}
		if ( '' !== $username && ( ! validate_username( $username ) || strlen( $username ) > 60 ) ) {
			return self::invalid( __( 'Please choose a name of letters, digits, spaces or . - _ @.', 'trading-robot-service' ) );
		}
		if ( mb_strlen( $password ) < self::SHORTEST_PASSWORD ) {
			return self::invalid( __( 'The password needs at least 12 characters.', 'trading-robot-service' ) );
		}
		if ( email_exists( $email ) || ( '' !== $username && username_exists( $username ) ) ) {
			return new WP_Error( 'account_exists', __( 'There is an account with this address or name already. Please sign in.', 'trading-robot-service' ), array( 'status' => 409 ) );
		}
		return null;
	}

	/**
	 * A refusal of bad input.
	 *
	 * @param string $message What is wrong.
	 */
	private static function invalid( string $message ): WP_Error {
		return new WP_Error( 'invalid', $message, array( 'status' => 400 ) );
	}

	/**
	 * The part of an address before the @.
	 *
	 * @param string $email The address.
	 */
	private static function local_part( string $email ): string {
		return sanitize_user( (string) strstr( $email, '@', true ), true );
	}

	/**
	 * A name from an address that nobody has yet.
	 *
	 * @param string $email The address.
	 */
	private static function free_name( string $email ): string {
		$name = self::local_part( $email );
		$name = '' === $name ? 'trader' : substr( $name, 0, 40 );
		return username_exists( $name ) ? $name . '-' . strtolower( wp_generate_password( 6, false ) ) : $name;
	}
}
