"""Lost alerts: a strategy that reports where it stood before an alert shows whether the bot
followed it there. A difference is told, and never stops trading."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from ..models import Bot, Fill, Order, Signal
from ..models.signals import REPLAYS
from ..money import ZERO, as_text
from ..notify import events
from ..notify.events import Kind
from ..trading import holdings, warnings
from ..trading.intent import EVERY_SYMBOL, Intent, Reported
from .turn import note

KEY = "lost_alert"
_STEPS = (KEY, "followed_otherwise")
_BY_HAND = (*REPLAYS, "test")  # what they report is of another time
_OPEN = ("planned", "submitting", "accepted", "partially_filled")
_ROUNDING = Decimal("0.001")  # of the size: each order is rounded down to the venue's step


@dataclass(frozen=True, slots=True)
class _Compared:
    expected: str
    held: str
    is_same: bool


def compare(session: Session, bot: Bot, signal: Signal, intent: Intent, now: datetime) -> None:
    """Compare what the strategy reports with what the bot holds, before the signal's orders.

    A difference is noted in the signal's log and shown as the bot's warning, and its user is told
    once; a report that matches ends the warning. Where a stop, a target or an open order of the
    bot explains it, it is noted only.
    """
    found = _compared(session, bot, signal, intent)
    if found is None:
        return
    if found.is_same:
        if _is_warned(bot, intent.symbol):
            warnings.clear(session, bot, KEY)
        return
    facts = {"symbol": intent.symbol, "expected": found.expected, "held": found.held}
    reason = _explanation(session, bot, intent.symbol)
    if reason:
        note(signal, "followed_otherwise", now, **facts, reason=reason)
        return
    detail = (
        f"Before this alert the strategy was {found.expected} in {intent.symbol}; this bot was "
        f"{found.held}. An earlier alert was lost or did not trade."
    )
    note(signal, KEY, now, **facts, reason=detail)
    _warn(session, bot, signal, intent.symbol, detail, now)


def _warn(
    session: Session, bot: Bot, signal: Signal, symbol: str, detail: str, now: datetime
) -> None:
    if not _is_warned(bot, symbol):
        told = events.Event(
            Kind.LOST_ALERT, str(signal.id), bot.user_id, bot.id, {"reason": detail}
        )
        events.emit(session, told, now)
    warnings.warn(session, bot, KEY, detail, now, signal_id=str(signal.id), symbol=symbol)


def _is_warned(bot: Bot, symbol: str) -> bool:
    warning = warnings.warning_of(bot, KEY)
    return warning is not None and warning.get("symbol") == symbol


def _compared(session: Session, bot: Bot, signal: Signal, intent: Intent) -> _Compared | None:
    """None: there is nothing to compare, or it has been done in an earlier attempt."""
    said = intent.previous
    if said is None or signal.source in _BY_HAND or intent.symbol == EVERY_SYMBOL:
        return None
    if any(entry["step"] in _STEPS for entry in signal.log):
        return None
    position = holdings.positions_of(session, bot.id).get(intent.symbol)
    held = position.quantity if position else ZERO
    side = _side_of(said, bot)
    size = said.size if _follows_size(intent) else None
    is_same = side in (None, _side(held)) and (
        size is None or side == "flat" or abs(size - abs(held)) <= size * _ROUNDING
    )
    return _Compared(_in_words(side, size), _in_words(_side(held), abs(held)), is_same)


def _side_of(said: Reported, bot: Bot) -> str | None:
    """Where the bot should be. One that does not short is out of the market meanwhile."""
    if said.position == "short" and not bot.execution.get("allow_short"):
        return "flat"
    return "flat" if said.size == 0 else said.position


def _follows_size(intent: Intent) -> bool:
    """Whether the bot trades the strategy's own size: not where it sizes itself, or in dollars."""
    if intent.target_size is not None:
        return True
    return intent.quantity is not None and intent.quantity_kind == "units"


def _side(held: Decimal) -> str:
    return "long" if held > 0 else "short" if held < 0 else "flat"


def _in_words(side: str | None, size: Decimal | None) -> str:
    if side == "flat":
        return "flat"
    return " ".join([side or "in a position of", *([as_text(size)] if size is not None else [])])


def _explanation(session: Session, bot: Bot, symbol: str) -> str | None:
    """Why the bot may differ though no alert was lost."""
    mine = (Order.bot_id == bot.id, Order.symbol == symbol)
    waits = exists().where(*mine, Order.state.in_(_OPEN), Order.parent_id.is_(None))
    if session.scalar(select(waits)):
        return "An order of an earlier alert has not filled yet."
    last = (
        select(Order.parent_id)
        .join(Fill, Fill.trade_id == Order.id)
        .where(*mine)
        .order_by(Fill.seq.desc())
        .limit(1)
    )
    if session.scalar(last) is not None:
        return "The bot's own stop loss or take profit traded last."
    return None
