"""Differences that last: found, told, shown, resolved."""

import logging
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from ... import live, logs
from ...errors import NotFound
from ...models import Bot, Drift, TradingAccount
from ...money import as_text
from ...notify import events
from .comparison import MISSING_ORDER, POSITION, UNKNOWN_ORDER, Difference

_OPEN_AT = select(Drift).where(
    Drift.account_id == bindparam("account_id"), Drift.resolved_at.is_(None)
)


def keep(
    session: Session,
    account: TradingAccount,
    counting: Sequence[Difference],
    now: datetime,
) -> None:
    """Store the differences that count; a new one is told to its user, once."""
    known = {(row.kind, row.subject): row for row in _open_at(session, account.id)}
    for one in counting:
        row = known.get((one.kind, one.subject))
        if row is None:
            _open(session, account, one, now)
        else:
            row.ours, row.theirs, row.seen_at = one.ours, one.theirs, now
            row.bot_id = one.bot_id


def close_gone(
    session: Session,
    account_id: uuid.UUID,
    seen: Iterable[Difference],
    moving: frozenset[str],
    now: datetime,
) -> None:
    """Close what was not seen any more, where nothing moves that could hide it."""
    keys = {(one.kind, one.subject) for one in seen}
    for row in _open_at(session, account_id):
        if (row.kind, row.subject) not in keys and row.symbol not in moving:
            close(session, row, "gone", now)


def close(session: Session, row: Drift, resolution: str, now: datetime) -> None:
    """It is no more: how, and when."""
    row.resolved_at, row.resolution = now, resolution
    logs.event("drift.resolved", drift_id=row.id, kind=row.kind, resolution=resolution)
    _tell_pages(session, row)


def drifts_of(
    user_id: uuid.UUID, bot_id: uuid.UUID | None = None, account_id: uuid.UUID | None = None
) -> Select[Drift]:
    """The query for a user's open drifts, newest first. Of a bot: also those of its account that
    are no bot's."""
    query = select(Drift).where(Drift.user_id == user_id, Drift.resolved_at.is_(None))
    if bot_id is not None:
        query = query.join(Bot, _concerns_bot()).where(Bot.id == bot_id)
    if account_id is not None:
        query = query.where(Drift.account_id == account_id)
    return query.order_by(Drift.id.desc())


def counts(session: Session, bot_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many open drifts each of these bots has; one without any is left out."""
    rows = session.execute(
        select(Bot.id, func.count())
        .join(Drift, _concerns_bot())
        .where(Bot.id.in_(bot_ids), Drift.resolved_at.is_(None))
        .group_by(Bot.id)
    )
    return dict(rows.all())


def drift_for(session: Session, user_id: uuid.UUID, drift_id: uuid.UUID) -> Drift:
    """The user's drift, open or resolved, locked. NotFound if there is none, or it is someone
    else's."""
    row = session.get(Drift, drift_id, with_for_update=True, populate_existing=True)
    if row is None or row.user_id != user_id:
        raise NotFound("drift_not_found", "There is no such difference.")
    return row


def in_words(row: Drift) -> str:
    """The difference as a sentence."""
    ours, theirs = as_text(row.ours), as_text(row.theirs)
    return {
        POSITION: f"The broker holds {theirs}, our books come to {ours}.",
        UNKNOWN_ORDER: f"The broker has an open order under our name for {theirs} that no signal "
        "of yours stands behind.",
        MISSING_ORDER: f"Our books have an open order for {ours} that the broker does not know.",
    }[row.kind]


def _open(session: Session, account: TradingAccount, one: Difference, now: datetime) -> None:
    row = Drift(
        user_id=account.user_id,
        account_id=account.id,
        bot_id=one.bot_id,
        kind=one.kind,
        subject=one.subject,
        symbol=one.symbol,
        ours=one.ours,
        theirs=one.theirs,
        found_at=now,
        seen_at=now,
        told_at=now,
    )
    session.add(row)
    session.flush()
    logs.event(
        "drift.found",
        level=logging.ERROR,
        drift_id=row.id,
        account_id=account.id,
        kind=row.kind,
        symbol=row.symbol,
        ours=row.ours,
        theirs=row.theirs,
    )
    told = {"symbol": row.symbol, "reason": f"{account.label}: {in_words(row)}"}
    event = events.Event(events.Kind.DRIFT, str(row.id), row.user_id, row.bot_id, told)
    events.emit(session, event, now)
    _tell_pages(session, row)


def _tell_pages(session: Session, row: Drift) -> None:
    concerned = select(Bot.id).where(Bot.trading_account_id == row.account_id)
    for bot_id in session.scalars(concerned):
        live.note(session, "bot", row.user_id, bot_id, bot_id)


def _open_at(session: Session, account_id: uuid.UUID) -> Sequence[Drift]:
    return session.scalars(_OPEN_AT, {"account_id": account_id}).all()


def _concerns_bot() -> ColumnElement[bool]:
    of_account = and_(Drift.bot_id.is_(None), Drift.account_id == Bot.trading_account_id)
    return or_(Drift.bot_id == Bot.id, of_account)
