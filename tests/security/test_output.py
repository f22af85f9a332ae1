"""What users write, wherever it comes out again: it stays text."""

import io
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from email import message_from_bytes
from email.policy import default

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.accounts.signing import NEW, PASSWORD, make_trader, signed_in
from tests.accounts.test_export import export, rows
from tests.factories import headers_for, make_bot, make_user
from tests.mailbox import mails
from tests.notify.conftest import Server, connected, server, start
from tests.security.conftest import Call, Owner
from tests.security.logged import lines
from tests.security.operations import DESCRIBED, OPERATIONS, READS, Operation
from tradingrobotplug import clock, db, logs
from tradingrobotplug.accounts.export import csv_cell
from tradingrobotplug.errors import Invalid
from tradingrobotplug.models import User
from tradingrobotplug.notify import jobs, outbox
from tradingrobotplug.notify.letter import Letter, as_html, as_text

__all__ = ["connected", "lines", "server", "start"]

SCRIPT = "<script>alert('x')</script>\" onload=\"x"
BREAK = "Hello\r\nBcc: thief@example.com\r\n\r\nA second body"
FORGED = "x\r\n2026-01-01T00:00:00.000Z ERROR vault.opened user_id=1"
QUERIES = [
    "' OR '1'='1",
    "1; DROP TABLE users; --",
    "name DESC, (SELECT pg_sleep(3))",
    "x' UNION SELECT password_hash FROM users --",
    "%",
    "\\",
]


@pytest.fixture
def trader(clean: None) -> User:
    return make_trader()


def asks_for(operation: Operation) -> list[str]:
    """The names of what may stand behind its question mark."""
    described = DESCRIBED["paths"][operation.path][operation.method.lower()]
    return [
        given["name"] for given in described.get("parameters", []) if given.get("in") == "query"
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "  ="])
def test_i1_a_name_that_looks_like_a_formula_is_quoted(
    app: Flask, trader: User, start: str
) -> None:
    name = f'{start}cmd|"/c calc"!A1,"x"'
    make_bot(trader, name=name, description=f"{start}1")
    ours, table = rows(export(app, trader)[1], "bots")
    assert (table[0]["name"], table[0]["description"]) == (f"'{name}", f"'{start}1")
    assert ours[0]["name"] == name


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (Decimal("-12.50"), "-12.5"), (-3, -3), ("BTC-USD", "BTC-USD"), (None, None), ([], "[]"),
        (datetime(2026, 3, 2, tzinfo=UTC), "2026-03-02T00:00:00+00:00"), ("", ""), (b"{}", "{}"),
    ],
)  # fmt: skip
def test_i1_numbers_and_plain_texts_stay_as_they_are(value: object, cell: object) -> None:
    assert csv_cell(value) == cell


def test_i1_an_alert_s_bytes_are_quoted_as_its_text_is() -> None:
    assert csv_cell(b"=1+1") == csv_cell("=1+1") == "'=1+1"


def test_i3_names_are_escaped_in_html_wherever_they_stand() -> None:
    letter = Letter("k", SCRIPT, (SCRIPT,), SCRIPT, f"https://x.example/?{SCRIPT}", (SCRIPT,))
    html = as_html(letter, SCRIPT, "https://x.example")
    assert "<script>" not in html
    assert 'onload="' not in html
    assert "&lt;script&gt;" in html


def test_i3_a_device_that_is_a_script_is_text_in_the_mail_about_it(
    client: FlaskClient, trader: User
) -> None:
    headers = signed_in(client) | {"User-Agent": SCRIPT}
    body = NEW | {"current_password": PASSWORD}
    assert client.post("/api/auth/password/change", json=body, headers=headers).status_code == 200
    html = mails("password_changed")[0].html
    assert ("<script" in html, "&lt;script&gt;" in html) == (False, True)


@pytest.mark.parametrize("operation", READS, ids=str)
def test_i3_a_stored_script_leaves_as_data_that_no_browser_runs(
    operation: Operation, call: Call, owner: Owner
) -> None:
    with db.transaction() as session:
        session.execute(text("UPDATE bots SET name = :it"), {"it": SCRIPT})
        session.execute(
            text("UPDATE users SET username = :it WHERE id = :id"),
            {"it": SCRIPT, "id": owner.user.id},
        )
    answer = call(operation, owner.ids, owner)
    assert answer.mimetype in ("application/json", "application/zip", "image/png", "text/csv")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("text", QUERIES)
@pytest.mark.parametrize("operation", [o for o in OPERATIONS if asks_for(o)], ids=str)
def test_i4_what_stands_in_a_filter_is_a_value(
    operation: Operation, text: str, call: Call, owner: Owner, stranger: Owner
) -> None:
    query = dict.fromkeys(asks_for(operation), text)
    answers = [call(operation, stranger.ids, stranger, query_string={name: text}) for name in query]
    assert {answer.status_code for answer in answers} <= {200, 403, 404, 422}
    assert not any(owner.is_in(answer.text) for answer in answers)
    assert make_user("still@example.com").id


