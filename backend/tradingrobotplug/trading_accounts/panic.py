"""The answer to a leak: no bot goes on, no broker key stays. Only new keys undo it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, or_, select, update
from sqlalchemy.orm import Session

from ..accounts import audit
from ..models import Bot, TradingAccount, User
from ..notify import outbox
from . import letters, news, service

_REVOKED = "They were erased here, because keys may have leaked. Revoke them at the broker too."


@dataclass(frozen=True, slots=True)
class Revocation:
    """Keys that are gone here and that their owner must still revoke at the broker."""

    user_id: UUID
    email: str
    broker: str
    environment: str
    label: str
    key_ending: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was stopped."""

    bots: int
    revoked: list[Revocation]


def stop_everything(session: Session, now: datetime) -> Outcome:
    """Pause every running bot, erase every stored broker key, and write to their owners.

    Needs no master key.
    """
    owners = _pause_bots(session, now)
    revoked = _erase_keys(session, now)
    _write_to_owners(session, owners, revoked, now)
    audit.record(session, "vault.panic", now, bots=len(owners), accounts=len(revoked))
    return Outcome(len(owners), revoked)


def _pause_bots(session: Session, now: datetime) -> list[UUID]:
    """Whose bots were paused, once for each."""
    running = or_(Bot.status == "running", Bot.held_from == "running")
    was = case((Bot.held_from.is_not(None), "paused"))
    pause = update(Bot).where(running, Bot.deleted_at.is_(None))
    paused = session.execute(
        pause.values(status="paused", held_from=was, updated_at=now).returning(Bot.id, Bot.user_id)
    ).all()
    for bot in paused:
        audit.record(
            session, "bot.paused", now, user_id=bot.user_id, object_id=bot.id, reason="vault.panic"
        )
    return [bot.user_id for bot in paused]


def _erase_keys(session: Session, now: datetime) -> list[Revocation]:
    rows = session.execute(
        select(TradingAccount, User.email)
        .join(User, User.id == TradingAccount.user_id)
        .where(TradingAccount.sealed_keys.is_not(None))
        .order_by(User.email, TradingAccount.label)
        .with_for_update(of=TradingAccount)
    ).all()
    found = []
    for row, email in rows:
        service.erase(row, now)
        service.note(session, "revoked", row, now, "", reason="vault.panic")
        news.lost(session, row, _REVOKED, now, is_mailed=True)
        gone = (email, row.broker, row.environment, row.label, row.key_ending)
        found.append(Revocation(row.user_id, *gone))
    return found


def _write_to_owners(
    session: Session, owners: list[UUID], revoked: list[Revocation], now: datetime
) -> None:
    """One mail to each; an address that can't be written to must not stop the rest."""
    affected = {*owners, *(gone.user_id for gone in revoked)}
    users = select(User).where(User.id.in_(affected), User.is_house.is_(False)).order_by(User.id)
    for user in session.scalars(users).all():
        if outbox.is_usable(user.email):
            keys = [gone for gone in revoked if gone.user_id == user.id]
            letter = letters.panic(keys, owners.count(user.id))
            outbox.put(session, letter, user.email, now, user_id=user.id, name=user.username)
