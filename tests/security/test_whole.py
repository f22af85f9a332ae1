"""The whole: nothing of the inside in an answer, no secret in the sources. O5 is in test_stores."""

import math
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.factories import SECRET, headers_for, make_bot
from tests.security.conftest import Owner
from tests.security.operations import READS, WRITES, Operation, body_of
from tests.signals.alerts import post
from tradingrobotplug import db
from tradingrobotplug.models import User
from tradingrobotplug.signals.committer import Committer

ROOT = Path(__file__).parents[2]
INSIDE = re.compile(
    r"Traceback|File \"|line \d+, in|\.py\b|psycopg|sqlalchemy|werkzeug|Undefined(Table|Column)"
    r"|Error\b.*\(|SELECT |the cause|/home/|/usr/|/tmp/",
)
needs_git = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no history here")
SHAPE = {"error", "message", "details", "request_id"}
KEYS = re.compile(
    r"AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY-----\s*\\?n?[A-Za-z0-9+/=]{16}"
    r"|\b[sr]k_live_\w{10,}|\bwhsec_\w{16,}|\bgh[pousr]_\w{30,}|\bxox[abp]-\w{10,}"
    r"|\bAIza[\w-]{35}|\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}|\btrp_[\w-]{30,}"
)
ASSIGNED = re.compile(
    r"(?:secret|passw(?:or)?d|token|api_?key|private_?key)\w*[\"']?\s*[=:]\s*[\"']([\w+/=-]{24,})[\"']",
    re.IGNORECASE,
)
# What tests give for secrets, all of it made up, as is what calls itself a canary; and Stripe's
# published test cards.
MADE_UP = {
    "unknown-secret-0123456789",
    "not-the-secret-of-this-key",
    "another-secret-0123456789",
    "token-of-the-linked-account",
    "pm_card_chargeCustomerFail",
    "pm_card_authenticationRequired",
    "pm_card_authenticationRequiredOnSetup",
}


def found_in(text: str) -> set[str]:
    """What looks like a key in this text: by its form, or by name and by how random it is."""
    given = {value for value in ASSIGNED.findall(text) if bits_per_sign(value) > 3.2}
    found = {match.group() for match in KEYS.finditer(text)} | (given - MADE_UP)
    return {key for key in found if "canary" not in key}


def bits_per_sign(value: str) -> float:
    return -sum(n / len(value) * math.log2(n / len(value)) for n in Counter(value).values())


def git(*given: str) -> str:
    return subprocess.run(
        ["git", "-C", str(ROOT), *given], capture_output=True, check=True
    ).stdout.decode("utf-8", "replace")


@contextmanager
def moved(table: str) -> Iterator[None]:
    """A database whose schema is not what the code expects."""
    rename = "ALTER TABLE {} RENAME TO {}"
    with db.transaction() as session:
        session.execute(text(rename.format(table, "elsewhere")))
    yield
    with db.transaction() as session:
        session.execute(text(rename.format("elsewhere", table)))


def told(answers: list[Any]) -> list[str]:
    """Answers that say something of the inside, or lack the number to ask about."""
    return [a.text for a in answers if INSIDE.search(a.text) or "X-Request-Id" not in a.headers]


def test_o1_an_unexpected_error_of_a_read_tells_nothing(
    app: Flask, client: FlaskClient, owner: Owner
) -> None:
    headers = headers_for(app, owner.user)
    with moved("bots"):
        answers = [client.get(read.url(owner.ids), headers=headers) for read in READS]
    failed = [answer for answer in answers if answer.status_code == 500]
    assert len(failed) > 5
    assert told(answers) == []
    assert [set(answer.json) for answer in failed] == [SHAPE] * len(failed)


@pytest.mark.parametrize("operation", [o for o in WRITES if not o.is_guarded], ids=str)
def test_o1_an_unexpected_error_of_a_write_tells_nothing(
    client: FlaskClient, operation: Operation, owner: Owner
) -> None:
    with moved("users"):
        url = operation.url(owner.ids | {"secret": SECRET})
        answer = client.open(url, method=operation.method, json=body_of(operation))
    assert told([answer]) == []


@pytest.mark.parametrize("purpose", ["verify", "reset", "email", "delete"])
def test_o1_an_unexpected_error_of_a_page_tells_nothing(
    client: FlaskClient, clean: None, purpose: str
) -> None:
    with moved("account_tokens"):
        answers = [
            client.get(f"/account/{purpose}?token={'t' * 43}"),
            client.post(f"/account/{purpose}", data={"token": "t" * 43}),
        ]
    assert told(answers) == []
    assert answers[0].status_code == 500


def test_o1_an_unexpected_error_tells_nothing_about_itself(fresh_app: Flask) -> None:
    def view() -> str:
        raise RuntimeError("the cause")

    fresh_app.add_url_rule("/api/raises", view_func=view)
    answer = fresh_app.test_client().get("/api/raises")
    assert (answer.status_code, answer.json["error"]) == (500, "internal_error")
    assert (set(answer.json), told([answer])) == (SHAPE, [])


def test_o1_an_unexpected_error_of_the_webhook_tells_nothing(
    client: FlaskClient, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("the cause")

    monkeypatch.setattr(Committer, "store", fail)
    answer = post(client, make_bot(user))
    assert (answer.status_code, set(answer.json), told([answer])) == (500, SHAPE, [])


@pytest.mark.parametrize("path", ["/console", "/?__debugger__=yes&cmd=resource&f=style.css"])
def test_o1_there_is_no_debugger(app: Flask, client: FlaskClient, path: str) -> None:
    assert (app.debug, app.testing, app.config["PROPAGATE_EXCEPTIONS"]) == (False, False, None)
    assert client.get(path).status_code == 404


@needs_git
def test_o4_no_secret_is_in_the_history() -> None:
    history = git("log", "-p", "--unified=0", "--no-color", "HEAD")
    added = "\n".join(line for line in history.splitlines() if line.startswith("+"))
    assert len(added) > 100_000
    assert found_in(added) == set()


@needs_git
def test_o4_no_secret_is_in_the_sources() -> None:
    files = [ROOT / name for name in git("ls-files", "-z").split("\0") if name]
    found = {str(path): found_in(path.read_text(errors="replace")) for path in files}
    assert len(found) > 200
    assert {path: keys for path, keys in found.items() if keys} == {}


@pytest.mark.parametrize(
    "line",
    [
        "key = " + "AKIA" + "IOSFODNN7REALKEY",
        "-----BEGIN EC " + "PRIVATE KEY-----\nMHcCAQEEIKxR3Yy1pQ8mZ",
        "stripe: sk" + "_live_4eC39HqLyjWDarjtT1zdp7dc",
        'API_SECRET = "' + "9fQ2xW7bLr4TzK1mYv8NcE3hJs6" + '"',
        '{"refresh' + '_token": "' + 'Zk3vQ9tB7nX1cL5wR8yM2pF6dG4h"}',
        "x-api-key: trp" + "_9fQ2xW7bLr4TzK1mYv8NcE3hJs6aaaa",
    ],
)
def test_o4_the_search_finds_what_is_there(line: str) -> None:
    assert len(found_in(line)) == 1
