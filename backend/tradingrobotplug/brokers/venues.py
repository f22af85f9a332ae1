"""Which broker stands behind an order's venue."""

import uuid
from collections.abc import Callable
from datetime import datetime

from ..marketdata import venue as marketdata
from .alpaca import AlpacaBroker
from .broker import Broker
from .coinbase import CoinbaseBroker
from .keys import BrokerKeys
from .paper import PaperBroker
from .paper_costs import Costs, costs_of
from .paper_resting import match_resting as match_at_paper

# Coinbase has no paper trading: it is live or nothing.
_OPENED: dict[tuple[str, str], Callable[[BrokerKeys], Broker]] = {
    ("alpaca", "paper"): lambda keys: AlpacaBroker(keys, "paper"),
    ("alpaca", "live"): lambda keys: AlpacaBroker(keys, "live"),
    ("coinbase", "live"): CoinbaseBroker,
}


def opened(broker: str, environment: str, keys: BrokerKeys) -> Broker:
    """An account at a broker, opened with a user's keys. KeysRefused if they can't be keys of
    this broker; ValueError for a broker, or an environment of it, that we don't have."""
    if (broker, environment) not in _OPENED:
        raise ValueError(f"{broker!r} has no {environment!r} environment, or is no broker")
    return _OPENED[broker, environment](keys)


def paper(bot_id: uuid.UUID) -> Broker:
    """The paper broker's books of this bot, at the costs that the settings ask for."""
    return PaperBroker(marketdata.connected(), bot_id)


def paper_costs() -> Costs:
    """What the paper broker charges by the settings."""
    return costs_of(marketdata.connected())


def match_resting(now: datetime) -> list[str]:
    """Let the paper broker's resting orders meet the market: ids of the orders that changed."""
    return match_at_paper(paper_costs(), now)
