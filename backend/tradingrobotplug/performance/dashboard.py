"""What a trader's first page needs, in one read whose cost does not grow with history."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..models import Bot, Order, PerformanceCursor, Signal, UserPerformance
from ..models.signals import OPEN_STATES
from ..money import ZERO, as_text
from ..plans.entitlements import Entitlements, entitlements
from ..plans.service import webhooks_today
from ..trading import worth
from ..trading.intent import EVERY_SYMBOL, quantity_in_words
from . import curve, totals, windows
from .periods import Mode, Period
from .windows import Asked

LATEST = 15
CURVE_POINTS = 400
Listed = Sequence[tuple[Bot, PerformanceCursor | None]]


def read(session: Session, user_id: uuid.UUID, mode: str, now: datetime) -> dict[str, Any]:
    """The dashboard's answer. All bots are listed; amounts and figures are of those that trade in
    `mode`, of their whole record; the curve is of the days that the plan shows."""
    allowed = entitlements(session, user_id)
    bots = _bots(session, user_id)
    moved = worth.moved(session, bots)
    counted = [(bot, cursor) for bot, cursor in bots if bot.trading_mode == mode]
    # Of open positions, since their figures were stored.
    gain = sum((moved.get(bot.id, ZERO) for bot, _ in counted), ZERO)
    record = windows.of_user(session, user_id, "", Asked(Period.ALL_TIME, mode=mode), now)
    return {
        "mode": mode,
        "total_value": as_text(sum((_worth(bot, cursor) for bot, cursor in counted), gain)),
        "todays_pnl": as_text(_todays_pnl(session, user_id, mode, now) + gain),
        "active_bots": sum(bot.status == "running" for bot, _ in bots),
        "bot_count": len(bots),
        "bots": [_bot(bot, cursor, moved.get(bot.id, ZERO)) for bot, cursor in bots],
        "recent_trades": _recent_trades(session, user_id),
        "recent_signals": _recent_signals(session, [bot for bot, _ in bots]),
        "equity_curve": _curve(session, user_id, mode, counted, gain, now),
        "metrics": record["metrics"],
        "undefined": record["undefined"],
        "plan": _plan(session, user_id, allowed, len(bots), now),
        "queue_age_seconds": _queue_age(session, [bot.id for bot, _ in bots], now),
        "as_of": now,
    }


def _bots(session: Session, user_id: uuid.UUID) -> Listed:
    rows = session.execute(
        select(Bot, PerformanceCursor)
        .outerjoin(PerformanceCursor, worth.figures_of_bot())
        .where(Bot.user_id == user_id, Bot.deleted_at.is_(None))
        .order_by(Bot.id)
    ).all()
    return [(bot, cursor) for bot, cursor in rows]


def _worth(bot: Bot, cursor: PerformanceCursor | None) -> Any:
    return cursor.equity if cursor else bot.starting_cash


def _bot(bot: Bot, cursor: PerformanceCursor | None, moved: Decimal) -> dict[str, Any]:
    figures = cursor.metrics if cursor else {}
    return {
        "id": str(bot.id),
        "name": bot.name,
        "status": bot.status,
        "asset_type": bot.asset_type,
        "symbols": bot.symbols,
        "signal_source": bot.signal_source,
        "trading_mode": bot.trading_mode,
        "total_pnl": figures.get("total_pnl", 0.0),
        "trade_count": figures.get("trade_count", 0),
        "win_rate": figures.get("win_rate"),
        "equity": as_text(_worth(bot, cursor) + moved),
    }


def _todays_pnl(session: Session, user_id: uuid.UUID, mode: str, now: datetime) -> Decimal:
    today = windows.latest_day(session, (user_id, "", mode), now)
    stored = session.scalar(
        select(UserPerformance.totals).where(
            UserPerformance.user_id == user_id,
            UserPerformance.plugin_id == "",
            UserPerformance.date == today,
            UserPerformance.period == Period.DAILY,
            UserPerformance.mode == mode,
        )
    )
    return totals.from_json(stored).gain if stored else ZERO


def _recent_trades(session: Session, user_id: uuid.UUID) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Order, Bot.name)
        .join(Bot, Bot.id == Order.bot_id)
        .where(Order.user_id == user_id)
        .order_by(Order.id.desc())
        .limit(LATEST)
    )
    return [_trade(order, name) for order, name in rows]


def _trade(order: Order, bot_name: str) -> dict[str, Any]:
    amounts = ("quantity", "filled_quantity", "average_price", "fees")
    texts = {n: None if (v := getattr(order, n)) is None else as_text(v) for n in amounts}
    return texts | {
        "id": str(order.id),
        "bot_id": str(order.bot_id),
        "bot_name": bot_name,
        "signal_id": str(order.signal_id),
        "leg": order.leg,
        "symbol": order.symbol,
        "side": order.side,
        "type": order.type,
        "state": order.state,
        "mode": order.mode,
        "reason": order.reason,
        "created_at": order.created_at,
        "finished_at": order.finished_at,
    }


def _recent_signals(session: Session, bots: Sequence[Bot]) -> list[dict[str, Any]]:
    # The latest of each bot through the index on (bot_id, seq), then the latest of all.
    latest = (
        select(Signal.id)
        .where(Signal.bot_id == Bot.id)
        .order_by(Signal.seq.desc())
        .limit(LATEST)
        .correlate(Bot)
        .lateral()
    )
    rows = session.execute(
        select(Signal, Bot.name)
        .select_from(Bot)
        .join(latest, latest.c.id.is_not(None))
        .join(Signal, Signal.id == latest.c.id)
        .where(Bot.id.in_([bot.id for bot in bots]))
        .order_by(Signal.received_at.desc())
        .limit(LATEST)
    )
    return [_signal(signal, name) for signal, name in rows]


def _signal(signal: Signal, bot_name: str) -> dict[str, Any]:
    intent = signal.intent or {}
    quantity, symbol = intent.get("quantity"), intent.get("symbol")
    if quantity:
        quantity = quantity_in_words(quantity, intent.get("quantity_kind", "units"))
    words = (intent.get("action"), quantity, "everything" if symbol == EVERY_SYMBOL else symbol)
    return {
        "id": str(signal.id),
        "bot_id": str(signal.bot_id),
        "bot_name": bot_name,
        "status": signal.status,
        "received_at": signal.received_at,
        "summary": " ".join(str(word) for word in words if word),
        "last_error": signal.last_error,
    }


def _curve(
    session: Session,
    user_id: uuid.UUID,
    mode: str,
    bots: Listed,
    gain: Decimal,
    now: datetime,
) -> list[dict[str, Any]]:
    # Up to a fortnight is drawn by the hour, a longer record by the day.
    days = entitlements(session, user_id).history_days
    since = now - timedelta(days=days if days is not None else 36_500)
    kind = "hourly" if days is not None and days <= 14 else "daily"
    owned = curve.of_user(user_id, "", mode)
    # Only paper bots have had their capital since they were made.
    made = (bot.created_at for bot, _ in bots if mode == Mode.PAPER)
    began = min(made, default=None)
    points = curve.samples(session, owned, kind, (since, now), CURVE_POINTS, began)
    return [curve.plain(point) for point in curve.up_to_now(points, gain, now)]


def _plan(
    session: Session, user_id: uuid.UUID, allowed: Entitlements, bots: int, now: datetime
) -> dict[str, Any]:
    limits = asdict(allowed)
    return {
        "id": limits.pop("plan_id"),
        "title": limits.pop("plan_title"),
        "next_plan": limits.pop("next_plan"),
        "limits": limits,
        "usage": {"bots": bots, "webhooks_today": webhooks_today(session, user_id, now)},
    }


def _queue_age(session: Session, bot_ids: list[uuid.UUID], now: datetime) -> float:
    oldest = session.scalar(
        select(func.min(Signal.received_at)).where(
            Signal.bot_id.in_(bot_ids), Signal.status.in_(OPEN_STATES)
        )
    )
    return max((now - oldest).total_seconds(), 0.0) if oldest else 0.0
