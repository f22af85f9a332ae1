"""Nothing secret in plain in the site's database or in what it sends."""

import re
import sqlite3
from pathlib import Path

import pytest

from .conftest import Site
from .people import Person

pytestmark = pytest.mark.slow

RAW_PRIVATE_KEY = 64
TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")


def arguments(process: Path) -> str:
    try:
        return (process / "cmdline").read_text(errors="replace")
    except OSError:  # it has ended meanwhile
        return ""


def options(site: Site) -> dict[str, str]:
    with sqlite3.connect(f"file:{site.database}?mode=ro", uri=True) as database:
        return dict(database.execute("SELECT option_name, option_value FROM wp_options"))


def test_the_private_key_is_stored_encrypted(site: Site) -> None:
    connection = options(site)["trp_connection"]
    length = re.search(r's:11:"private_key";s:(\d+):', connection)
    assert length
    assert int(length.group(1)) > RAW_PRIVATE_KEY * 4 / 3


def test_the_connection_is_not_loaded_on_every_page(site: Site) -> None:
    with sqlite3.connect(f"file:{site.database}?mode=ro", uri=True) as database:
        query = "SELECT autoload FROM wp_options WHERE option_name = 'trp_connection'"
        assert database.execute(query).fetchone()[0] in ("no", "off")


def test_no_token_lies_in_the_database_after_a_visit(site: Site, demo: Person) -> None:
    assert demo.visitor.call("GET", "me/dashboard", nonce=demo.nonce).status == 200
    stored = options(site)
    assert any(name.startswith("_transient_trp_token_") for name in stored)
    assert not [name for name, value in stored.items() if TOKEN.search(str(value))]


def test_nothing_secret_reaches_the_browser(demo: Person) -> None:
    visitor, nonce = demo.visitor, demo.nonce
    sent = [visitor.page("/dashboard/").text, visitor.page("/wp-json/").text]
    sent += [visitor.call("GET", path, nonce=nonce).text for path in ("me/dashboard", "me/bots")]
    assert not [text for text in sent if TOKEN.search(text) or "private_key" in text]


def test_settings_are_not_offered_over_rest(site: Site, administrator: Person) -> None:
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
