"""Every data key under the newest master key, row by row, while trading goes on.

Only wrapped keys change: records stay as they are, and a process that has read a row before it
changed still opens what it read, as the old master key stays until its owner removes it.
"""

import uuid
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..models import TradingAccount
from .keyring import Binding, WrappedKey, connected


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A row's data key as it was found."""

    key: WrappedKey
    binding: Binding


def outdated(session: Session, newest: str) -> list[uuid.UUID]:
    """The accounts whose data key is under another master key than the newest."""
    return list(
        session.scalars(
            select(TradingAccount.id)
            .where(TradingAccount.wrapped_by != newest, TradingAccount.wrapped_key.is_not(None))
            .order_by(TradingAccount.id)
        )
    )


def found(session: Session, account_id: uuid.UUID) -> Wrapped | None:
    """The row's data key; None if the row or its keys are gone by now."""
    row = session.get(TradingAccount, account_id)
    if row is None or row.wrapped_key is None:
        return None
    binding = Binding(row.user_id, row.id, row.key_version)
    return Wrapped(WrappedKey(row.wrapped_key, row.wrapped_by), binding)


def rewrapped(wrapped: Wrapped) -> WrappedKey:
    """Under the newest master key. May ask a service: not inside a transaction."""
    return connected().rewrap(wrapped.key, wrapped.binding)


def replace(session: Session, old: Wrapped, new: WrappedKey) -> bool:
    """Store it, unless the row has changed meanwhile: new keys are under the newest already."""
    changed = session.execute(
        update(TradingAccount)
        .where(
            TradingAccount.id == old.binding.account_id,
            TradingAccount.wrapped_key == old.key.blob,
        )
        .values(wrapped_key=new.blob, wrapped_by=new.by)
        .returning(TradingAccount.id)
    )
    return changed.one_or_none() is not None
