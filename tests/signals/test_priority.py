"""Whatever a user's signals come from, those of a plan with priority go ahead of what waits."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rq import Queue
from rq.serializers import JSONSerializer

from tests.bots.traders import subscribe
from tests.factories import headers_for, make_bot
from tests.signals.alerts import post
from tradingrobotplug import clock, db, queues
from tradingrobotplug.models import Bot, Subscription, User
from tradingrobotplug.plans import catalogue, priority
from tradingrobotplug.robots import jobs as robots
from tradingrobotplug.robots.runner import Alert
from tradingrobotplug.signals import jobs
from tradingrobotplug.signals.service import record_signal

AHEAD = next(plan.id for plan in catalogue.plans() if plan.has_priority)
BESIDE = next(plan.id for plan in catalogue.plans() if not plan.has_priority and plan.live_trading)
BODY = b'{"action": "buy", "symbol": "BTC-USD", "quantity": "0.001"}'
Act = Callable[[FlaskClient, dict[str, str], Bot], object]


def waiting() -> list[str]:
    queue = Queue(queues.SIGNALS, connection=queues.redis(), serializer=JSONSerializer)
    return [str(job.args[0]) for job in queue.jobs if job.func_name == queues.PROCESS_SIGNALS[1]]


def over_the_api(path: str, **body: Any) -> Act:
    return lambda client, headers, bot: client.post(
        f"/api/bots/{bot.id}/{path}", json=body, headers=headers
    )


def replay(client: FlaskClient, headers: dict[str, str], bot: Bot) -> None:
    with db.transaction() as session:
        old = record_signal(session, bot.id, BODY, None, "test", clock.now())
        assert old is not None
        old.status = "ignored"
    answer = client.post(f"/api/signals/{old.id}/replay", json={"to": "bot"}, headers=headers)
    assert answer.status_code in (200, 201), answer.text


def decide(client: FlaskClient, headers: dict[str, str], bot: Bot) -> None:
    robots._emit([Alert(bot.id, "robot:TSLA:1", BODY)], clock.now())


def stop_all(client: FlaskClient, headers: dict[str, str], bot: Bot) -> None:
    client.post("/api/halt", json={"level": "cancel"}, headers=headers)
    jobs.carry_out_halts()


WAYS: dict[str, Act] = {
    "an alert": lambda client, headers, bot: post(client, bot),
    "a test": over_the_api("test-signal"),
    "a stop": over_the_api("halt", level="cancel"),
    "a replay": replay,
    "a robot": decide,
    "a stop of all": stop_all,
}


@pytest.mark.parametrize(("plan_id", "place"), [(AHEAD, 0), (BESIDE, 1)])
@pytest.mark.parametrize("way", WAYS)
def test_signals_of_each_kind_are_rung_by_their_users_plan(
    app: Flask, client: FlaskClient, user: User, way: str, plan_id: str, place: int
) -> None:
    subscribe(user, plan_id)
    bot, headers = make_bot(user), headers_for(app, user)
    queues.enqueue(queues.PROCESS_SIGNALS, "waits already")
    WAYS[way](client, headers, bot)
    until = time.monotonic() + 3  # alerts are rung for by a thread of their own
    while len(waiting()) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    expected = ["waits already"]
    expected.insert(place, str(bot.id))
    assert waiting() == expected


def test_a_lapsed_plan_has_no_priority(user: User) -> None:
    subscribe(user, AHEAD)
    bot = make_bot(user)
    assert priority._standing([bot.id]) == {bot.id: True}
    with db.transaction() as session:
        session.get_one(Subscription, user.id).lapsed_at = clock.now()
    assert priority._standing([bot.id]) == {bot.id: False}


def test_a_redis_that_is_away_loses_nothing(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    bot = make_bot(user)
    queues.connect("redis://127.0.0.1:1/0")
    assert priority.ring(bot.id) is False
    assert priority.ring() is True
