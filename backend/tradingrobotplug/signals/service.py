"""Queries and decisions about stored signals; and the way in for signals that no webhook brings."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from .. import live
from ..errors import Conflict, NotFound
from ..models import Bot, Order, Signal
from ..models.signals import OPEN_STATES, REPLAYS
from ..money import as_text
from ..trading.numbering import next_seq
from .admission import DEDUPE_ID_SECONDS, expiry
from .arrival import arrive

Source = Literal["robot", "replay", "paper_replay", "test", "halt"]

_SHOWN_BYTES = 4096


def record_signal(
    session: Session,
    bot_id: uuid.UUID,
    body: bytes,
    key: str | None,
    source: Source,
    now: datetime,
    replay_of: uuid.UUID | None = None,
) -> Signal | None:
    """Store a signal that a robot, a user or a stop asks for, next in the bot's order. None if the
    bot already has a signal with this key. Ring for the bot after the commit."""
    bot = session.get_one(Bot, bot_id)
    seq = next_seq(session, bot_id, now)
    # A stop's keys are apart from those that senders choose, and are never free again.
    dedup_key = f"{'halt' if source == 'halt' else 'id'}:{key}" if key else None
    is_kept = dedup_key and source != "halt"
    is_meant_now = source in (*REPLAYS, "halt")
    if dedup_key and not _free_key(session, bot_id, dedup_key, now):
        return None
    arrival = arrive(uuid.UUID(int=0), bot_id, "", body, now)
    row = Signal(
        bot_id=bot_id,
        seq=seq,
        dedup_key=dedup_key,
        dedup_until=now + timedelta(seconds=DEDUPE_ID_SECONDS) if is_kept else None,
        source=source,
        replay_of=replay_of,
        body=body,
        status="received",
        received_at=now,
        next_attempt_at=now if is_meant_now else arrival.due_at,
        # What a user repeats by hand is meant now, whenever the alert was first sent.
        expires_at=None if is_meant_now else expiry(arrival, bot.execution),
        parser=arrival.parser,
        log=[{"step": "received", "at": now.isoformat(), "ms": 0}],
    )
    session.add(row)
    session.flush()
    live.note(session, "signal", bot.user_id, bot_id, row.id)
    return row


def page_of(
    session: Session, user_id: uuid.UUID, bot_id: uuid.UUID, page: int, limit: int, status: str
) -> dict[str, Any]:
    """One page of a bot's signals, the newest first. NotFound for a bot of someone else."""
    _own_bot(session, user_id, bot_id)
    wanted = [Signal.bot_id == bot_id] + ([Signal.status == status] if status else [])
    rows = session.scalars(
        select(Signal)
        .where(*wanted)
        .order_by(Signal.seq.desc())
        .limit(limit)
        .offset((page - 1) * limit)
    ).all()
    total = session.scalar(select(func.count()).select_from(Signal).where(*wanted))
    orders = _orders_of(session, [row.id for row in rows])
    signals = [_as_view(row, orders.get(row.id, [])) for row in rows]
    return {"signals": signals, "total": total, "page": page, "limit": limit}


def view(session: Session, user_id: uuid.UUID, signal_id: uuid.UUID) -> dict[str, Any]:
    """One signal with its orders. NotFound for a signal of someone else."""
    row = _own_signal(session, user_id, signal_id)
    return _as_view(row, _orders_of(session, [row.id]).get(row.id, []))


def replay(session: Session, user_id: uuid.UUID, signal_id: uuid.UUID, now: datetime) -> Signal:
    """A new signal with the same alert. Conflict while the old one is still open."""
    old = to_replay(session, user_id, signal_id)
    made = record_signal(session, old.bot_id, old.body, None, "replay", now, replay_of=old.id)
    assert made is not None  # without a key there is nothing to repeat
    return made


def to_replay(session: Session, user_id: uuid.UUID, signal_id: uuid.UUID) -> Signal:
    """The user's signal, which has ended. NotFound, Conflict."""
    old = _own_signal(session, user_id, signal_id)
    if old.status in OPEN_STATES:
        raise Conflict("signal_open", "This signal is still being worked on.")
    return old


def discard(session: Session, user_id: uuid.UUID, signal_id: uuid.UUID, now: datetime) -> None:
    """Dead, received or retrying → discarded. Conflict while it is being sent, or when it has
    ended otherwise."""
    row = _own_signal(session, user_id, signal_id)
    entry = {"step": "discarded", "at": now.isoformat(), "ms": _ms(row, now)}
    changed = session.execute(
        update(Signal)
        .where(Signal.id == row.id, Signal.status.in_(("dead", "received", "retrying")))
        .values(status="discarded", finished_at=now, log=Signal.log.concat([entry]))
        .returning(Signal.id)
    ).all()
    if not changed:
        raise Conflict("signal_not_waiting", "This signal is not waiting for anything.")
    live.note(session, "signal", user_id, row.bot_id, row.id)


def _free_key(session: Session, bot_id: uuid.UUID, key: str, now: datetime) -> bool:
    holder = session.scalar(select(Signal).where(Signal.bot_id == bot_id, Signal.dedup_key == key))
    if holder is None:
        return True
    if holder.dedup_until is None or now < holder.dedup_until:
        return False
    holder.dedup_key = None
    session.flush()
    return True


def _own_bot(session: Session, user_id: uuid.UUID, bot_id: uuid.UUID) -> None:
    found = session.scalar(
        select(Bot.id).where(Bot.id == bot_id, Bot.user_id == user_id, Bot.deleted_at.is_(None))
    )
    if found is None:
        raise NotFound("not_found", "There is no such bot.")


def _own_signal(session: Session, user_id: uuid.UUID, signal_id: uuid.UUID) -> Signal:
    row = session.scalar(
        select(Signal)
        .join(Bot, Bot.id == Signal.bot_id)
        .where(Signal.id == signal_id, Bot.user_id == user_id, Bot.deleted_at.is_(None))
    )
    if row is None:
        raise NotFound("not_found", "There is no such signal.")
    return row


def _orders_of(session: Session, ids: list[uuid.UUID]) -> dict[uuid.UUID, list[dict[str, Any]]]:
    found: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for order in session.scalars(
        select(Order).where(Order.signal_id.in_(ids)).order_by(Order.created_at, Order.id)
    ):
        found.setdefault(order.signal_id, []).append(_order_view(order))
    return found


def _order_view(order: Order) -> dict[str, Any]:
    price = order.average_price
    return {
        "id": str(order.id),
        "leg": order.leg,
        "symbol": order.symbol,
        "side": order.side,
        "type": order.type,
        "state": order.state,
        "quantity": as_text(order.quantity),
        "filled_quantity": as_text(order.filled_quantity),
        "average_price": None if price is None else as_text(price),
        "reason": order.reason,
        "created_at": order.created_at.isoformat(),
    }


def _as_view(row: Signal, orders: list[dict[str, Any]]) -> dict[str, Any]:
    names = (
        "id bot_id seq source status received_at finished_at attempts last_error parser intent "
        "log replay_of"
    )
    shown = {name: getattr(row, name) for name in names.split()}
    text = row.body[:_SHOWN_BYTES].decode("utf-8", "replace")
    return shown | {"body": text, "orders": orders}


def _ms(row: Signal, now: datetime) -> int:
    return round((now - row.received_at).total_seconds() * 1000)
