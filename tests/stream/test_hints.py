"""When a hint goes out, and that it never holds anything up."""

import json
import os
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis.client import PubSub

from tests.factories import headers_for, make_bot
from tests.signals.alerts import post
from tests.venues import markets, sandbox
from tradingrobotplug import db, live, queues
from tradingrobotplug.embedded import Engine
from tradingrobotplug.models import Bot, User
from tradingrobotplug.performance import jobs as performance
from tradingrobotplug.signals.jobs import process_signals

from .conftest import redis

__all__ = ["markets", "redis", "sandbox"]


@pytest.fixture
def bot(user: User) -> Bot:
    return make_bot(user)


@pytest.fixture
def heard(user: User) -> Iterator[PubSub]:
    with queues.redis().pubsub() as found:
        found.subscribe(live.channel(user.id))
        found.get_message(timeout=1)
        yield found


def until_quiet(heard: PubSub, seconds: float = 0.5) -> list[dict[str, Any]]:
    """What is said until nothing has been for a while."""
    found = iter(lambda: heard.get_message(timeout=seconds), None)
    return [json.loads(message["data"]) for message in found]


def kinds(heard: PubSub) -> list[str]:
    return [hint["type"] for hint in until_quiet(heard)]


def note(session: Any, bot: Bot) -> None:
    live.note(session, "bot", bot.user_id, bot.id, bot.id)


def test_an_alert_is_told_of_when_it_is_stored(
    client: FlaskClient, bot: Bot, heard: PubSub
) -> None:
    signal_id = post(client, bot).get_json()["signal_id"]
    (hint,) = until_quiet(heard)
    assert (hint["type"], hint["bot_id"], hint["id"]) == ("signal", str(bot.id), signal_id)


def test_a_trade_is_told_of_step_by_step(
    client: FlaskClient, markets: None, bot: Bot, heard: PubSub
) -> None:
    post(client, bot)
    process_signals(str(bot.id))
    performance.refresh(str(bot.id))
    assert kinds(heard) == ["signal", "order", "position", "signal", "figures"]


def test_a_refresh_that_finds_nothing_new_says_nothing(bot: Bot, heard: PubSub) -> None:
    performance.refresh(str(bot.id))
    assert until_quiet(heard) == []


def test_a_discarded_signal_is_told_of(
    app: Flask, client: FlaskClient, user: User, bot: Bot, heard: PubSub
) -> None:
    signal_id = post(client, bot).get_json()["signal_id"]
    client.post(f"/api/signals/{signal_id}/discard", headers=headers_for(app, user))
    assert [hint["id"] for hint in until_quiet(heard)] == [signal_id, signal_id]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "", {"name": "Other"}),
        ("POST", "/status", {"status": "stopped"}),
        ("DELETE", "", None),
    ],
)
def test_a_changed_bot_is_told_of(
    app: Flask, client: FlaskClient, user: User, bot: Bot, heard: PubSub, method: str, path: str,
    body: object,
) -> None:  # fmt: skip
    url = f"/api/bots/{bot.id}{path}"
    client.open(url, method=method, json=body, headers=headers_for(app, user))
    assert [(hint["type"], hint["id"]) for hint in until_quiet(heard)] == [("bot", str(bot.id))]


def fail_after_noting(bot: Bot) -> None:
    with db.transaction() as session:
        note(session, bot)
        raise ZeroDivisionError


def test_what_was_rolled_back_is_not_told_of(bot: Bot, heard: PubSub) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_after_noting(bot)
    assert until_quiet(heard) == []


def test_nothing_is_told_before_the_commit(bot: Bot, heard: PubSub) -> None:
    with db.transaction() as session:
        with session.begin_nested():
            note(session, bot)
        assert until_quiet(heard) == []
    assert kinds(heard) == ["bot"]


def test_a_frozen_redis_holds_no_commit_up(
    redis: Callable[[], Engine], user: User, bot: Bot
) -> None:
    pid = queues.redis().info("server")["process_id"]
    os.kill(pid, signal.SIGSTOP)
    try:
        started = time.monotonic()
        with db.transaction() as session:
            note(session, bot)
        took = time.monotonic() - started
    finally:
        os.kill(pid, signal.SIGCONT)
    assert took < 0.1


def test_hints_that_pile_up_are_dropped_not_waited_for(
    redis: Callable[[], Engine], bot: Bot
) -> None:
    queues.redis().shutdown(nosave=True)
    hint = live.Hint(bot.user_id, "bot", bot.id, uuid.uuid4())
    started = time.monotonic()
    [live.publish(hint) for _ in range(3000)]
    took = time.monotonic() - started
    redis()
    assert took < 0.5
