"""Who has stopped trading: one stop may be in force for a user, and one for everybody."""

import uuid
from collections.abc import Collection
from typing import Any, Literal

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import Session

from .. import db
from ..models import Bot, Halt, Order

Level = Literal["entries", "cancel", "flatten"]
_HALTS = Halt.__table__.c
_IS_ANY = db.as_sql(
    select(
        exists().where(
            _HALTS.lifted_at.is_(None),
            or_(_HALTS.user_id == bindparam("user_id"), _HALTS.user_id.is_(None)),
        )
    )
)
LEVELS: tuple[Level, ...] = ("entries", "cancel", "flatten")  # each does what those before it do


def against_entries(session: Session, bot: Bot) -> str | None:
    """Why an entry of this bot must not leave now, though it was planned; None if it may."""
    if bot.status != "running":
        return f"The bot is {bot.status}."
    return sentence(in_force(session, bot.user_id))


def in_force(session: Session, user_id: uuid.UUID) -> Halt | None:
    """The stop that this user's bots are under: the stricter one of the user's and everybody's."""
    if not db.rows(session, _IS_ANY, user_id=user_id)[0][0]:  # as nearly always
        return None
    return of_users(session, [user_id]).get(user_id)


def of_users(session: Session, user_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Halt]:
    """The same for several users; who trades freely is left out."""
    found = session.scalars(
        select(Halt).where(
            Halt.lifted_at.is_(None), or_(Halt.user_id.in_(user_ids), Halt.user_id.is_(None))
        )
    ).all()
    over = {one: [h for h in found if h.user_id in (None, one)] for one in user_ids}
    return {one: max(halts, key=_weight) for one, halts in over.items() if halts}


def of_scope(session: Session, user_id: uuid.UUID | None) -> Halt | None:
    """The stop in force for exactly this user; without one, for everybody."""
    wanted = Halt.user_id.is_not_distinct_from(user_id)
    return session.scalar(select(Halt).where(wanted, Halt.lifted_at.is_(None)))


def is_operators(halt: Halt) -> bool:
    """Whether the operator ordered it, so that no user can lift it."""
    return halt.user_id is None or halt.ordered_by != halt.user_id


def rank(level: str) -> int:
    """The higher, the more is stopped."""
    return [str(one) for one in LEVELS].index(level)


def sentence(halt: Halt | None) -> str | None:
    """Who stopped trading, when and why, for the owner of the bots."""
    if halt is None:
        return None
    who = "The operator" if is_operators(halt) else "You"
    why = f" ({halt.reason})" if halt.reason else ""
    return f"{who} stopped trading at {halt.ordered_at:%Y-%m-%d %H:%M} UTC{why}."


def shown(halt: Halt | None) -> dict[str, Any] | None:
    """What the API shows of it."""
    if halt is None:
        return None
    names = ("level", "reason", "ordered_at", "carried_out_at")
    return {name: getattr(halt, name) for name in names} | {
        "scope": "platform" if halt.user_id is None else "user",
        "by": "operator" if is_operators(halt) else "you",
    }


def is_unsent_entry(order: Order) -> bool:
    """Whether the order opens something and certainly never reached its venue."""
    return order.leg == "entry" and order.state == "planned"


def _weight(halt: Halt) -> tuple[int, bool]:
    """Of two that stop the same, the one that the user can't lift."""
    return rank(halt.level), is_operators(halt)