@pytest.mark.parametrize("name", ["bot_id", "signal_id", "account_id", "robot_id"])
@pytest.mark.parametrize("text", QUERIES)
def test_i4_what_stands_in_a_path_is_a_value(
    app: Flask, client: FlaskClient, owner: Owner, name: str, text: str
) -> None:
    headers = headers_for(app, owner.user)
    found = [
        client.get(operation.url(owner.ids | {name: text}), headers=headers).status_code
        for operation in OPERATIONS
        if operation.method == "GET" and f"{{{name}}}" in operation.path
    ]
    assert len(found) > 0
    assert set(found) <= {404, 405, 422}


@pytest.mark.parametrize("forged", [FORGED, FORGED.replace("\r\n", "\u2028"), f"\x85{FORGED}"])
def test_i5_a_line_break_makes_no_line(lines: io.StringIO, forged: str) -> None:
    logs.event("bot.made", title=forged)
    logging.getLogger("trp").warning("bot.%s", forged)
    logging.getLogger("trp").warning("bot.made", extra={"fields": {"title": f"a=b {forged}"}})
    assert len(lines.getvalue().splitlines()) == 3
    assert len(re.findall(r"^\S+Z (?:INFO|WARNING) bot\.", lines.getvalue(), re.MULTILINE)) == 3


@pytest.mark.parametrize("sign", ["\x1b[2J", "\x1b]0;x\x07", "\x00", "\x08\x08", "\u202e"])
def test_i5_a_terminal_gets_nothing_to_obey(lines: io.StringIO, sign: str) -> None:
    logs.event("bot.made", title=f"a{sign}b")
    assert sign not in lines.getvalue()
    assert lines.getvalue().rstrip("\n").isprintable()


def test_i5_a_path_and_a_device_make_no_line(fresh_app: Flask, lines: io.StringIO) -> None:
    def view(name: str) -> str:
        raise RuntimeError(f"no {name}")

    fresh_app.add_url_rule("/api/raises/<name>", view_func=view)
    client = fresh_app.test_client()
    client.get("/api/raises/x%0d%0a2026-01-01 ERROR forged", headers={"User-Agent": "a"})
    assert len(lines.getvalue().splitlines()) == lines.getvalue().count(" request_id=")
    assert "request.failed" in lines.getvalue()


def test_i6_a_line_break_in_a_subject_makes_no_header(server: Server) -> None:
    with db.transaction() as session:
        letter = Letter("k", BREAK, (BREAK,))
        mail = outbox.put(session, letter, "a@example.com", clock.now(), name=BREAK)
    jobs.send(str(mail.id))
    message = message_from_bytes(server.envelopes[0].content, policy=default)
    assert message["Bcc"] is None
    assert message["Subject"] == "Hello Bcc: thief@example.com A second body"
    assert server.envelopes[0].rcpt_tos == ["a@example.com"]


def test_i6_a_line_break_already_in_the_table_is_not_sent(server: Server) -> None:
    with db.transaction() as session:
        mail = outbox.put(session, Letter("k", "Fine", ()), "a@example.com", clock.now())
        mail.subject = BREAK
    jobs.send(str(mail.id))
    assert server.envelopes == []
    assert (mails()[0].last_error or "").startswith("ValueError")


@pytest.mark.parametrize(
    "address",
    [
        "a@example.com\r\nBcc: thief@example.com",
        "a@example.com,thief@example.com",
        "a@example.com thief@example.com",
        "<a@example.com>",
        "a@example.com\x00",
        "nowhere",
    ],
)
def test_i6_an_address_that_is_more_than_one_is_refused(
    connected: Callable[[str], None], address: str
) -> None:
    connected("")
    with pytest.raises(Invalid), db.transaction() as session:
        outbox.put(session, Letter("k", "s", ()), address, clock.now())
    assert mails() == []


def test_i7_braces_of_users_are_text() -> None:
    letter = Letter("k", "{{ 7 * 7 }}", ("{% raise %}{{ 7 * 7 }}",))
    plain = as_text(letter, "{{ letter }}", "https://x.example")
    html = as_html(letter, "{{ letter }}", "https://x.example")
    assert ("49" in plain + html, plain.startswith("Hello {{ letter }},")) == (False, True)


@pytest.mark.parametrize("purpose", ["verify", "reset", "email", "delete"])
@pytest.mark.parametrize(
    "braces", ["{{1337*1337}}", "${1337*1337}", "<%= 1337*1337 %>", "{{config}}", SCRIPT]
)
def test_i7_a_page_repeats_nothing_that_was_sent_to_it(
    client: FlaskClient, purpose: str, braces: str
) -> None:
    answers = [
        client.get(f"/account/{purpose}", query_string={"token": braces}),
        client.post(f"/account/{purpose}", data={"token": braces, "password": braces}),
        client.get(f"/account/{purpose}/{braces}"),
    ]
    pages = "".join(answer.text for answer in answers)
    assert ("1787569" in pages, "SECRET_KEY" in pages, "<script" in pages) == (False, False, False)


def test_i8_no_users_text_becomes_a_file_name(app: Flask, clean: None) -> None:
    user = make_user("../../etc/passwd@example.com")
    make_bot(user, name="../../evil\r\nX: y")
    answer, archive = export(app, user)
    name = answer.headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename=tradingrobotplug-\d{4}-\d\d-\d\d\.zip", name)
    assert all(re.fullmatch(r"[a-z_]+\.(csv|json)", entry) for entry in archive.namelist())
    assert answer.headers["Cache-Control"] == "no-store"
