"""Which accounts' streams are listened to: those that have orders at rest.

A stream is never believed: each of its messages only makes us ask the account now instead of within
a second. Without this process every fill is found by polling.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

from sqlalchemy import exists, or_, select
from sqlalchemy.exc import SQLAlchemyError

from .. import db, logs
from ..models import Order, TradingAccount
from .ear import Ear
from .planning import RESTING
from .polling import TakeIn

LOOK_SECONDS = 1.0
IDLE_SECONDS = 60.0  # how long an account without orders at rest stays connected


@dataclass(frozen=True, slots=True)
class _Account:
    """One whose keys are good; `is_waiting` for its orders at rest."""

    id: uuid.UUID
    key_version: int
    is_waiting: bool


@dataclass(slots=True)
class _Kept:
    ear: Ear
    work: asyncio.Task[None]
    key_version: int
    waited_at: float


class Listener:
    """Keeps one connection for each account that waits for its orders."""

    def __init__(self, take_in: TakeIn) -> None:
        self._take_in = take_in
        self._kept: dict[uuid.UUID, _Kept] = {}

    @property
    def connected(self) -> set[uuid.UUID]:
        """The accounts whose venue tells us of orders now."""
        return {account_id for account_id, kept in self._kept.copy().items() if kept.ear.is_open}

    async def run(self, stopped: Event, beat: Callable[[], None]) -> None:
        """Listen until stopped, looking each second for accounts that came or went. `beat` is
        called after each look, from a thread that may wait."""
        with ThreadPoolExecutor(1, thread_name_prefix="look") as aside:
            look = asyncio.get_running_loop().run_in_executor
            while not stopped.is_set():
                try:
                    found = await look(aside, _accounts, frozenset(self._kept))
                    self._follow(found, time.monotonic())
                except SQLAlchemyError as error:  # the streams stay; what they ask for waits
                    kind = type(error).__name__
                    logs.event("listener.lost_database", level=logging.ERROR, error=kind)
                await look(aside, beat)
                await asyncio.sleep(LOOK_SECONDS)
        ended = [self._stop(account_id) for account_id in list(self._kept)]
        await asyncio.gather(*ended, return_exceptions=True)

    def _follow(self, found: Sequence[_Account], now: float) -> None:
        for account_id in self._kept.keys() - {account.id for account in found}:
            self._stop(account_id)  # its keys were revoked
        for account in found:
            kept = self._kept.get(account.id)
            if kept and kept.key_version != account.key_version:
                self._stop(account.id)
                kept = None
            if account.is_waiting:
                kept = kept or self._start(account, now)
                kept.waited_at = now
            elif kept and now - kept.waited_at > IDLE_SECONDS:
                self._stop(account.id)

    def _start(self, account: _Account, now: float) -> _Kept:
        ear = Ear(account.id, self._take_in)
        kept = _Kept(ear, asyncio.create_task(ear.run()), account.key_version, now)
        self._kept[account.id] = kept
        return kept

    def _stop(self, account_id: uuid.UUID) -> asyncio.Task[None]:
        work = self._kept.pop(account_id).work
        work.cancel()
        return work


def _accounts(kept: Collection[uuid.UUID]) -> list[_Account]:
    """Those with orders at rest, and those that are listened to already."""
    account = TradingAccount
    is_waiting = exists().where(Order.account_id == account.id, Order.state.in_(RESTING))
    found = (
        select(account.id, account.key_version, is_waiting)
        .where(account.revoked_at.is_(None), or_(is_waiting, account.id.in_(kept)))
        .order_by(account.id)
    )
    with db.reading() as session:
        return [_Account(*row) for row in session.execute(found)]
