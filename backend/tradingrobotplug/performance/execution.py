"""How well orders were executed: the price a signal saw against the price that was paid.

Implementation shortfall of each order (Perold 1988, "The Implementation Shortfall", Journal of
Portfolio Management 14(3)), in hundredths of a percent; above 0 is worse than the signal's price.
"""

import uuid
from collections.abc import Sequence
from decimal import Decimal
from statistics import median
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..models import Bot, Order, PerformanceCursor
from ..money import ZERO
from . import metrics, periods, totals
from .asked import Asked
from .periods import Mode, Period
from .totals import Totals

ORDERS = 1_000  # the latest ones: the cost does not grow with history
_COMPARED = ("trade_count", "win_rate", "profit_factor", "avg_hold_seconds", "sharpe_ratio",
             "max_drawdown", "total_return_pct")  # fmt: skip


class _Filled(NamedTuple):
    leg: str
    side: str
    quantity: Decimal
    price: Decimal
    reference: Decimal

    @property
    def cost(self) -> Decimal:
        """Dollars lost to the difference."""
        worse = self.price - self.reference
        return worse * self.quantity * (1 if self.side == "buy" else -1)

    @property
    def value(self) -> Decimal:
        """Dollars at the signal's price."""
        return self.reference * self.quantity


def slippage(session: Session, asked: Asked) -> dict[str, Any]:
    """Of a bot's latest ORDERS filled orders of the asked days that knew a price: all, by side, by
    leg."""
    assert asked.bot is not None
    filled = _filled(session, asked.bot.id, asked.mode, asked)
    return asked.head | {
        "most_orders": ORDERS,
        "whole": _figures(filled),
        "by_side": _by(filled, "side"),
        "by_leg": _by(filled, "leg"),
    }


def gap(session: Session, bot: Bot) -> dict[str, Any]:
    """One bot's record with real money beside its record on paper, or its twin's where it has none
    itself; `gap` is live − paper, null where either has no value."""
    twin = _paper_bot(session, bot)
    live = _record(session, bot, Mode.LIVE)
    paper = _record(session, twin, Mode.PAPER)
    return {
        "bot_id": str(bot.id),
        "paper_bot_id": str(twin.id),
        "live": live,
        "paper": paper,
        "gap": {name: _difference(live[name], paper[name]) for name in live},
    }


def _filled(
    session: Session, bot_id: uuid.UUID, mode: str, asked: Asked | None = None
) -> list[_Filled]:
    wanted = select(
        Order.leg, Order.side, Order.filled_quantity, Order.average_price, Order.reference_price
    ).where(
        Order.bot_id == bot_id,
        Order.mode == mode,
        Order.average_price.is_not(None),
        Order.reference_price > 0,
    )
    if asked is not None:
        start, end = asked.instants
        wanted = wanted.where(Order.created_at >= start, Order.created_at < end)
    rows = session.execute(wanted.order_by(Order.id.desc()).limit(ORDERS))
    return [
        _Filled(leg, side, quantity, price, reference)
        for leg, side, quantity, price, reference in rows
        if price is not None and reference is not None
    ]


def _by(filled: Sequence[_Filled], name: str) -> list[dict[str, Any]]:
    keys = sorted({str(getattr(order, name)) for order in filled})
    return [
        {"key": key} | _figures([order for order in filled if getattr(order, name) == key])
        for key in keys
    ]


def _figures(filled: Sequence[_Filled]) -> dict[str, Any]:
    """Mean weighted by value, median of the orders, and what it cost in dollars."""
    cost = sum((order.cost for order in filled), ZERO)
    value = sum((order.value for order in filled), ZERO)
    each = [order.cost / order.value * 10_000 for order in filled]
    return {
        "orders": len(filled),
        "mean_bps": float(cost / value * 10_000) if value else None,
        "median_bps": float(median(each)) if each else None,
        "worst_bps": float(max(each)) if each else None,
        "cost": cost,
    }


def _paper_bot(session: Session, bot: Bot) -> Bot:
    if session.get(PerformanceCursor, (bot.id, Mode.PAPER.value)) is not None:
        return bot
    wanted = select(Bot).where(Bot.paper_of == bot.id, Bot.deleted_at.is_(None))
    return session.scalars(wanted.order_by(Bot.id).limit(1)).first() or bot


def _record(session: Session, bot: Bot, mode: Mode) -> dict[str, Any]:
    cursor = session.get(PerformanceCursor, (bot.id, mode.value))
    window = totals.from_json(cursor.totals) if cursor else Totals()
    values, _ = metrics.figures(window, periods.periods_per_year(Period.ALL_TIME, bot.asset_type))
    gained = window.gross_profit + window.gross_loss
    return {
        **{name: values[name] for name in _COMPARED},
        # Per dollar put in, so that records with different capital can be compared.
        "avg_trade_return_pct": (
            float(gained / window.entry_value * 100) if window.entry_value else None
        ),
        "slippage_bps": _figures(_filled(session, bot.id, mode.value))["mean_bps"],
    }


def _difference(live: float | None, paper: float | None) -> float | None:
    return None if live is None or paper is None else live - paper
