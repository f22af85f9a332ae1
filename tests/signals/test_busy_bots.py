"""Signals whose bot somebody else works on when their turn comes."""

import time
import uuid
from collections.abc import Callable, Iterator
from threading import Event, Thread
from types import SimpleNamespace

import pytest

from tradingrobotplug import db
from tradingrobotplug.models import Bot, Signal
from tradingrobotplug.signals import jobs
from tradingrobotplug.signals.turn import Turn
from tradingrobotplug.trading.locks import bot_lock

from .conftest import signal_of

Send = Callable[..., uuid.UUID]


@pytest.fixture
def let_go(bot: Bot) -> Iterator[Event]:
    """Somebody has the bot's lock, until it is set."""
    taken, let_go = Event(), Event()

    def hold() -> None:
        with db.engine().connect() as connection, bot_lock(connection, bot.id):
            taken.set()
            let_go.wait(5)

    holder = Thread(target=hold)
    holder.start()
    assert taken.wait(5)
    yield let_go
    let_go.set()
    holder.join(5)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long it was waited for the bot, each time."""
    pauses: list[float] = []
    pause(monkeypatch, pauses.append)
    return pauses


def pause(monkeypatch: pytest.MonkeyPatch, sleep: Callable[[float], None]) -> None:
    ours = SimpleNamespace(monotonic=time.monotonic, sleep=sleep)  # other threads sleep as before
    monkeypatch.setattr(jobs, "time", ours)


def work(bot: Bot) -> None:
    jobs.process_signals(str(bot.id))


def test_who_takes_in_fills_is_waited_for(
    markets: None, bot: Bot, send: Send, let_go: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    signal_id = send()
    pause(monkeypatch, lambda _: let_go.set())
    work(bot)
    assert signal_of(signal_id).status == "done"


def test_for_a_quarter_of_a_second(
    markets: None, bot: Bot, send: Send, let_go: Event, pauses: list[float]
) -> None:
    signal_id = send()
    work(bot)
    assert signal_of(signal_id).status == "received"
    assert pauses


def test_who_carries_out_signals_is_not(
    markets: None, bot: Bot, send: Send, let_go: Event, pauses: list[float]
) -> None:
    signal_id = send()
    with db.transaction() as session:
        session.get_one(Signal, signal_id).status = "processing"
    work(bot)
    assert not pauses


def test_he_sees_what_came_while_he_was_at_it(
    markets: None, bot: Bot, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, later, carry_out = send(), [], jobs.work_off

    def work_off(turn: Turn) -> None:
        carry_out(turn)
        if not later:
            later.append(send())
            work(bot)  # its ring finds the bot busy

    monkeypatch.setattr(jobs, "work_off", work_off)
    monkeypatch.setattr(jobs, "_KEPT_SECONDS", 0)
    work(bot)
    assert [signal_of(one).status for one in (first, *later)] == ["done", "done"]
