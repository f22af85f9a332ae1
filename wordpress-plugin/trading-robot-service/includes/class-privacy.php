<?php
/**
 * Personal data: what is exported and erased on request.
 *
 * @package TradingRobotService
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

/** Registers with core's privacy tools. */
final class TRP_Privacy {

	/** Suggests text for the site's privacy policy. */
	public static function add_policy_text(): void {
		$text = __( 'When you use the trading dashboard, this site sends your email address and a random identifier to the trading service that the site is connected to. What you enter on the dashboard, including the keys of your accounts at brokers, passes through this site to that service; this site neither stores nor logs it. Your bots, alerts, trades and keys are stored there. To connect an account that you have there already, you sign in on a page of that service, so this site never sees its password. Visitors of the public pages send nothing to it, unless they ask about a plan: then their name, email address and question go there.', 'trading-robot-service' );
		wp_add_privacy_policy_content( __( 'Trading Robot Service', 'trading-robot-service' ), '<p>' . esc_html( $text ) . '</p>' );
	}

	/**
	 * Adds the exporter.
	 *
	 * @param array<string, array<string, mixed>> $exporters Known ones.
	 * @return array<string, array<string, mixed>>
	 */
	public static function add_exporter( array $exporters ): array {
		$exporters['trading-robot-service'] = array(
			'exporter_friendly_name' => __( 'Trading Robot Service', 'trading-robot-service' ),
			'callback'               => array( self::class, 'export' ),
		);
		return $exporters;
	}

	/**
	 * Adds the eraser.
	 *
	 * @param array<string, array<string, mixed>> $erasers Known ones.
	 * @return array<string, array<string, mixed>>
	 */
	public static function add_eraser( array $erasers ): array {
		$erasers['trading-robot-service'] = array(
			'eraser_friendly_name' => __( 'Trading Robot Service', 'trading-robot-service' ),
			'callback'             => array( self::class, 'erase' ),
		);
		return $erasers;
	}

	/**
	 * What this plugin keeps about a person: the identifier at the trading service.
	 *
	 * @param string $email Whose.
	 * @return array{data: array<int, array<string, mixed>>, done: bool}
	 */
	public static function export( string $email ): array {
		$user    = get_user_by( 'email', $email );
		$subject = $user ? TRP_User_Manager::known_subject( $user->ID ) : '';
		$data    = array();
		if ( '' !== $subject ) {
			$data[] = array(
				'group_id'    => 'trading-robot-service',
				'group_label' => __( 'Trading Robot Service', 'trading-robot-service' ),
				'item_id'     => 'trp-user-' . $user->ID,
				'data'        => array(
					array(
						'name'  => __( 'Identifier at the trading service', 'trading-robot-service' ),
						'value' => $subject,
					),
				),
			);
		}
		return array(
			'data' => $data,
			'done' => true,
		);
	}

	/**
	 * Ends the person's sessions at the trading service and forgets the identifier.
	 *
	 * @param string $email Whose.
	 * @return array<string, mixed>
	 */
	public static function erase( string $email ): array {
		$user    = get_user_by( 'email', $email );
		$removed = false;
		$notes   = array();
		if ( $user && '' !== TRP_User_Manager::known_subject( $user->ID ) ) {
			TRP_User_Tokens::revoke( $user );
			$removed = delete_user_meta( $user->ID, TRP_User_Manager::SUBJECT );
			$notes[] = __( 'The account at the trading service is kept, with its bots and trades. Its owner deletes it on the dashboard under Settings, or its operator does.', 'trading-robot-service' );
		}
		return array(
			'items_removed'  => $removed,
			'items_retained' => false,
			'messages'       => $notes,
			'done'           => true,
		);
	}
}
