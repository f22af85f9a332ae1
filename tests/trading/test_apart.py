"""What is wrong with one bot leaves the others their matching, their fills and their protection."""

import logging
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.factories import make_bot
from tests.trading.accounts import at_alpaca, bot_at, open_vault
from tests.trading.conftest import Desk, rows
from tests.venues import Sandbox
from tradingrobotplug import db
from tradingrobotplug.brokers import paper_resting
from tradingrobotplug.brokers.paper import books_of
from tradingrobotplug.config import Settings
from tradingrobotplug.models import Position, TradingAccount, User
from tradingrobotplug.trading import alarms, held, jobs

BOTH = pytest.mark.parametrize("place", [0, 1])


def failing(real: Callable[..., Any], is_spoilt: Callable[..., bool]) -> Callable[..., Any]:
    """The same, but for what is spoilt."""

    def maybe(*arguments: Any, **named: Any) -> Any:
        if is_spoilt(*arguments):
            raise RuntimeError("spoilt")
        return real(*arguments, **named)

    return maybe


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]


@pytest.fixture
def desks(user: User, markets: Sandbox) -> list[Desk]:
    """Two bots with half a Bitcoin each, whose stops the market has just reached."""
    found = [Desk(make_bot(user, name=name), markets) for name in ("One", "Two")]
    found[0].price("50000")
    for desk in found:
        desk.trade("buy", "0.5", stop_loss=Decimal(45_000))
    found[0].price("44000")
    return found


@BOTH
def test_a_bot_that_cant_be_matched_stops_no_other(
    desks: list[Desk], place: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    spoilt = desks[place].bot.id
    broken = failing(books_of, lambda _, account, *rest: account.bot_id == spoilt)
    monkeypatch.setattr(paper_resting, "books_of", broken)
    jobs.settle()
    assert [position.bot_id for position in rows(Position)] == [spoilt]
    assert told(caplog) == ["paper.bot_failed"]


@BOTH
def test_a_bot_whose_books_cant_follow_stops_no_other(
    desks: list[Desk], place: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    spoilt = desks[place].bot.id
    monkeypatch.setattr(jobs, "_follow", failing(jobs._follow, lambda bot_id, *_: bot_id == spoilt))
    jobs.settle()
    assert [position.bot_id for position in rows(Position)] == [spoilt]
    assert told(caplog) == ["settle.failed"]


def test_no_step_of_a_settlement_stops_the_next(
    desks: list[Desk], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done = []
    broken = failing(lambda *_: None, lambda *_: True)
    monkeypatch.setattr(jobs, "match_resting", broken)
    monkeypatch.setattr(held, "sighted", broken)
    monkeypatch.setattr(jobs, "_due", lambda *_: [desk.bot.id for desk in desks])
    monkeypatch.setattr(jobs, "_follow", lambda bot_id, *_: done.append(bot_id))
    monkeypatch.setattr(alarms, "raise_and_clear", lambda *_: done.append("alarms"))
    jobs.settle()
    assert done == [*(desk.bot.id for desk in desks), "alarms"]
    assert told(caplog) == ["settle.not_matched", "settle.not_watched"]


@BOTH
def test_a_bot_whose_fills_cant_be_booked_stops_no_other_at_its_account(
    user: User,
    markets: Sandbox,
    settings: Settings,
    tmp_path: Path,
    place: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_vault(settings, tmp_path)
    first = at_alpaca(user, markets)
    (account,) = rows(TradingAccount)
    second = bot_at(account, user, markets, asset_type="stocks", exchange="alpaca", name="Two")
    for desk in (first, second):
        desk.trade("buy", "3", symbol="AAPL")
    spoilt, other = ((first, second), (second, first))[place]
    real = jobs._take_in
    broken = failing(real, lambda bot_id, *_: bot_id == spoilt.bot.id)
    monkeypatch.setattr(jobs, "_take_in", broken)
    first.settle(2)
    assert [position.bot_id for position in rows(Position)] == [other.bot.id]
    monkeypatch.setattr(jobs, "_take_in", real)
    first.settle(2)
    assert len(rows(Position)) == 2


def test_an_outage_is_no_bots_own(monkeypatch: pytest.MonkeyPatch, desks: list[Desk]) -> None:
    def cut(*_: object) -> None:
        with db.transaction() as session:
            session.connection().exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(jobs, "_follow", cut)
    with pytest.raises(Exception, match="terminating connection"):
        jobs.settle()
