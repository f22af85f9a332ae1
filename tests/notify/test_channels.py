"""Channels over HTTP: set up with what leads to them, which is never shown again."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from tests.factories import headers_for, make_user
from tests.mailbox import mails
from tests.notify.conftest import TOKEN, reached
from tests.notify.services import Service
from tradingrobotplug import db
from tradingrobotplug.models import NotificationChannel, User
from tradingrobotplug.notify.events import Kind

CHANNELS = "/api/notification-channels"
PREFERENCES = "/api/notification-preferences"
SECRETS = (TOKEN, "discord-secret", "slack-secret", "webhook-secret")
KINDS = ("telegram", "discord", "slack", "webhook")
Add = Callable[..., Any]
Headers = dict[str, str]


def rows() -> list[NotificationChannel]:
    with db.transaction() as session:
        return list(session.scalars(select(NotificationChannel)))


def dumped() -> str:
    with db.transaction() as session:
        found = session.execute(text("SELECT c::text FROM notification_channels c"))
        return "\n".join(found.scalars())


@pytest.mark.parametrize("kind", KINDS)
def test_a6_what_leads_to_a_channel_is_kept_sealed_and_never_shown(
    kind: str, add: Add, client: FlaskClient, headers: Headers
) -> None:
    made = add(kind)
    listed = client.get(CHANNELS, headers=headers)
    assert listed.json["channels"] == [made["channel"]]
    shown = str(made["channel"]) + listed.text + dumped()
    assert [secret for secret in SECRETS if secret in shown] == []
    assert not made["signing_secret"] or made["signing_secret"] not in shown


@pytest.mark.parametrize(
    ("kind", "target"), [("telegram", "-100200300"), *[(kind, "127.0.0.1") for kind in KINDS[1:]]]
)
def test_a_channel_is_known_by_what_is_no_secret(kind: str, target: str, add: Add) -> None:
    channel = add(kind)["channel"]
    assert (channel["kind"], channel["target"], channel["last_error"]) == (kind, target, None)


def test_only_a_webhook_has_a_signing_secret(add: Add) -> None:
    secrets = [add(kind)["signing_secret"] for kind in KINDS]
    assert secrets[:3] == [None, None, None]
    assert secrets[3].startswith("whsec_")
    assert len(secrets[3]) > 40


def test_setting_a_channel_up_is_mailed_without_its_secrets(add: Add) -> None:
    add("discord")
    [mail] = mails()
    words = " ".join(mail.text.split())
    assert (mail.kind, "“Discord” as well (Discord, 127.0.0.1)" in words) == (
        "channel_set_up",
        True,
    )
    assert "discord-secret" not in mail.text + mail.html


@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [
        ("telegram", {"url": "https://example.com/"}, "missing_fields"),
        ("webhook", {"chat_id": "1", "bot_token": TOKEN}, "missing_fields"),
        ("slack", {}, "missing_fields"),
        ("discord", {"url": "https://discord.com.example.com/api/webhooks/1/2"}, None),
        ("slack", {"url": "https://example.com/services/1"}, None),
        ("webhook", {"url": "https://10.0.0.1/"}, None),
        ("webhook", {"url": "http://example.com/"}, None),
    ],
)
def test_what_does_not_lead_to_its_kind_of_channel_is_refused(
    kind: str, fields: dict[str, str], code: str | None, client: FlaskClient, headers: Headers
) -> None:
    answer = client.post(CHANNELS, json={"kind": kind, "name": "x"} | fields, headers=headers)
    assert (answer.status_code, answer.json["error"]) == (422, code or "address_not_allowed")
    assert rows() == []


@pytest.mark.parametrize(
    "fields", [{"bot_token": "x"}, {"chat_id": "../x"}, {"name": "a\nb"}, {"kind": "fax"}]
)
def test_fields_that_could_not_be_are_refused(
    fields: dict[str, str], client: FlaskClient, headers: Headers, service: Service
) -> None:
    given = {"kind": "telegram", "name": "x"} | reached(service, "telegram") | fields
    assert client.post(CHANNELS, json=given, headers=headers).status_code == 422


def test_a_name_is_used_once_and_there_are_ten_at_most(
    add: Add, client: FlaskClient, headers: Headers, service: Service
) -> None:
    given = {"kind": "webhook", "name": "Mine"} | reached(service, "webhook")
    add(name="Mine")
    again = client.post(CHANNELS, json=given, headers=headers)
    assert (again.status_code, again.json["error"]) == (409, "name_taken")
    made = [add(name=f"Number {number}") for number in range(9)]
    more = client.post(CHANNELS, json=given | {"name": "More"}, headers=headers)
    assert (len(made), more.status_code, more.json["error"]) == (9, 409, "too_many_channels")


def test_renaming_keeps_the_record_and_its_secret(
    add: Add, client: FlaskClient, headers: Headers
) -> None:
    path = f"{CHANNELS}/{add()['channel']['id']}"
    [before] = rows()
    answer = client.put(path, json={"name": "Other"}, headers=headers).json
    assert (answer["channel"]["name"], answer["signing_secret"]) == ("Other", None)
    assert [row.sealed_record for row in rows()] == [before.sealed_record]


def test_a_new_address_brings_a_new_secret_and_is_mailed(
    add: Add, client: FlaskClient, headers: Headers, service: Service
) -> None:
    made = add()
    path = f"{CHANNELS}/{made['channel']['id']}"
    answer = client.put(path, json={"url": f"{service.url}/elsewhere"}, headers=headers).json
    assert answer["signing_secret"] not in (None, made["signing_secret"])
    client.post(f"{path}/test", headers=headers)
    assert (service.last.path, len(mails())) == ("/elsewhere", 2)


def test_a_removed_channel_is_gone(add: Add, client: FlaskClient, headers: Headers) -> None:
    path = f"{CHANNELS}/{add()['channel']['id']}"
    assert client.delete(path, headers=headers).json == {"success": True}
    assert client.delete(path, headers=headers).status_code == 404
    assert rows() == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_test_message_arrives_as_its_service_wants_it(
    kind: str, add: Add, client: FlaskClient, headers: Headers, service: Service
) -> None:
    path = f"{CHANNELS}/{add(kind)['channel']['id']}/test"
    answer = client.post(path, headers=headers)
    assert answer.json == {"delivered": True, "reason": None}
    assert "This channel works" in service.texts[0]
    assert (
        service.last.path
        == {
            "telegram": f"/bot{TOKEN}/sendMessage",
            "discord": "/api/webhooks/1/discord-secret",
            "slack": "/services/T0/B0/slack-secret",
            "webhook": "/in/webhook-secret",
        }[kind]
    )


@pytest.mark.parametrize(
    ("kind", "status", "body", "said"),
    [
        ("telegram", 400, b'{"description": "chat not found"}', "answered 400: chat not found"),
        ("discord", 404, b'{"message": "Unknown Webhook"}', "answered 404: Unknown Webhook"),
        ("slack", 403, b"invalid_token", "answered 403: invalid_token"),
        ("webhook", 302, b"private words", "answered 302: redirects are not followed."),
        ("webhook", 500, b"private words", "answered 500."),
    ],
)
def test_a_test_says_why_nothing_arrived(
    kind: str, status: int, body: bytes, said: str,
    add: Add, client: FlaskClient, headers: Headers, service: Service,
) -> None:  # fmt: skip
    service.replies = [(status, body, {"Location": service.url})]
    path = f"{CHANNELS}/{add(kind)['channel']['id']}/test"
    answer = client.post(path, headers=headers).json
    assert answer == {"delivered": False, "reason": f"It {said}"}


def test_k2_a_record_moved_to_another_channel_does_not_open(
    add: Add, app: Flask, client: FlaskClient, headers: Headers, service: Service
) -> None:
    first, second = add(name="First")["channel"], add(name="Second")["channel"]
    with db.transaction() as session:
        one, other = (session.get_one(NotificationChannel, c["id"]) for c in (first, second))
        one.sealed_record, one.wrapped_key = other.sealed_record, other.wrapped_key
    answer = client.post(f"{CHANNELS}/{first['id']}/test", headers=headers).json
    assert (answer["delivered"], "Set it up anew" in answer["reason"]) == (False, True)
    assert service.requests == []


def test_setting_up_changing_and_removing_need_a_fresh_second_factor(
    add: Add, client: FlaskClient, headers: Headers, user: User, service: Service
) -> None:
    path = f"{CHANNELS}/{add()['channel']['id']}"
    with db.transaction() as session:
        session.execute(text("UPDATE user_sessions SET proved_at = proved_at - interval '11 min'"))
    given = {"kind": "webhook", "name": "x"} | reached(service, "webhook")
    answers = [
        client.post(CHANNELS, json=given, headers=headers),
        client.put(path, json={"name": "x"}, headers=headers),
        client.delete(path, headers=headers),
    ]
    assert [answer.json["error"] for answer in answers] == ["step_up_required"] * 3


def test_mail_tells_what_is_grave_and_a_channel_everything_until_the_user_says_otherwise(
    add: Add, client: FlaskClient, headers: Headers
) -> None:
    channel = add()["channel"]["id"]
    found = client.get(PREFERENCES, headers=headers).json["preferences"]
    wanted = {(one["event"], one["channel"]): one["wanted"] for one in found}
    assert {event for event, place in wanted if place == "mail" and not wanted[event, place]} == {
        "fill",
        "refused",
    }
    assert all(wanted[event, place] for event, place in wanted if place == channel)
    assert len(found) == 2 * len(Kind)


def test_what_is_chosen_stays_and_the_rest_is_left(
    add: Add, client: FlaskClient, headers: Headers
) -> None:
    channel = add()["channel"]["id"]
    chosen = [
        {"event": "fill", "channel": "mail", "wanted": True},
        {"event": "dead", "channel": channel, "wanted": False},
    ]
    before = client.get(PREFERENCES, headers=headers).json["preferences"]
    after = client.put(PREFERENCES, json={"preferences": chosen}, headers=headers).json
    assert client.get(PREFERENCES, headers=headers).json == after
    assert [one for one in after["preferences"] if one not in before] == chosen


def test_a3_nobody_chooses_for_another_ones_channel(add: Add, app: Flask) -> None:
    channel = add()["channel"]["id"]
    stranger = headers_for(app, make_user("stranger@example.com"))
    body = {"preferences": [{"event": "fill", "channel": channel, "wanted": False}]}
    answer = app.test_client().put(PREFERENCES, json=body, headers=stranger)
    assert (answer.status_code, answer.json["error"]) == (404, "channel_not_found")
