"""Every data key under the newest master key, row by row, while trading goes on.

Only wrapped keys change: records stay as they are, and a process that has read a row before it
changed still opens what it read, as the old master key stays until its owner removes it.
"""

import uuid
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..models import NotificationChannel, SecondFactor, TradingAccount
from .keyring import Binding, WrappedKey, connected

Row = TradingAccount | SecondFactor | NotificationChannel
Kind = type[TradingAccount] | type[SecondFactor] | type[NotificationChannel]
KINDS: dict[str, Kind] = {
    "trading_account": TradingAccount,
    "second_factor": SecondFactor,
    "notification_channel": NotificationChannel,
}
"""What holds wrapped data keys, by the name it has in the trail."""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A row's data key as it was found."""

    key: WrappedKey
    binding: Binding


def outdated(session: Session, kind: Kind, newest: str) -> list[uuid.UUID]:
    """The rows whose data key is under another master key than the newest."""
    return list(
        session.scalars(
            select(kind.id)
            .where(kind.wrapped_by != newest, kind.wrapped_key.is_not(None))
            .order_by(kind.id)
        )
    )


def found(session: Session, kind: Kind, row_id: uuid.UUID) -> Wrapped | None:
    """The row's data key; None if the row or its keys are gone by now."""
    row = _row(session, kind, row_id)
    if row is None or row.wrapped_key is None:
        return None
    version = 1 if isinstance(row, SecondFactor) else row.key_version
    binding = Binding(row.user_id, row.id, version)
    return Wrapped(WrappedKey(row.wrapped_key, row.wrapped_by), binding)


def rewrapped(wrapped: Wrapped) -> WrappedKey:
    """Under the newest master key. May ask a service: not inside a transaction."""
    return connected().rewrap(wrapped.key, wrapped.binding)


def replace(session: Session, kind: Kind, old: Wrapped, new: WrappedKey) -> bool:
    """Store it, unless the row has changed meanwhile: new keys are under the newest already."""
    changed = session.execute(
        update(kind)
        .where(kind.id == old.binding.account_id, kind.wrapped_key == old.key.blob)
        .values(wrapped_key=new.blob, wrapped_by=new.by)
        .returning(kind.id)
    )
    return changed.one_or_none() is not None


def _row(session: Session, kind: Kind, row_id: uuid.UUID) -> Row | None:
    if kind is TradingAccount:
        return session.get(TradingAccount, row_id)
    if kind is SecondFactor:
        return session.get(SecondFactor, row_id)
    return session.get(NotificationChannel, row_id)
