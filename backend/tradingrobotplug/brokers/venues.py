"""The brokers that we have, and which one stands behind an order's venue."""

import uuid
from datetime import datetime

from ..marketdata import venue as marketdata
from . import alpaca, coinbase
from .broker import Broker
from .capabilities import PAPER, Capabilities
from .keys import BrokerKeys
from .paper import PaperBroker
from .paper_costs import Costs, costs_of
from .paper_resting import match_resting as match_at_paper
from .venue import Venue

# By the name that is stored with bots, accounts and orders. Of two for the same assets the first
# is where robots' public records trade.
VENUES: dict[str, Venue] = {
    "alpaca": alpaca.VENUE,
    "coinbase": coinbase.VENUE,
}


def opened(broker: str, environment: str, keys: BrokerKeys) -> Broker:
    """An account at a broker, opened with a user's keys. KeysRefused if they can't be keys of
    this broker; ValueError for a broker, or an environment of it, that we don't have."""
    if broker not in VENUES or environment not in VENUES[broker].environments:
        raise ValueError(f"{broker!r} has no {environment!r} environment, or is no broker")
    return VENUES[broker].environments[environment](keys)


def capabilities_of(venue: str) -> Capabilities:
    """What this venue takes. KeyError for a venue we don't have."""
    return PAPER if venue == "paper" else VENUES[venue].capabilities


def trading(asset_type: str) -> list[str]:
    """The names of those where such assets are traded."""
    return [name for name, venue in VENUES.items() if venue.asset_type == asset_type]


def paper(bot_id: uuid.UUID) -> Broker:
    """The paper broker's books of this bot, at the costs that the settings ask for."""
    return PaperBroker(marketdata.connected(), bot_id)


def paper_costs() -> Costs:
    """What the paper broker charges by the settings."""
    return costs_of(marketdata.connected())


def match_resting(now: datetime) -> list[str]:
    """Let the paper broker's resting orders meet the market: ids of the orders that changed."""
    return match_at_paper(paper_costs(), now)
