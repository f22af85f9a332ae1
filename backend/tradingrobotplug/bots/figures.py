"""Each bot's figures in short, read for a whole page of bots at once."""

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..models import Bot, PerformanceCursor, Position, TradingAccount
from ..money import ZERO
from ..trading import halts, worth
from ..trading.reconciliation import drifts
from . import obstacles
from .configuration import shown

_NEVER_TRADED = {"total_pnl": 0.0, "trade_count": 0, "win_rate": None}
_PLAIN = ("id", "name", "description", "asset_type", "exchange", "trading_mode", "status",
          "signal_source", "plugin_id", "symbols", "starting_cash", "warnings", "created_at",
          "updated_at", "went_live_at", "locked_until")  # fmt: skip


def views(session: Session, bots: Sequence[Bot]) -> list[dict[str, Any]]:
    """What the API shows of these bots: configuration, all-time figures, open positions."""
    ids = [bot.id for bot in bots]
    cursors = {
        row.bot_id: row
        for row in session.execute(
            select(PerformanceCursor).join(Bot, worth.figures_of_bot()).where(Bot.id.in_(ids))
        ).scalars()
    }
    moved = worth.moved(session, [(bot, cursors.get(bot.id)) for bot in bots])
    held = _open_positions(session, ids)
    stops = halts.of_users(session, {bot.user_id for bot in bots})
    accounts = _accounts(session, bots)
    blocked = obstacles.of(session, bots, accounts, stops)
    differing = drifts.counts(session, ids)
    return [
        {name: getattr(bot, name) for name in _PLAIN}
        | shown(bot)
        | {
            "performance": _figures(bot, cursors.get(bot.id), moved.get(bot.id, ZERO)),
            "open_positions": held.get(bot.id, 0),
            "halted": halts.shown(stops.get(bot.user_id)),
            "trading_account": accounts.get(bot.trading_account_id),
            "blocked": blocked[bot.id],
            "held_by_plan": bot.held_from is not None,
            "drifts": differing.get(bot.id, 0),
        }
        for bot in bots
    ]


def view(session: Session, bot: Bot) -> dict[str, Any]:
    """What the API shows of one bot."""
    return views(session, [bot])[0]


def _accounts(session: Session, bots: Sequence[Bot]) -> dict[uuid.UUID | None, TradingAccount]:
    ids = {bot.trading_account_id for bot in bots if bot.trading_account_id}
    if not ids:
        return {}
    rows = session.scalars(select(TradingAccount).where(TradingAccount.id.in_(ids)))
    return {row.id: row for row in rows}


def _open_positions(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    rows = session.execute(
        select(Position.bot_id, func.count())
        .where(Position.bot_id.in_(ids))
        .group_by(Position.bot_id)
    )
    return dict(rows.all())


def _figures(bot: Bot, cursor: PerformanceCursor | None, moved: Decimal) -> dict[str, Any]:
    if cursor is None:
        return _NEVER_TRADED | {"equity": float(bot.starting_cash)}
    known = {name: cursor.metrics.get(name, zero) for name, zero in _NEVER_TRADED.items()}
    return known | {"equity": float(cursor.equity + moved)}
