"""The one way to a user's broker keys: taken out on the record, opened outside any transaction."""

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .. import clock, logs
from ..accounts import audit
from ..brokers.keys import BrokerKeys
from ..db import transaction
from ..errors import Conflict
from ..models import AuditLog, TradingAccount
from ..vault import envelope
from ..vault.keyring import Binding, Sealed, Tampered, WrappedKey
from . import news

USED = "trading_account.key_used"
ALARM = "trading_account.unusual_use"
USUAL = 20  # openings of one account's keys in WINDOW; more raise the alarm
WINDOW = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class TakenOut:
    """Sealed keys, whose opening is recorded."""

    sealed: Sealed
    binding: Binding


def seal(keys: BrokerKeys, binding: Binding) -> Sealed:
    """Encrypt keys for their account. May ask a key service: not inside a transaction."""
    plain = json.dumps({"key": keys.key, "secret": keys.secret}).encode()
    return envelope.seal(plain, binding)


def take_out(session: Session, account: TradingAccount, purpose: str, now: datetime) -> TakenOut:
    """The account's sealed keys; why they are opened is recorded with the commit, before `opened`
    can follow. Conflict `keys_revoked` if there are none any more."""
    row = session.scalars(
        select(TradingAccount)
        .where(TradingAccount.id == account.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None or row.sealed_keys is None or row.wrapped_key is None:
        raise Conflict("keys_revoked", "This account's keys were revoked. Give new ones.")
    _record(session, row, purpose, now)
    row.last_used_at = now
    return TakenOut(
        Sealed(row.sealed_keys, WrappedKey(row.wrapped_key, row.wrapped_by)), binding_of(row)
    )


def opened(taken: TakenOut) -> BrokerKeys:
    """The keys in plain. May ask a key service: not inside a transaction.

    Conflict `keys_unreadable` if the stored row was changed or moved; VaultUnavailable.
    """
    try:
        return BrokerKeys(**json.loads(envelope.unseal(taken.sealed, taken.binding)))
    except Tampered as error:
        account_id = taken.binding.account_id
        logs.event("trading_account.tampered", level=logging.ERROR, account_id=account_id)
        with transaction() as session:
            row = session.get(TradingAccount, account_id)
            if row is not None:
                news.lost(session, row, "They can't be read any more. Give new ones.", clock.now())
        raise Conflict(
            "keys_unreadable", "This account's keys can't be read any more. Give new ones."
        ) from error


def binding_of(row: TradingAccount) -> Binding:
    """What this row's keys belong to."""
    return Binding(row.user_id, row.id, row.key_version)


def _record(session: Session, row: TradingAccount, purpose: str, now: datetime) -> None:
    audit.record(session, USED, now, user_id=row.user_id, object_id=row.id, purpose=purpose)
    # The row's lock is held, so that every earlier opening is counted.
    used = _recent(session, row, USED, now) + 1
    if used > USUAL and not _recent(session, row, ALARM, now):
        logs.event(
            ALARM, level=logging.ERROR, account_id=row.id, opened=used, seconds=WINDOW.seconds
        )
        audit.record(session, ALARM, now, user_id=row.user_id, object_id=row.id, opened=used)


def _recent(session: Session, row: TradingAccount, action: str, now: datetime) -> int:
    found = session.scalar(
        select(func.count()).where(
            AuditLog.object_id == str(row.id),
            AuditLog.action == action,
            AuditLog.at > now - WINDOW,
        )
    )
    return found or 0
