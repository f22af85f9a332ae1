"""Questions about plans: kept whatever becomes of the mail, and heard of once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import headers_for, make_user
from tests.mailbox import mails
from tradingrobotplug import clock, db
from tradingrobotplug.billing import jobs
from tradingrobotplug.models import Enquiry, Mail, User
from tradingrobotplug.notify import post

SALES = "sales@example.com"
QUESTION = {
    "name": "Ada Lovelace",
    "email": "Ada@Example.com",
    "message": "Can you build our own robot?\n\nWe trade futures.",
    "plan": "premium",
}
Connect = Callable[..., None]


@pytest.fixture
def connect(app: Flask) -> Connect:
    """Sets where the operator's mail goes, and by which server; none of it at first."""

    def to(**settings: str) -> None:
        post.connect(replace(app.config["TRP"], mail_from="robots@example.com", **settings))

    return to


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    def by(wait: timedelta) -> None:
        moment = clock.now() + wait
        monkeypatch.setattr("tradingrobotplug.clock.now", lambda: moment)

    return by


def ask(client: FlaskClient, headers: dict[str, str] | None = None, **fields: Any) -> Any:
    return client.post("/api/enquiries", json=QUESTION | fields, headers=headers)


def kept() -> list[Enquiry]:
    with db.transaction() as session:
        return list(session.scalars(select(Enquiry).order_by(Enquiry.created_at)))


def taken_by_a_server() -> None:
    with db.transaction() as session:
        for mail in session.scalars(select(Mail)):
            mail.sent_at, mail.text, mail.html = clock.now(), "", ""


def test_a_visitors_question_is_kept_and_mailed_with_the_address_to_answer_to(
    client: FlaskClient, connect: Connect
) -> None:
    connect(sales_email=SALES)
    answer = ask(client)
    assert (answer.status_code, answer.json) == (201, {"taken": True})
    [mail], [row] = mails("enquiry"), kept()
    assert (mail.recipient, mail.reply_to, mail.user_id) == (SALES, "ada@example.com", None)
    assert "Can you build our own robot?" in mail.text
    assert "We trade futures." in mail.text
    assert (row.email, row.plan_id, row.user_id) == ("ada@example.com", "premium", None)
    message = post.as_message(mail, "robots@example.com")
    assert (message["To"], message["Reply-To"]) == (SALES, "ada@example.com")


def test_a_users_question_is_kept_with_its_user(
    app: Flask, client: FlaskClient, user: User
) -> None:
    assert ask(client, headers_for(app, user)).status_code == 201
    assert [row.user_id for row in kept()] == [user.id]
    assert ask(client, {"Authorization": "Bearer not-good"}).status_code == 401


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Ada\r\nBcc: all@example.com"),
        ("name", "  "),
        ("name", "x" * 121),
        ("email", "ada@example.com\nBcc: all@example.com"),
        ("email", "ada@example.com, all@example.com"),
        ("email", "nobody"),
        ("message", " \n "),
        ("message", "x" * 4001),
        ("plan", "no-such-plan"),
        ("website", "https://spam.example"),
        ("subject", "Buy this"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(
    client: FlaskClient, connect: Connect, field: str, value: str
) -> None:
    connect(sales_email=SALES)
    answer = ask(client, **{field: value})
    assert (answer.status_code, list(answer.json["details"]["fields"])) == (422, [field])
    assert (kept(), mails()) == ([], [])


def test_one_address_is_answered_three_times_an_hour(
    client: FlaskClient, later: Callable[[timedelta], None]
) -> None:
    codes = [ask(client, email=email).status_code for email in ("a@x.io", "A@X.io", "a@x.io")]
    refused = ask(client, email="a@x.io")
    assert (codes, refused.status_code) == ([201] * 3, 429)
    assert refused.json["error"] == "too_many_enquiries"
    assert 3_590 <= int(refused.headers["Retry-After"]) <= 3_600
    assert ask(client, email="b@x.io").status_code == 201
    later(timedelta(hours=1))
    assert ask(client, email="a@x.io").status_code == 201


def test_one_caller_asks_thirty_times_an_hour(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = [ask(client, plan="none").status_code for _ in range(20)]
    soon = clock.now().timestamp() + 90
    monkeypatch.setattr("time.time", lambda: soon)
    codes += [ask(client, plan="none").status_code for _ in range(11)]
    assert codes == [422] * 30 + [429]


def test_what_nobody_could_be_written_about_is_written_once_it_can(
    client: FlaskClient, connect: Connect
) -> None:
    ask(client)
    jobs.pass_enquiries_on()
    assert (len(kept()), mails()) == (1, [])
    connect(sales_email=SALES, smtp_url="smtp://127.0.0.1:1")
    jobs.pass_enquiries_on()
    jobs.pass_enquiries_on()
    assert [mail.recipient for mail in mails()] == [SALES]


def test_a_mail_that_was_given_up_is_written_again_until_a_server_takes_one(
    client: FlaskClient, connect: Connect, later: Callable[[timedelta], None]
) -> None:
    connect(sales_email=SALES, smtp_url="smtp://127.0.0.1:1")
    ask(client)
    later(timedelta(hours=23))
    jobs.pass_enquiries_on()
    assert len(mails()) == 1
    later(timedelta(hours=1))
    jobs.pass_enquiries_on()
    assert (len(mails()), kept()[0].mailed_at) == (2, None)
    taken_by_a_server()
    later(timedelta(hours=25))
    jobs.pass_enquiries_on()
    assert len(mails()) == 2
    assert kept()[0].mailed_at is not None


def test_only_what_was_mailed_a_year_ago_is_forgotten(
    client: FlaskClient, connect: Connect, later: Callable[[timedelta], None]
) -> None:
    ask(client, name="Unheard")
    connect(sales_email=SALES)
    ask(client, name="Heard")
    taken_by_a_server()
    jobs.pass_enquiries_on()
    later(timedelta(days=365, seconds=1))
    jobs.prune()
    assert [row.name for row in kept()] == ["Unheard"]


def test_administrators_read_them_page_by_page_and_nobody_else(
    app: Flask, client: FlaskClient, user: User
) -> None:
    [ask(client, name=f"Nr {number}", email=f"{number}@x.io") for number in range(3)]
    assert client.get("/api/admin/enquiries").status_code == 401
    assert client.get("/api/admin/enquiries", headers=headers_for(app, user)).status_code == 403
    admin = headers_for(app, make_user("admin@example.com", role="admin"))
    page = client.get("/api/admin/enquiries?page=2&limit=2", headers=admin).json
    assert (page["total"], page["page"], page["limit"]) == (3, 2, 2)
    [row] = page["enquiries"]
    assert (row["name"], row["plan"], row["user_id"]) == ("Nr 0", "premium", None)
    assert row["mailed_at"] is None
