"""The one way to a user's broker keys: taken out on the record, opened outside any transaction."""

import json
import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from .. import clock, db, logs
from ..accounts import audit
from ..brokers.keys import BrokerKeys
from ..errors import Conflict
from ..models import AuditLog, TradingAccount
from ..vault import envelope
from ..vault.keyring import Binding, Sealed, Tampered, WrappedKey
from . import news

USED = "trading_account.key_used"
ALARM = "trading_account.unusual_use"
USUAL = 20  # openings of one account's keys in WINDOW; more raise the alarm
WINDOW = timedelta(seconds=60)

_ROWS, _TRAIL = TradingAccount.__table__.c, AuditLog.__table__.c
# The row's lock is held from here, so that every earlier opening is counted.
_USE = db.as_sql(
    update(TradingAccount)
    .where(
        _ROWS.id == bindparam("account_id"),
        _ROWS.sealed_keys.is_not(None),
        _ROWS.wrapped_key.is_not(None),
    )
    .values(last_used_at=bindparam("now"))
    .returning(
        _ROWS.id,
        _ROWS.user_id,
        _ROWS.key_version,
        _ROWS.sealed_keys,
        _ROWS.wrapped_key,
        _ROWS.wrapped_by,
    )
)
_RECENT = db.as_sql(
    select(func.count()).where(
        _TRAIL.object_id == bindparam("object_id"),
        _TRAIL.action == bindparam("action"),
        _TRAIL.at > bindparam("since"),
    )
)


@dataclass(frozen=True, slots=True)
class TakenOut:
    """Sealed keys, whose opening is recorded."""

    sealed: Sealed
    binding: Binding


def seal(keys: BrokerKeys, binding: Binding) -> Sealed:
    """Encrypt keys for their account. May ask a key service: not inside a transaction."""
    plain = json.dumps({"key": keys.key, "secret": keys.secret}).encode()
    return envelope.seal(plain, binding)


def take_out(session: Session, account_id: uuid.UUID, purpose: str, now: datetime) -> TakenOut:
    """The account's sealed keys; why they are opened is recorded with the commit, before `opened`
    can follow. Conflict `keys_revoked` if there are none any more."""
    found = db.rows(session, _USE, account_id=account_id, now=now)
    if not found:
        raise Conflict("keys_revoked", "This account's keys were revoked. Give new ones.")
    row = found[0]
    _record(session, row, purpose, now)
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
        with db.transaction() as session:
            row = session.get(TradingAccount, account_id)
            if row is not None:
                news.lost(session, row, "They can't be read any more. Give new ones.", clock.now())
        raise Conflict(
            "keys_unreadable", "This account's keys can't be read any more. Give new ones."
        ) from error


def binding_of(row: TradingAccount | Any) -> Binding:
    """What the keys of this row belong to; of a row of columns, as `_USE` returns it, too."""
    return Binding(row.user_id, row.id, row.key_version)


def _record(session: Session, row: Any, purpose: str, now: datetime) -> None:
    audit.record(session, USED, now, user_id=row.user_id, object_id=row.id, purpose=purpose)
    used = _recent(session, row, USED, now) + 1
    if used > USUAL and not _recent(session, row, ALARM, now):
        logs.event(
            ALARM, level=logging.ERROR, account_id=row.id, opened=used, seconds=WINDOW.seconds
        )
        audit.record(session, ALARM, now, user_id=row.user_id, object_id=row.id, opened=used)


def _recent(session: Session, row: Any, action: str, now: datetime) -> int:
    asked = {"object_id": str(row.id), "action": action, "since": now - WINDOW}
    return int(db.rows(session, _RECENT, **asked)[0][0])
