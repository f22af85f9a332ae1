"""Nothing secret in plain in the site's database or in what it sends."""

import re
import sqlite3
from pathlib import Path

import pytest

from .conftest import Site
from .people import Person
from .probe import run

pytestmark = pytest.mark.site

RAW_PRIVATE_KEY = 64
TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")


def arguments(process: Path) -> str:
    try:
        return (process / "cmdline").read_text(errors="replace")
    except OSError:  # it has ended meanwhile
        return ""


def test_p3_the_private_key_is_stored_encrypted(site: Site) -> None:
    connection = site.options()["trp_connection"]
    length = re.search(r's:11:"private_key";s:(\d+):', connection)
    assert length
    assert int(length.group(1)) > RAW_PRIVATE_KEY * 4 / 3


def test_the_connection_is_not_loaded_on_every_page(site: Site) -> None:
    with sqlite3.connect(f"file:{site.database}?mode=ro", uri=True) as database:
        query = "SELECT autoload FROM wp_options WHERE option_name = 'trp_connection'"
        assert database.execute(query).fetchone()[0] in ("no", "off")


def test_p3_no_token_lies_in_the_database_after_a_visit(site: Site, demo: Person) -> None:
    assert demo.visitor.call("GET", "me/dashboard", nonce=demo.nonce).status == 200
    stored = site.options()
    assert any(name.startswith("_transient_trp_token_") for name in stored)
    assert not [name for name, value in stored.items() if TOKEN.search(str(value))]


def test_p3_nothing_secret_reaches_the_browser(demo: Person) -> None:
    visitor, nonce = demo.visitor, demo.nonce
    sent = [visitor.page("/dashboard/").text, visitor.page("/wp-json/").text]
    sent += [visitor.call("GET", path, nonce=nonce).text for path in ("me/dashboard", "me/bots")]
    assert not [text for text in sent if TOKEN.search(text) or "private_key" in text]


def test_p3_settings_are_not_offered_over_rest(site: Site, administrator: Person) -> None:
    url = f"{site.wordpress_url}/wp-json/wp/v2/settings"
    headers = {"X-WP-Nonce": administrator.nonce}
    answer = administrator.visitor.request("GET", url, headers=headers)
    assert answer.status == 200
    assert "trp_" not in answer.text


def test_no_secret_shows_in_the_list_of_processes(site: Site) -> None:
    shown = "".join(map(arguments, Path("/proc").glob("[0-9]*")))
    assert str(site.home / "wordpress") in shown
    assert site.demo["password"] not in shown
    assert site.admin_password not in shown


SAID = """
$tests  = apply_filters( 'site_status_tests', array( 'direct' => array(), 'async' => array() ) );
$ours   = array_flip( preg_grep( '/^trp_/', array_keys( $tests['direct'] ) ) );
$ours   = array_intersect_key( $tests['direct'], $ours );
$health = array_map( static fn( $test ) => call_user_func( $test['test'] ), $ours );
$export = TRP_Privacy::export( '{email}' );
$said   = wp_json_encode( array( $health, $export ) );
return array( count( $health ), count( $export['data'] ), $said );
"""
SECRETS = """
$box = new ReflectionMethod( TRP_Connection::class, 'private_key' );
$key = $box->invoke( null );
return array( get_option( 'trp_connection' )['private_key'], TRP_Secret_Box::encode( $key ) );
"""


def test_p3_site_health_and_the_export_of_personal_data_say_nothing_secret(
    site: Site, demo: Person
) -> None:
    assert demo.visitor.call("GET", "me/plans", nonce=demo.nonce).status == 200
    secrets = run(site.wordpress_url, site.files, SECRETS)
    tests, exported, said = run(site.wordpress_url, site.files, SAID.format(email=demo.email))
    assert (tests, exported) == (4, 1)
    assert not [secret for secret in secrets if secret in said]
    assert not TOKEN.search(said)


def test_p3_the_keys_of_a_trading_account_are_kept_nowhere(site: Site, demo: Person) -> None:
    keys = {"api_key": "PKCANARYCANARYCANARY", "api_secret": "canary-secret-canary-secret-canary"}
    account = {"label": "Canary", "broker": "alpaca", "environment": "paper", **keys}
    answer = demo.visitor.call("POST", "me/trading-accounts", account, demo.nonce)
    assert answer.status >= 400
    left = b"".join(path.read_bytes() for path in site.database.parent.glob(".ht.sqlite*"))
    assert b"CANARY" not in left
    assert b"canary-secret" not in left
    assert "CANARY" not in answer.text
