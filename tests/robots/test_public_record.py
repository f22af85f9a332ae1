"""A robot's house bot trades on the simulated market, and anybody may read how it does."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.venues import Sandbox
from tradingrobotplug import clock, db
from tradingrobotplug.marketdata import venue
from tradingrobotplug.models import Bot, Order, Signal, User
from tradingrobotplug.performance import jobs as performance
from tradingrobotplug.robots import catalogue, jobs
from tradingrobotplug.robots.robot import Decision, Target, View
from tradingrobotplug.signals import jobs as signals

ROBOT = "tsla_improved_strategy"
LIBRARY = catalogue.robots()


def always(target: Target) -> Any:
    """The demo robot with a mind made up."""
    robot = LIBRARY[ROBOT]

    def decide(view: View) -> Decision:
        wants = target if view.is_long != (target is Target.LONG) else Target.KEEP
        return Decision(wants, "made up")

    return {ROBOT: replace(robot, decide=decide)}


def count(kind: type[Any]) -> int:
    with db.transaction() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def house_bot() -> Bot:
    with db.transaction() as session:
        return session.scalars(
            select(Bot).join(User, User.id == Bot.user_id).where(User.is_house)
        ).one()


def a_minute_later(market: Sandbox, monkeypatch: pytest.MonkeyPatch, minutes: int) -> None:
    """Move the market's clock and ours."""
    at = clock.now() + timedelta(minutes=minutes)
    market.tell("clock", at=at.isoformat())
    monkeypatch.setattr(clock, "now", lambda: at)
    venue.forget()


@pytest.fixture
def record(client: FlaskClient, markets: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Bot:
    """The house bot at work, its robot not yet asked."""
    monkeypatch.setattr(jobs, "_seen", {})
    jobs.ensure_public_records()
    return house_bot()


def step(bot: Bot) -> None:
    """What scheduler and workers do when a bar has completed."""
    jobs.run_due()
    signals.process_signals(str(bot.id))
    performance.refresh(str(bot.id))


def test_the_house_bot_trades_what_its_robot_decides_and_the_record_is_public(
    client: FlaskClient, record: Bot, markets: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "robots", lambda: always(Target.LONG))
    step(record)
    a_minute_later(markets, monkeypatch, 2)
    monkeypatch.setattr(catalogue, "robots", lambda: always(Target.FLAT))
    step(record)

    with db.transaction() as session:
        orders = session.execute(
            select(Order.side, Order.symbol, Order.state).order_by(Order.created_at)
        ).all()
    assert orders == [("buy", "TSLA", "filled"), ("sell", "TSLA", "filled")]
    [shown] = client.get("/api/robots").json["robots"]
    assert shown["id"] == ROBOT
    assert shown["performance"]["mode"] == "paper"
    assert shown["performance"]["trade_count"] == 1


def test_a_bar_counts_once_however_often_it_is_looked_at(
    record: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "robots", lambda: always(Target.LONG))
    jobs.run_due()
    jobs.run_due()
    monkeypatch.setattr(jobs, "_seen", {})  # another scheduler, which has seen nothing
    jobs.run_due()
    signals.process_signals(str(record.id))
    signals.process_signals(str(record.id))

    assert (count(Signal), count(Order)) == (1, 1)


def test_the_robot_itself_decides_on_the_market_s_bars(record: Bot) -> None:
    step(record)

    assert ROBOT in {robot for robot, _ in jobs._seen}


def test_schedulers_that_start_at_once_make_one_house_bot(clean: None) -> None:
    with ThreadPoolExecutor(2) as threads:
        [None for _ in threads.map(lambda _: jobs.ensure_public_records(), range(6))]

    assert (count(User), count(Bot)) == (1, len(LIBRARY))
