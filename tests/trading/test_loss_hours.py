"""What loses money outside of the market's hours, and by acting on what was true once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.trading.accounts import AccountDesk, at_alpaca, open_vault
from tests.trading.conftest import rows
from tests.venues import Sandbox
from tradingrobotplug import clock
from tradingrobotplug.config import Settings
from tradingrobotplug.models import Fill, Order, User
from tradingrobotplug.trading import polling

SATURDAY = datetime(2026, 11, 21, 15, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 14, 30, 30, tzinfo=UTC)


@pytest.fixture
def weekend(
    user: User,
    markets: Sandbox,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AccountDesk:
    open_vault(settings, tmp_path)
    markets.tell("hours", hours="xnys")
    move_to(SATURDAY, markets, monkeypatch)
    return at_alpaca(user, markets)


def move_to(at: datetime, markets: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    markets.tell("clock", at=at.isoformat())
    monkeypatch.setattr(clock, "now", lambda: at)


def monday_opens(desk: AccountDesk, markets: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """What rests for longer is asked for in one of these seconds."""
    for second in range(polling.EVERY_SECONDS):
        move_to(MONDAY + timedelta(seconds=second), markets, monkeypatch)
        desk.settle()


def test_loss_11_a_market_order_of_a_weekend_waits_for_the_open(
    weekend: AccountDesk, markets: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    weekend.trade("buy", "10", symbol="AAPL")
    weekend.settle()
    assert (weekend.orders(), weekend.held()) == ([("entry", "market", "accepted")], 0)
    weekend.price("210", symbol="AAPL")
    monday_opens(weekend, markets, monkeypatch)
    assert (weekend.orders(), weekend.held()) == ([("entry", "market", "filled")], 10)
    assert 209 < rows(Fill)[0].price < 211


def test_loss_11_a_bot_that_does_not_queue_refuses_it(weekend: AccountDesk) -> None:
    weekend.bot.execution = {"when_closed": "refuse"}
    plan = weekend.trade("buy", "10", symbol="AAPL")
    assert (plan.status, "market is closed" in str(plan.reason)) == ("refused", True)
    assert rows(Order) == []


def test_loss_11_an_old_signal_opens_nothing_and_still_closes(
    user: User, markets: Sandbox, settings: Settings, tmp_path: Path
) -> None:
    open_vault(settings, tmp_path)
    desk, old = at_alpaca(user, markets), clock.now() - timedelta(minutes=10)
    desk.trade("buy", "10", symbol="AAPL")
    desk.settle()
    entry = desk.trade("buy", "10", symbol="AAPL", sent_at=old)
    assert (entry.status, "s old" in str(entry.reason)) == ("refused", True)
    assert desk.trade("close", symbol="AAPL", sent_at=old).status == "planned"
    desk.settle()
    assert desk.held() == Decimal(0)
