"""From an event to a message: written with what happened, sent once, summed up, tried again."""

import hashlib
import hmac
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import select

from tests.factories import make_bot, make_user
from tests.mailbox import mails
from tests.notify.services import Service
from tradingrobotplug import clock, db, queues
from tradingrobotplug.models import Bot, Notification, NotificationChannel, User
from tradingrobotplug.notify import delivery, events, jobs
from tradingrobotplug.notify.events import Event, Kind
from tradingrobotplug.vault.keyring import VaultUnavailable

BUY = {"symbol": "BTC-USD", "side": "buy", "quantity": "0.5", "price": "50010", "mode": "paper"}
WHY = {"reason": "The market is closed."}
Add = Callable[..., Any]
Headers = dict[str, str]
Patch = pytest.MonkeyPatch


def tell(bot: Bot, kind: Kind = Kind.FILL, key: str = "1", **more: Any) -> int:
    facts = BUY if kind == Kind.FILL else WHY
    event = Event(kind, key, bot.user_id, bot.id, more.pop("facts", facts), **more)
    with db.transaction() as session:
        return events.emit(session, event, clock.now())


def rows() -> list[Notification]:
    with db.transaction() as session:
        return list(session.scalars(select(Notification).order_by(Notification.id)))


def later(monkeypatch: Patch, wait: timedelta) -> None:
    moment = clock.now() + wait
    monkeypatch.setattr("tradingrobotplug.clock.now", lambda: moment)


def rung() -> list[str]:
    queue = Queue(queues.GENERAL, connection=queues.redis(), serializer=JSONSerializer)
    return [job.func_name for job in queue.jobs]


def test_an_event_becomes_a_message_of_its_bot(add: Add, bot: Bot, service: Service) -> None:
    add("telegram")
    tell(bot)
    jobs.deliver_due()
    assert service.texts == ["Night owl: Order filled\nBought 0.5 BTC-USD at 50010 on paper."]
    assert [row.sent_at is None for row in rows()] == [False]


def test_a_webhook_is_signed_with_the_time_and_the_secret_that_was_shown(
    add: Add, bot: Bot, service: Service
) -> None:
    secret = add("webhook")["signing_secret"]
    tell(bot)
    jobs.deliver_due()
    request = service.last
    timestamp = request.headers["X-TRP-Timestamp"]
    signed = hmac.new(secret.encode(), f"{timestamp}.".encode() + request.body, hashlib.sha256)
    assert request.headers["X-TRP-Signature"] == f"v1={signed.hexdigest()}"
    assert abs(int(timestamp) - clock.now().timestamp()) < 60
    assert (request.json["type"], request.json["bot"]["name"]) == ("fill", "Night owl")
    assert request.json["events"][0] == {
        "id": str(rows()[0].id),
        "at": rows()[0].created_at.isoformat(),
        "facts": BUY,
    }


def test_the_same_event_is_told_once_through_each_channel(add: Add, bot: Bot) -> None:
    add("slack")
    add("discord")
    assert [tell(bot), tell(bot), tell(bot, key="2")] == [2, 0, 2]


def test_what_is_rolled_back_is_neither_kept_nor_rung_for(add: Add, bot: Bot) -> None:
    add("slack")
    with db.transaction() as session:
        events.emit(session, Event(Kind.FILL, "1", bot.user_id, bot.id, BUY), clock.now())
        session.rollback()
    assert (rows(), rung()) == ([], [])


def test_a_worker_is_rung_by_the_commit_with_the_id_alone(add: Add, bot: Bot) -> None:
    add("slack")
    tell(bot)
    queue = Queue(queues.GENERAL, connection=queues.redis(), serializer=JSONSerializer)
    assert [(job.func_name, job.args) for job in queue.jobs] == [
        (queues.NOTIFY[1], [str(rows()[0].id)])
    ]


def test_running_the_job_again_or_at_once_sends_one_message(
    add: Add, bot: Bot, service: Service
) -> None:
    add("slack")
    tell(bot)
    mine = str(rows()[0].id)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: jobs.deliver(mine), range(8)))
    jobs.deliver(mine)
    jobs.deliver(str(uuid.uuid4()))
    assert len(service.requests) == 1


