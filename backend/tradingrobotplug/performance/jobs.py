"""What workers and the scheduler start. Running any of these twice is harmless."""

import uuid
from datetime import datetime
from decimal import Decimal

from .. import clock, logs, queues
from ..db import transaction
from ..marketdata import quotes
from ..marketdata.quotes import QuoteUnavailable, UnknownSymbol
from ..trading import worth
from . import periods, rebuild, recount, service
from .periods import Mode
from .rebuild import Rebuilt
from .recount import Recount


def refresh(*bot_ids: str) -> None:
    """Take these bots' new fills and capital flows into their figures and their users'. One that
    fails does not keep the others waiting."""
    for bot_id in bot_ids:
        with logs.apart("figures.not_refreshed", bot_id=bot_id):
            _refresh(uuid.UUID(bot_id), None)


def ask_for_traded() -> None:
    """Have the figures of the bots refreshed that traded since the last run."""
    queues.enqueue_gathered(queues.REFRESH_PERFORMANCE)


def catch_up() -> int:
    """Refresh every bot whose fills are ahead of its figures; how many there were."""
    with transaction() as session:
        late = [(bot_id, mode) for mode in Mode for bot_id in service.behind(session, mode)]
    for bot_id, mode in late:
        with logs.apart("figures.not_refreshed", bot_id=bot_id):
            _refresh(bot_id, mode)
    return len(late)


def sample_equity() -> None:
    """Take the samples of the hour that ended last, at present prices."""
    now = clock.now()
    at = now.replace(minute=0, second=0, microsecond=0)
    traded = frozenset(kind for kind in ("crypto", "stocks") if periods.traded_until(kind, at))
    with transaction() as session:
        held, traders = service.held_symbols(session), service.traders(session)
    hour = service.Hour(at, _prices({s for s in held if s[0] in traded}, now), traded)
    for user_id, mode in traders:
        with logs.apart("figures.not_sampled", user_id=user_id), transaction() as session:
            service.sample_user(session, user_id, mode, hour)


def mark() -> None:
    """Keep the present price of everything that a bot holds, for pages that show worth by now."""
    now = clock.now()
    with transaction() as session:
        held = service.held_symbols(session)
    prices = _prices(held, now)
    with transaction() as session:
        worth.keep_marks(session, prices, now)


def close_windows() -> None:
    """Close the windows that are over, also those whose closing was missed."""
    now = clock.now()
    with transaction() as session:
        traders = service.traders(session)
    for user_id, mode in traders:
        with logs.apart("figures.not_closed", user_id=user_id), transaction() as session:
            service.close_windows(session, user_id, mode, now)


def rebuild_figures(user_id: uuid.UUID, mode: str) -> tuple[Rebuilt, Recount]:
    """Recompute a user's figures in one mode from the fills, and count them again straight from
    their rows; whether that gave the rows that were there, and the figures in them."""
    with transaction() as session:
        return rebuild.rebuild(session, user_id, mode), recount.recount(session, user_id, mode)


def _refresh(bot_id: uuid.UUID, mode: str | None) -> None:
    taken = service.BATCH
    while taken == service.BATCH:
        with transaction() as session:
            taken = service.refresh(session, bot_id, mode)


def _prices(symbols: set[tuple[str, str]], now: datetime) -> dict[tuple[str, str], Decimal]:
    # A symbol without a quote keeps its last known price.
    found = {}
    for asset_type, symbol in sorted(symbols):
        try:
            found[asset_type, symbol] = quotes.latest(asset_type, symbol, now).mid
        except (QuoteUnavailable, UnknownSymbol) as error:
            logs.event("equity.unpriced", symbol=symbol, error=error.code)
    return found
