"""A user's account at a broker, opened for trading.

Keys are taken out of the vault on the record. The opened account is kept in memory for a few
minutes, so that an order does not wait for the key service; before each use its row is asked
whether the keys are still the same, and not revoked.
"""

import threading
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from ..brokers import venues
from ..brokers.broker import Broker, NotReached
from ..db import as_sql, read
from ..errors import ServiceError
from ..marketdata import venue as marketdata
from ..models import TradingAccount
from . import keys, openings

KEPT_SECONDS = 300.0
_GONE = "The trading account is gone, or its keys were revoked."


@dataclass(frozen=True, slots=True)
class _Opened:
    broker: Broker
    key_version: int
    until: float


_ROWS = TradingAccount.__table__.c
_KEYS = as_sql(
    select(_ROWS.broker, _ROWS.environment, _ROWS.key_version, _ROWS.revoked_at).where(
        _ROWS.id == bindparam("account_id")
    )
)
_kept: dict[uuid.UUID, _Opened] = {}
_opening: defaultdict[uuid.UUID, threading.Lock] = defaultdict(threading.Lock)


def broker_of(account_id: uuid.UUID, environment: str | None = None) -> Broker:
    """The account, ready to be asked; call it with no transaction open.

    NotReached if it is gone or of another environment than this one, its keys are revoked or can't
    be read, or the key service is away.
    """
    row = next(iter(read(_KEYS, account_id=account_id)), None)
    if row is None or row.revoked_at is not None:
        _kept.pop(account_id, None)
        raise NotReached(_GONE)
    if environment not in (None, row.environment):
        raise NotReached(f"This is a {row.environment} account, and not for {environment} trading.")
    with _opening[account_id]:
        kept = _kept.get(account_id)
        if kept and kept.key_version == row.key_version and time.monotonic() < kept.until:
            return kept.broker
        return _open(account_id, row.broker, row.environment)


def _open(account_id: uuid.UUID, broker: str, environment: str) -> Broker:
    try:
        taken = openings.take_out(account_id)
        opened = venues.opened(broker, environment, keys.opened(taken))
    except ServiceError as error:
        raise NotReached(error.message) from error
    _forget_old()
    until = time.monotonic() + KEPT_SECONDS
    _kept[account_id] = _Opened(opened, taken.binding.key_version, until)
    return opened


def _forget_old() -> None:
    """Keys are in memory no longer than they are used."""
    for account_id in [a for a, kept in list(_kept.items()) if kept.until < time.monotonic()]:
        _kept.pop(account_id, None)


def forget() -> None:
    """Drop every opened account."""
    _kept.clear()


marketdata.on_forget(forget)