def test_a_bot_that_fires_often_sends_one_message_a_minute_and_sums_the_rest_up(
    add: Add, bot: Bot, service: Service, monkeypatch: Patch
) -> None:
    add("discord")
    for number in range(30):
        tell(bot, key=str(number))
        jobs.deliver_due()
    assert len(service.requests) == 1
    later(monkeypatch, timedelta(seconds=61))
    jobs.deliver_due()
    jobs.deliver_due()
    first, rest = service.texts
    assert first.startswith("Night owl: Order filled")
    assert rest.startswith("Night owl: 29 fills\nBought 0.5")
    assert rest.endswith("And 9 more.")
    assert [row for row in rows() if row.sent_at is None] == []


def test_other_kinds_bots_and_channels_do_not_wait_for_it(
    add: Add, bot: Bot, user: User, service: Service
) -> None:
    add("discord")
    tell(bot)
    jobs.deliver_due()
    tell(bot, Kind.DEAD)
    tell(make_bot(user, name="Early bird"), key="2")
    jobs.deliver_due()
    assert sorted(text.split("\n")[0] for text in service.texts) == [
        "Early bird: Order filled",
        "Night owl: Alert given up",
        "Night owl: Order filled",
    ]


def test_what_waits_for_its_minute_is_not_looked_at_in_between(
    add: Add, bot: Bot, service: Service, monkeypatch: Patch
) -> None:
    add("discord")
    tell(bot)
    jobs.deliver_due()
    tell(bot, key="2")
    jobs.deliver_due()
    queues.redis().flushall()
    jobs.sweep()
    assert rung() == []
    later(monkeypatch, timedelta(seconds=61))
    jobs.sweep()
    assert rung() == [queues.NOTIFY_DUE[1]]


def test_a_service_that_is_down_is_asked_again_after_growing_waits_then_given_up(
    add: Add, bot: Bot, service: Service, monkeypatch: Patch
) -> None:
    add("webhook")
    service.replies = [(503, b"", {})] * 20
    tell(bot)
    waits = []
    for _ in range(12):
        jobs.deliver_due()
        wait = rows()[0].next_attempt_at - clock.now()
        waits.append(round(wait.total_seconds() / 60))
        later(monkeypatch, wait + timedelta(seconds=1))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60]
    assert (len(service.requests), rows()[0].attempts) == (12, 12)
    assert (rows()[0].given_up_at is None, rows()[0].last_error) == (False, "It answered 503.")


def test_a_wait_that_the_service_asks_for_is_kept(
    add: Add, bot: Bot, service: Service, monkeypatch: Patch
) -> None:
    now = clock.now()
    monkeypatch.setattr("tradingrobotplug.clock.now", lambda: now)
    add("discord")
    service.replies = [(429, b'{"message": "slow down"}', {"Retry-After": "600"})]
    tell(bot)
    jobs.deliver_due()
    assert rows()[0].next_attempt_at == now + timedelta(seconds=600)


@pytest.mark.parametrize(
    ("kind", "status"), [("telegram", 403), ("discord", 404), ("slack", 410), ("webhook", 410)]
)
def test_a_chat_that_is_gone_is_given_up_at_once_and_its_channel_says_why(
    kind: str, status: int, add: Add, bot: Bot, service: Service
) -> None:
    add(kind)
    service.replies = [(status, b"gone for good", {})]
    tell(bot)
    jobs.deliver_due()
    [row] = rows()
    with db.transaction() as session:
        error = session.scalars(select(NotificationChannel.last_error)).one()
    assert (row.given_up_at is None, row.attempts) == (False, 1)
    assert row.last_error == error
    assert f"answered {status}" in str(error)


def test_a_success_clears_what_the_channel_says(
    add: Add, bot: Bot, service: Service, monkeypatch: Patch
) -> None:
    add("webhook")
    service.replies = [(500, b"", {})]
    tell(bot)
    jobs.deliver_due()
    later(monkeypatch, timedelta(seconds=61))
    jobs.deliver_due()
    with db.transaction() as session:
        channel = session.scalars(select(NotificationChannel)).one()
    assert (channel.last_error, channel.last_sent_at) == (None, clock.now())


def test_a_worker_that_died_while_sending_loses_nothing(
    add: Add, bot: Bot, service: Service, monkeypatch: Patch
) -> None:
    add("webhook")
    tell(bot)
    with db.transaction() as session:
        assert delivery.claim(session, rows()[0].id, clock.now())
    jobs.deliver_due()
    assert service.requests == []
    later(monkeypatch, timedelta(seconds=61))
    jobs.deliver_due()
    assert service.last.json["events"][0]["id"] == str(rows()[0].id)


