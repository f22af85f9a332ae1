"""The capital of a bot that goes live: given, not earned, however often."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.performance.books import Traded, refresh, trade
from tradingrobotplug import clock, db
from tradingrobotplug.models import Bot, CapitalFlow, EquitySample, PerformanceCursor

from .traders import Trader


def earned(bot: Bot, dollars: str) -> None:
    """A live round trip with this result, now."""
    now = clock.now()
    sold = str(1000 + Decimal(dollars))
    trade(bot, Traded(now, "1", "1000"), Traded(now, "-1", sold), mode="live")


def flows(bot: Bot) -> list[Decimal]:
    with db.transaction() as session:
        mine = select(CapitalFlow.amount).where(CapitalFlow.bot_id == bot.id)
        return list(session.scalars(mine.order_by(CapitalFlow.seq)))


def figures(bot: Bot) -> PerformanceCursor:
    with db.transaction() as session:
        return session.get_one(PerformanceCursor, (bot.id, "live"))


def live_again(trader: Trader) -> None:
    assert trader.post("paper").status_code == 200
    assert trader.go_live().status_code == 200


@pytest.mark.parametrize("is_refreshed", [True, False], ids=["known", "not yet known"])
def test_a_second_going_live_begins_with_the_capital_that_was_agreed_to(
    ready: Trader, is_refreshed: bool
) -> None:
    ready.go_live()
    earned(ready.bot, "-1000")
    is_refreshed and refresh(ready.bot)
    live_again(ready)
    earned(ready.bot, "500")
    refresh(ready.bot)

    found = figures(ready.bot)
    assert flows(ready.bot) == [Decimal(5000), Decimal(1000)]
    assert found.equity == 5500
    # 5,000 → 4,000 is −20 %; 5,000 → 5,500 is +10 %.
    assert found.metrics["total_return_pct"] == pytest.approx(-12)
    assert (found.metrics["total_pnl"], found.metrics["max_drawdown"]) == (-500, -20)


def test_capital_left_over_goes_out_as_a_flow(ready: Trader) -> None:
    ready.go_live()
    earned(ready.bot, "300")
    refresh(ready.bot)
    live_again(ready)
    refresh(ready.bot)
    assert figures(ready.bot).equity == 5000
    assert figures(ready.bot).metrics["total_return_pct"] == pytest.approx(6)


def test_going_live_without_a_trade_gives_the_last_capital_only(ready: Trader) -> None:
    ready.go_live()
    live_again(ready)
    earned(ready.bot, "50")
    refresh(ready.bot)
    assert flows(ready.bot) == [Decimal(5000), Decimal(0)]
    assert figures(ready.bot).metrics["total_return_pct"] == pytest.approx(1)


def test_a_fill_by_a_broker_s_slow_clock_still_comes_after_its_capital(ready: Trader) -> None:
    ready.go_live()
    before = clock.now() - timedelta(minutes=1)
    trade(ready.bot, Traded(before, "1", "1000"), Traded(before, "-1", "1050"), mode="live")
    refresh(ready.bot)
    with db.transaction() as session:
        live = select(EquitySample).where(EquitySample.kind == "start", EquitySample.mode == "live")
        starts = session.scalars(live.where(EquitySample.bot_id == ready.bot_id)).all()
    assert [sample.equity for sample in starts] == [5000]
    assert figures(ready.bot).metrics["total_return_pct"] == pytest.approx(1)
