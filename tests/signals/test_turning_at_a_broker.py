"""A strategy that turns round at a broker, where an exit fills a moment after it was accepted."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.signals.conftest import orders_of, post_alert, signal_of
from tests.trading.accounts import AccountDesk, at_alpaca, open_vault
from tests.venues import Sandbox
from tradingrobotplug import clock, db
from tradingrobotplug.config import Settings
from tradingrobotplug.models import Signal, User
from tradingrobotplug.signals import jobs, processing

D = Decimal
TURN = {"ticker": "AAPL", "action": "sell", "sentiment": "short", "quantity": "15"}


@pytest.fixture
def long(user: User, markets: Sandbox, settings: Settings, tmp_path: Path) -> AccountDesk:
    """Ten shares of AAPL, in a bot that may sell short."""
    open_vault(settings, tmp_path)
    desk = at_alpaca(user, markets, execution={"allow_short": True})
    post_alert(desk.bot, {"action": "buy", "symbol": "AAPL", "quantity": "10"})
    jobs.process_signals(str(desk.bot.id))
    desk.settle()
    assert desk.held() == D(10)
    return desk


def work(desk: AccountDesk) -> None:
    """Until nothing waits to come again."""
    for _ in range(20):
        with db.transaction() as session:
            for row in session.scalars(select(Signal).where(Signal.status == "retrying")):
                row.next_attempt_at = clock.now()
        jobs.process_signals(str(desk.bot.id))


def test_the_entry_follows_the_fill_of_the_exit(long: AccountDesk) -> None:
    signal_id = post_alert(long.bot, TURN)
    work(long)
    long.settle()
    orders = {
        order.leg: (order.side, order.quantity, order.state) for order in orders_of(signal_id)
    }
    assert orders == {"exit": ("sell", D(10), "filled"), "entry": ("sell", D(5), "filled")}
    assert long.held() == D(-5)
    assert signal_of(signal_id).status == "done"


def test_an_exit_that_rests_ends_the_signal_without_the_entry(
    long: AccountDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processing, "TURNS_WITHIN", timedelta(0))
    far = {"orderType": "limit", "limitPrice": "300"}
    signal_id = post_alert(long.bot, TURN | far)
    work(long)
    assert [order.leg for order in orders_of(signal_id)] == ["exit"]
    ended = signal_of(signal_id)
    assert (ended.status, ended.log[-1]["reason"]) == (
        "done",
        "The exit rests at the venue, so the entry that was to follow was not sent.",
    )


def test_while_the_exit_is_being_filled_the_log_says_so_once(long: AccountDesk) -> None:
    signal_id = post_alert(long.bot, TURN | {"orderType": "limit", "limitPrice": "300"})
    work(long)
    waiting = signal_of(signal_id)
    assert [entry["step"] for entry in waiting.log].count("waits") == 1
    assert len(waiting.log) < 10