def test_one_that_died_in_the_last_attempt_leaves_it_given_up(
    add: Add, bot: Bot, service: Service
) -> None:
    add("webhook")
    tell(bot)
    with db.transaction() as session:
        session.get_one(Notification, rows()[0].id).attempts = delivery.MOST_ATTEMPTS
    jobs.deliver_due()
    assert (service.requests, rows()[0].last_error) == ([], "The last attempt was cut off.")
    assert rows()[0].given_up_at is not None


def test_without_the_vault_a_message_waits(
    add: Add, bot: Bot, service: Service, monkeypatch: Patch
) -> None:
    add("webhook")
    tell(bot)
    monkeypatch.setattr("tradingrobotplug.vault.keyring._keyring", Locked())
    jobs.deliver_due()
    [row] = rows()
    assert (row.given_up_at, row.sent_at, service.requests) == (None, None, [])
    assert "can't be used now" in str(row.last_error)


class Locked:
    """A key service that is away."""

    def unwrap(self, *_: Any) -> bytes:
        raise VaultUnavailable("it is away")


def test_grave_events_are_mailed_without_any_setting_up(user: User, bot: Bot) -> None:
    assert [tell(bot, Kind.DEAD), tell(bot, Kind.FILL), tell(bot, Kind.REFUSED)] == [1, 0, 0]
    jobs.deliver_due()
    [mail] = mails()
    assert (mail.recipient, mail.subject) == (user.email, "Night owl: Alert given up")
    assert "The market is closed." in mail.text
    assert rows()[0].sent_at is not None


def test_mail_is_summed_up_like_the_rest(bot: Bot, monkeypatch: Patch) -> None:
    for number in range(5):
        tell(bot, Kind.IN_DOUBT, key=str(number))
    jobs.deliver_due()
    assert [mail.subject for mail in mails()] == ["Night owl: 5 orders in doubt"]


def test_what_a_letter_says_already_is_not_mailed_again(add: Add, bot: Bot) -> None:
    add("slack")
    assert tell(bot, Kind.LOST_KEY, is_mailed=True) == 1
    assert rows()[0].channel_id is not None


def test_a_switched_off_event_is_not_even_kept(
    add: Add, bot: Bot, client: FlaskClient, headers: Headers
) -> None:
    places = ["mail", add("slack")["channel"]["id"]]
    chosen = [{"event": "dead", "channel": place, "wanted": False} for place in places]
    client.put("/api/notification-preferences", json={"preferences": chosen}, headers=headers)
    assert (tell(bot, Kind.DEAD), rows()) == (0, [])


def test_the_house_account_is_told_nothing(clean: None) -> None:
    house = make_bot(make_user("house@example.com", is_house=True))
    assert tell(house, Kind.DEAD) == 0


def test_an_account_whose_address_no_mail_reaches_gives_up_with_the_reason(clean: None) -> None:
    nobody = make_bot(make_user("no one@example.com"))
    tell(nobody, Kind.DEAD)
    jobs.deliver_due()
    assert (mails(), rows()[0].last_error) == ([], "Mail can't be sent to the account's address.")


def test_a_name_can_neither_call_a_room_nor_format_it(add: Add, bot: Bot, service: Service) -> None:
    add("slack")
    add("discord")
    add("telegram")
    tell(bot, Kind.REFUSED, facts={"reason": "<!channel> @everyone [x](https://x.example)\n\x07"})
    jobs.deliver_due()
    said = {request.path.split("/")[1]: request.json for request in service.requests}
    assert "&lt;!channel&gt;" in said["services"]["text"]
    assert said["api"]["allowed_mentions"] == {"parse": []}
    assert [text.count("\n") for text in service.texts] == [1, 1, 1]
    assert all("\x07" not in text for text in service.texts)
    assert not any("parse_mode" in body for body in said.values())


def test_old_notifications_are_forgotten_after_thirty_days(
    add: Add, bot: Bot, monkeypatch: Patch
) -> None:
    add("slack")
    tell(bot)
    later(monkeypatch, timedelta(days=29))
    tell(bot, key="2")
    later(monkeypatch, timedelta(days=2))
    jobs.prune()
    assert [row.key for row in rows()] == ["2"]
