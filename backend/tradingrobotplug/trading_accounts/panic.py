"""The answer to a leak: no bot goes on, no broker key stays. Only new keys undo it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..accounts import audit
from ..models import Bot, TradingAccount, User
from . import service


@dataclass(frozen=True, slots=True)
class Revocation:
    """Keys that are gone here and that their owner must still revoke at the broker."""

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
    """Pause every running bot and erase every stored broker key. Needs no master key."""
    bots = _pause_bots(session, now)
    revoked = _erase_keys(session, now)
    audit.record(session, "vault.panic", now, bots=bots, accounts=len(revoked))
    return Outcome(bots, revoked)


def _pause_bots(session: Session, now: datetime) -> int:
    running = Bot.status == "running"
    pause = update(Bot).where(running, Bot.deleted_at.is_(None))
    paused = session.execute(
        pause.values(status="paused", updated_at=now).returning(Bot.id, Bot.user_id)
    ).all()
    for bot in paused:
        audit.record(
            session, "bot.paused", now, user_id=bot.user_id, object_id=bot.id, reason="vault.panic"
        )
    return len(paused)


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
        found.append(Revocation(email, row.broker, row.environment, row.label, row.key_ending))
    return found
