"""What open positions are worth now: the latest marks against the prices last booked.

Figures move with fills and with the hour; a trader watches seconds. The scheduler keeps one price
per held symbol, so that a page adds the difference without asking a venue.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..models import Bot, MarketMark, PerformanceCursor
from ..money import ZERO

Prices = Mapping[tuple[str, str], Decimal]  # (asset type, symbol) → dollars


def figures_of_bot() -> ColumnElement[bool]:
    """The join from a bot to its figures in the mode that it trades in now."""
    return and_(PerformanceCursor.bot_id == Bot.id, PerformanceCursor.mode == Bot.trading_mode)


def keep_marks(session: Session, prices: Prices, now: datetime) -> None:
    """Store the latest price of each symbol."""
    rows = [
        {"asset_type": kind, "symbol": symbol, "price": price, "at": now}
        for (kind, symbol), price in sorted(prices.items())
    ]
    if rows:
        statement = insert(MarketMark)
        newer = {"price": statement.excluded.price, "at": statement.excluded.at}
        session.execute(
            statement.on_conflict_do_update(index_elements=["asset_type", "symbol"], set_=newer),
            rows,
        )


def moved(
    session: Session, books: Iterable[tuple[Bot, PerformanceCursor | None]]
) -> dict[uuid.UUID, Decimal]:
    """Dollars by which each bot's worth differs from its stored equity; no entry: no difference.

    Σ signed quantity × (mark − price last booked) over what it holds.
    """
    held = {
        bot.id: (bot.asset_type, cursor.holdings) for bot, cursor in books if cursor is not None
    }
    prices = _marks(session, {(kind, s) for kind, held_now in held.values() for s in held_now})
    return {
        bot_id: sum(
            (
                Decimal(quantity) * (prices.get((kind, symbol), Decimal(booked)) - Decimal(booked))
                for symbol, (quantity, booked) in holdings.items()
            ),
            ZERO,
        )
        for bot_id, (kind, holdings) in held.items()
        if holdings
    }


def _marks(session: Session, symbols: set[tuple[str, str]]) -> Prices:
    if not symbols:
        return {}
    key = tuple_(MarketMark.asset_type, MarketMark.symbol)
    rows = session.scalars(select(MarketMark).where(key.in_(symbols)))
    return {(row.asset_type, row.symbol): row.price for row in rows}
