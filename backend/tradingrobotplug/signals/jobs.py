"""Worker entry points for signals."""

import logging
import time
import uuid
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from datetime import datetime
from threading import BoundedSemaphore

from sqlalchemy import bindparam, select
from sqlalchemy.exc import DBAPIError

from .. import clock, db, logs, queues
from ..marketdata import venue
from ..models import Signal
from ..models.signals import IS_OPEN
from ..plans import priority
from ..trading.locks import bot_lock
from . import bell, equation, halt_batches, news, watch
from .draining import drain
from .processing import work_off
from .turn import Turn

_PASS_SECONDS = 0.25
_ALARM_SECONDS = 10
_HALT_SECONDS = 1.0
_TAKEN_SECONDS = 1.0  # workers that took no ring for so long are not at it

HANDS = 8  # bots that one worker carries out at a time: mostly it waits for brokers
_KEPT_SECONDS, _LOOK_EVERY = 0.25, 0.01  # how long a hand waits for a bot that is kept from it

_INBOX = Signal.__table__.c
_HEAD = db.as_sql(
    select(_INBOX.status, _INBOX.next_attempt_at)
    .where(_INBOX.bot_id == bindparam("bot_id"), IS_OPEN)
    .order_by(_INBOX.seq)
    .limit(1)
)
_hands = ThreadPoolExecutor(HANDS, thread_name_prefix="hand")
_free = BoundedSemaphore(HANDS)
_pool = ThreadPoolExecutor(4, thread_name_prefix="sweep")
_under_way: dict[uuid.UUID, Future[None]] = {}
_quiet_until = 0.0
# The ring that waited first when we last looked, and since when it does.
_next_ring: bytes | None = None
_next_since = 0.0


def hand_over(bot_id: str) -> None:
    """Have this bot's signals carried out, as soon as one of this worker's hands is free: a slow
    broker keeps one hand busy and not the worker. What dies with it the sweeper finds."""
    _free.acquire()
    _hands.submit(copy_context().run, process_signals, bot_id).add_done_callback(_let_go)


def _let_go(work: Future[None]) -> None:
    _free.release()
    _tell(work)


def _tell(work: Future[None]) -> None:
    """A thread's error would be seen by nobody."""
    error = work.exception()
    if error is not None:
        logging.getLogger("trp").error("signal.work_failed", exc_info=error)


def process_signals(bot_id: str) -> None:
    """Carry out this bot's signals in order. Running it twice, or in two places, is harmless."""
    bot = uuid.UUID(bot_id)
    bell.answered(bot)
    try:
        _work_while_due(bot)
    except DBAPIError as error:
        logs.event(
            "signal.worker_cut_off",
            level=logging.WARNING,
            bot_id=bot_id,
            error=type(error.orig).__name__,
        )


def sweep() -> None:
    """One pass over what a lost ring, a dead worker or a dead database left behind."""
    drain(venue.connected())
    now = clock.now()
    patience = watch.QUEUED if _workers_are_at_it() else watch.UNTOUCHED
    with db.transaction() as session:
        heads = watch.heads(session, now, patience)
        freed = watch.free(session, [head.bot_id for head in heads if head.is_stuck])
        overdue, oldest = watch.overdue(session, now)
    for bot_id, pid in freed:
        logs.event("signal.holder_ended", level=logging.WARNING, bot_id=bot_id, pid=pid)
    if overdue:
        _raise_alarm(overdue, oldest)
    _work_on([head.bot_id for head in heads])


def _workers_are_at_it() -> bool:
    """Whether rings wait in Redis and workers took some within the last second. What is new will
    have its turn: to carry it out here as well would take the processors from the workers, who then
    fall behind for good."""
    global _next_ring, _next_since
    before, _next_ring = _next_ring, queues.next_of(queues.SIGNALS)
    if _next_ring != before:
        _next_since = time.monotonic()
    return _next_ring is not None and time.monotonic() - _next_since < _TAKEN_SECONDS


def carry_out_halts() -> None:
    """Give every bot that a stop concerns its signals, a batch at a time, and tell their owners.

    After a second the rest is left to the next run, so that the sweeper finds time for the signals.
    Running it twice, or in two places, is harmless.
    """
    until = time.monotonic() + _HALT_SECONDS
    while time.monotonic() < until:
        with db.transaction() as session:
            given = halt_batches.carry_on(session, clock.now())
        if given is None:
            return
        if given:
            priority.ring(*given)


def tell_turned_away() -> None:
    """Tell of alerts that intake refused; each is told once, however often this runs."""
    with db.transaction() as session:
        news.tell_turned_away(session, clock.now())


def count_up() -> None:
    """Raise the alarm if a signal of the last day is nowhere: neither open nor ended."""
    with db.transaction() as session:
        day = equation.count(session, clock.now() - equation.DAY)
    if day.unaccounted:
        logs.event(
            "signal.unaccounted", level=logging.ERROR, count=day.unaccounted, stored=day.stored
        )


def _raise_alarm(count: int, oldest: datetime | None) -> None:
    """Say it once every 10 s, not in every pass."""
    global _quiet_until
    if time.monotonic() >= _quiet_until:
        _quiet_until = time.monotonic() + _ALARM_SECONDS
        logs.event("signal.overdue", level=logging.ERROR, count=count, oldest=oldest)


def _work_while_due(bot_id: uuid.UUID) -> None:
    """Again while something is due: what came in just before the lock was let go found it busy.

    Another hand that has the bot looks for that as well, so it is left to that hand. Who only takes
    in what became of the bot's orders does not, but is done in a moment.
    """
    until = time.monotonic() + _KEPT_SECONDS
    while True:
        is_free = _work(bot_id)
        status = _due(bot_id)
        if status is None:
            return
        if not is_free:
            if status == "processing" or time.monotonic() > until:
                return  # what is left so the sweeper finds
            time.sleep(_LOOK_EVERY)


def _work(bot_id: uuid.UUID) -> bool:
    """Whether the bot was free to work on."""
    with db.engine().connect() as connection, bot_lock(connection, bot_id) as taken:
        if not taken:
            return False
        work_off(Turn(connection, bot_id))
        return True


def _due(bot_id: uuid.UUID) -> str | None:
    """The status of the bot's oldest open signal, if it is due."""
    for head in db.read(_HEAD, bot_id=bot_id):
        return head.status if head.next_attempt_at <= clock.now() else None
    return None


def _work_on(bot_ids: list[uuid.UUID]) -> None:
    """Several bots at a time, so that a slow venue delays its own bots only."""
    for bot_id in [bot_id for bot_id, work in _under_way.items() if work.done()]:
        del _under_way[bot_id]
    for bot_id in bot_ids:
        if bot_id not in _under_way:
            _under_way[bot_id] = _pool.submit(process_signals, str(bot_id))
            _under_way[bot_id].add_done_callback(_tell)
    wait(_under_way.values(), timeout=_PASS_SECONDS)
