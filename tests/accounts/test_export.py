"""The export: all of one's own data, no secret, nothing of others, nothing a spreadsheet runs."""

import csv
import io
import json
import re
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import SECRET, headers_for, make_bot, make_user
from tests.mailbox import mails
from tradingrobotplug.models import User

from .authenticator import enrol
from .signing import EMAIL, bearer, log_in, make_trader

FILES = [
    *("account_states", "api_keys", "audit", "backup_codes", "bots", "capital_flows"),
    *("differences", "enquiries", "files", "fills", "halts", "leaderboard", "mails", "orders"),
    *("billing_customer", "robots", "subscription", "transactions", "upgrade_prompts", "usage"),
    *("notification_channels", "notification_preferences", "notifications"),
    *("profile", "round_trips", "second_factor", "sessions", "signals"),
    *("tax_methods", "trading_accounts"),
]


@pytest.fixture
def trader(clean: None) -> User:
    return make_trader()


def export(app: Flask, user: User) -> tuple[Any, zipfile.ZipFile]:
    answer = app.test_client().post("/api/users/me/export", headers=headers_for(app, user))
    assert answer.status_code == 200
    return answer, zipfile.ZipFile(io.BytesIO(answer.data))


def rows(archive: zipfile.ZipFile, name: str) -> tuple[list[Any], list[dict[str, str]]]:
    """As JSON, and as CSV."""
    table = csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode(), newline=""))
    return json.loads(archive.read(f"{name}.json")), list(table)


def test_an_export_holds_every_table_twice(app: Flask, trader: User) -> None:
    bot = make_bot(trader, starting_cash=Decimal("1000.5"))
    app.test_client().post(f"/webhook/{bot.id}/{SECRET}", data=b'{"action": "\xff"}')
    _, archive = export(app, trader)
    assert sorted(archive.namelist()) == sorted(f"{n}.{k}" for n in FILES for k in ("csv", "json"))
    assert archive.testzip() is None
    ours, table = rows(archive, "bots")
    assert (ours[0]["id"], ours[0]["starting_cash"]) == (str(bot.id), "1000.5")
    assert (table[0]["id"], table[0]["starting_cash"]) == (str(bot.id), "1000.5")
    assert rows(archive, "profile")[0][0]["email"] == EMAIL
    assert len(rows(archive, "signals")[0]) == len(rows(archive, "signals")[1]) == 1
    assert rows(archive, "audit")[0][-1]["action"] == "account.exported"


def test_a2_an_export_holds_nothing_of_others(app: Flask, trader: User) -> None:
    other = make_user("other@example.com")
    make_bot(other, name="Theirs")
    _, archive = export(app, trader)
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert (b"Theirs" in everything, b"other@example.com" in everything) == (False, False)
    assert str(other.id).encode() not in everything


def test_a6_an_export_holds_no_secret_and_no_hash(app: Flask, trader: User) -> None:
    make_bot(trader)
    client = app.test_client()
    app_of_theirs = enrol(client, bearer(log_in(client)))
    _, archive = export(app, trader)
    assert len(rows(archive, "second_factor")[0]) == 1
    assert len(rows(archive, "backup_codes")[0]) == 10
    assert app_of_theirs.secret.encode() not in archive.read("second_factor.json")
    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert re.findall(r"\w*(?:hash|secret|password|token)\w*", everything.lower()) == []
    assert re.findall(r"\b[0-9a-f]{64}\b|\$2b\$", everything) == []


def test_an_export_is_for_who_is_signed_in_ten_times_an_hour(
    client: FlaskClient, app: Flask, trader: User
) -> None:
    assert client.post("/api/users/me/export").status_code == 401
    headers = headers_for(app, trader)
    statuses = [client.post("/api/users/me/export", headers=headers).status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    assert mails() == []
