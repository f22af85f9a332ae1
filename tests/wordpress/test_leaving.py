"""A site that leaves: its registration ends at the service, and its traces go from the database."""

import re
from typing import Any

import pytest

from .conftest import RelayedSite, Site, make_code
from .people import Person, add_member, sign_in
from .probe import run

pytestmark = pytest.mark.site

SETTINGS = "/wp-admin/admin.php?page=trp-settings"
DASHBOARD = "me/users/me"


@pytest.fixture(scope="module")
def administrator(relayed: RelayedSite) -> Person:
    return sign_in(relayed.url, "admin", relayed.admin_password)


@pytest.fixture
def connected(site: Site, relayed: RelayedSite, administrator: Person) -> RelayedSite:
    """The second site, connected anew with a code as its administrator does it."""
    page = press(administrator, "trp_connect", {"code": make_code(site)})
    assert "Connected as site" in page
    return relayed


def press(administrator: Person, action: str, fields: dict[str, str] | None = None) -> str:
    """What the settings page says after one of its buttons."""
    page = administrator.visitor.page(SETTINGS).text
    form = page[page.index(f'value="{action}"') :]
    nonce = re.search(r'name="_wpnonce" value="(\w+)"', form)
    assert nonce
    sent = {"action": action, "_wpnonce": nonce.group(1), **(fields or {})}
    return administrator.visitor.form("/wp-admin/admin-post.php", sent).text


def php(relayed: RelayedSite, code: str) -> Any:
    return run(relayed.url, relayed.files, code)


# The registration as it was kept, put back as if the key had been stolen before the site left.
PUT_BACK = "return add_option( 'trp_connection', json_decode( base64_decode( '{kept}' ), true ) );"
KEPT = "return base64_encode( wp_json_encode( get_option( 'trp_connection' ) ) );"


def test_a_key_is_worth_nothing_after_its_site_has_disconnected(
    connected: RelayedSite, administrator: Person
) -> None:
    member = add_member(connected.url, administrator)
    assert member.visitor.call("GET", DASHBOARD, nonce=member.nonce).status == 200
    kept = php(connected, KEPT)

    assert "The site is disconnected" in press(administrator, "trp_disconnect")

    assert member.visitor.call("GET", DASHBOARD, nonce=member.nonce).status == 503
    assert php(connected, PUT_BACK.format(kept=kept)) is True
    answer = member.visitor.call("GET", DASHBOARD, nonce=member.nonce)
    assert (answer.status, answer.json["error"]) == (503, "not_connected")
    assert "no longer accepts this site" in answer.json["message"]


def test_a_site_disconnects_even_when_the_service_cannot_be_told(
    connected: RelayedSite, administrator: Person
) -> None:
    connected.relay.close()
    try:
        page = press(administrator, "trp_disconnect")
    finally:
        connected.relay.open()
    assert "could not be told" in page
    assert php(connected, "return get_option( 'trp_connection' );") is False


LEFT = """
global $wpdb;
define( 'WP_UNINSTALL_PLUGIN', 'trading-robot-service/trading-robot-service.php' );
update_option( 'trp_settings', array( 'remove_data' => {everything} ) + TRP_Settings::all() );
TRP_Public_Data::plans();
$wpdb->query( 'START TRANSACTION' );
include WP_PLUGIN_DIR . '/trading-robot-service/uninstall.php';
$names = $wpdb->get_col( "SELECT option_name FROM {{$wpdb->options}}" );
$wpdb->query( 'ROLLBACK' );
return array_values( preg_grep( '/^(_transient_(timeout_)?)?trp_/', $names ) );
"""


@pytest.mark.parametrize(
    ("everything", "left"),
    [("false", ["trp_settings", "trp_pages", "trp_menu"]), ("true", [])],
)
def test_an_uninstall_removes_secrets_always_and_the_rest_on_request(
    connected: RelayedSite, everything: str, left: list[str]
) -> None:
    assert sorted(php(connected, LEFT.format(everything=everything))) == sorted(left)
