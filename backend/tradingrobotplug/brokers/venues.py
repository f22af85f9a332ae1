"""Which broker stands behind an order's venue."""

from datetime import datetime

from ..marketdata import venue as marketdata
from .broker import Broker
from .paper import PaperBroker
from .paper_resting import match_resting as match_at_paper


def broker_for(venue: str) -> Broker:
    """The broker of `order.venue`; ValueError for a venue we don't have."""
    if venue != "paper":
        raise ValueError(f"{venue!r} is no venue")
    return paper()


def paper() -> PaperBroker:
    """The paper broker with the costs that the settings ask for."""
    return PaperBroker(marketdata.connected())


def match_resting(now: datetime) -> list[str]:
    """Let the paper broker's resting orders meet the market: ids of the orders that changed."""
    return match_at_paper(paper().costs, now)
