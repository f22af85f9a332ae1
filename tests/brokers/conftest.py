"""The paper broker at the sandbox's prices, and how a test moves them."""

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.brokers.alpaca_desk import Desk, opened
from tests.brokers.coinbase_account import account, coinbase
from tests.factories import make_bot
from tests.venues import Sandbox, markets, sandbox
from tradingrobotplug import clock
from tradingrobotplug.brokers import venues
from tradingrobotplug.brokers.broker import Broker
from tradingrobotplug.marketdata import venue
from tradingrobotplug.models import Bot, User

__all__ = ["account", "coinbase", "markets", "sandbox"]


@pytest.fixture
def paper(markets: Sandbox, bot: Bot) -> Broker:
    return venues.paper(bot.id)


@pytest.fixture
def bot(user: User) -> Bot:
    return make_bot(user)


@pytest.fixture
def stocks_bot(user: User) -> Bot:
    return make_bot(user, asset_type="stocks", exchange="alpaca")


@pytest.fixture
def move(markets: Sandbox) -> Callable[[str, float], None]:
    """Pin a symbol's price and forget the quotes read before."""

    def to(symbol: str, price: float) -> None:
        markets.tell("price", symbol=symbol, price=price)
        venue.forget()

    return to


@pytest.fixture
def at(markets: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Make it this moment, here and at the venue, under real session hours."""

    def moment(now: datetime) -> None:
        markets.tell("hours", hours="xnys")
        markets.tell("clock", at=now.isoformat())
        monkeypatch.setattr(clock, "now", lambda: now)
        venue.forget()

    return moment


@pytest.fixture
def desk(markets: Sandbox, clean: None) -> Desk:
    """An Alpaca account at the sandbox."""
    return opened(markets)
