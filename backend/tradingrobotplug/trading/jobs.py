"""What sweeper and scheduler run: resting orders meet the market and the books follow; our books
are compared with the brokers'."""

import logging
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from .. import clock, db, logs
from ..brokers.broker import NoClearAnswer, NotReached
from ..brokers.venues import match_resting
from ..models import Bot, Order, PaperOrder, Position
from . import alarms, clearing, held, polling, protection, submit, unguarded
from .listening import Listener
from .locks import Begin, bot_lock, transactions_on
from .planning import RESTING
from .precedence import ROUNDS, after_signals
from .protection import LIVE
from .reconciliation import reconciler

LEFT_ALONE = timedelta(seconds=2)  # who planned the protection is about to send it himself
_PASS_SECONDS = 1.0
_SPREAD_SECONDS = 0.8

_pool = ThreadPoolExecutor(4, thread_name_prefix="reconcile")
_under_way: dict[uuid.UUID, Future[None]] = {}


def settle() -> None:
    """Match resting paper orders and record what changed, each bot under its lock; look at what
    we hold for venues.

    What is due is read from the tables, not from what this run matched: a bot that was busy, or
    a crash between match and record, is found by the next run.
    """
    now = clock.now()
    with logs.apart("settle.not_matched"):
        match_resting(now)
    with logs.apart("settle.not_watched"):
        for sight in held.sighted(now):
            _for_itself(sight.bot_id, now, partial(held.act, sight, now))
    with db.reading() as session:
        bot_ids = _due(session, now)
    for bot_id in bot_ids:
        _for_itself(bot_id, now, partial(_follow, bot_id, now))
    with db.transaction() as session:
        alarms.raise_and_clear(session, now)


def reconcile() -> None:
    """Lay our books beside the brokers' where it is time to, four accounts at a time, spread over
    the second. One whose broker is slow is not waited for, and not asked again before it has
    answered."""
    with db.reading() as session:
        account_ids = reconciler.due(session, clock.now())
    for account_id in [one for one, work in _under_way.items() if work.done()]:
        del _under_way[account_id]
    for number, account_id in enumerate(account_ids):
        if number:
            time.sleep(_SPREAD_SECONDS / len(account_ids))
        if account_id not in _under_way:
            _under_way[account_id] = _pool.submit(_look, account_id)
    wait(_under_way.values(), timeout=_PASS_SECONDS)


def _look(account_id: uuid.UUID) -> None:
    after_signals(ROUNDS)
    with logs.about(account_id=account_id):
        try:
            reconciler.look(account_id, clock.now())
        except Exception:  # a thread's error would be seen by nobody
            logging.getLogger("trp").exception("reconcile.failed")


def poll() -> None:
    """Ask brokers what became of the orders that rest there."""
    polling.poll(_take_in)


def listener() -> Listener:
    """Who asks an account as soon as its broker's stream speaks."""
    return Listener(_take_in)


def _take_in(bot_id: uuid.UUID, answers: polling.Answers, now: datetime) -> bool:
    return _under_lock(bot_id, now, partial(_record, answers, now))


def _record(answers: polling.Answers, now: datetime, begin: Begin) -> None:
    for order_id, outcome in answers:
        clearing.take_in(order_id, outcome, now, begin)


def _follow(bot_id: uuid.UUID, now: datetime, begin: Begin) -> None:
    """The books follow what the paper broker made of resting orders; what is unguarded is seen."""
    for (order_id,) in db.read(_BEHIND, bot_id=bot_id):
        clearing.look_up(order_id, now, begin)
    _guard(bot_id, now, begin)


def _for_itself(bot_id: uuid.UUID, now: datetime, work: Callable[[Begin], None]) -> None:
    """What is wrong with one bot must not leave the others without their protection."""
    with logs.apart("settle.failed", bot_id=bot_id):
        _under_lock(bot_id, now, work)


def _under_lock(bot_id: uuid.UUID, now: datetime, work: Callable[[Begin], None]) -> bool:
    """Do this to a bot and see to its orders, unless somebody works on it (False); the next run
    finds it then."""
    with db.engine().connect() as connection, bot_lock(connection, bot_id) as taken:
        if taken:
            _settle_bot(bot_id, now, transactions_on(connection), work)
        return taken


def _settle_bot(
    bot_id: uuid.UUID, now: datetime, begin: Begin, work: Callable[[Begin], None]
) -> None:
    try:
        work(begin)
        submit.send_protection(bot_id, now, begin)
        for (order_id,) in db.read(_NEEDLESS, bot_id=bot_id):
            clearing.cancel(order_id, now, begin)
    except (NoClearAnswer, NotReached) as error:
        logs.event("settle.postponed", bot_id=str(bot_id), error=type(error).__name__)


def _guard(bot_id: uuid.UUID, now: datetime, begin: Begin) -> None:
    with db.reading() as session:
        symbols = unguarded.symbols(session, bot_id, now)
    for symbol in symbols:
        with begin() as session:
            legs = protection.plan_missing(session, bot_id, symbol, now)
        names = [leg.leg for leg in legs]
        facts = {"bot_id": str(bot_id), "symbol": symbol, "planned": names}
        logs.event("position.unguarded", level=logging.ERROR, **facts)


def _due(session: Session, now: datetime) -> list[uuid.UUID]:
    found = {row.bot_id for row in db.rows(session, _DUE, before=now - LEFT_ALONE)}
    return sorted(found.union(unguarded.bots(session, now)))


def _of_bot(which: ColumnElement[bool]) -> Select[uuid.UUID]:
    mine = _live(which).with_only_columns(Order.id).where(Order.bot_id == bindparam("bot_id"))
    return mine.order_by(Order.id)


def _live(which: ColumnElement[bool]) -> Select[Order]:
    return (
        select(Order)
        .join(Bot, Bot.id == Order.bot_id)
        .outerjoin(PaperOrder, PaperOrder.client_order_id == Order.client_order_id)
        .outerjoin(
            Position,
            and_(Position.bot_id == Order.bot_id, Position.symbol == Order.symbol),
        )
        .where(Order.state.in_(LIVE), which)
    )


def _is_behind() -> ColumnElement[bool]:
    """The venue knows more of the order than we do."""
    return and_(
        Order.state.in_(RESTING),
        or_(
            PaperOrder.state.in_(("filled", "cancelled", "rejected")),
            PaperOrder.filled_quantity != Order.filled_quantity,
        ),
    )


def _is_needless() -> ColumnElement[bool]:
    """Nothing left to guard, or the bot is gone: the order must not trade any more."""
    return and_(
        Order.state.in_((protection.HELD, *RESTING)),
        or_(
            and_(Order.parent_id.is_not(None), Position.bot_id.is_(None)),
            Bot.deleted_at.is_not(None),
        ),
    )


def _is_left_unsent() -> ColumnElement[bool]:
    return and_(
        Order.parent_id.is_not(None),
        Order.state.in_(clearing.UNSENT),
        Order.created_at < bindparam("before"),
    )


# Made once: they are asked every second.
_DUE = db.as_sql(
    _live(or_(_is_behind(), _is_needless(), _is_left_unsent()))
    .with_only_columns(Order.bot_id)
    .distinct()
)
_BEHIND, _NEEDLESS = (db.as_sql(_of_bot(which())) for which in (_is_behind, _is_needless))
