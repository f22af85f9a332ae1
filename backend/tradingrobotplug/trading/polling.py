"""What became of orders that rest at brokers: asked every second once they are a second old, and of
accounts whose orders have rested for a while every three. A single order takes one request; several
take one for the account and one for each that changed. Streams only make it sooner."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select

from .. import clock, db, logs, rows
from ..brokers.broker import Broker, NoClearAnswer, NotReached, OpenOrder, Outcome
from ..models import Order
from ..trading_accounts import access
from .planning import RESTING
from .precedence import NEWS, ROUNDS, after_signals
from .venue import reference

FIRST = timedelta(seconds=1)  # so long the streams have, which mostly tell of an order at once
YOUNG = timedelta(seconds=30)  # an order that is likely to change any moment
EVERY_SECONDS = 3  # for what rests longer: guards that may do so for weeks
ASKED_AGAIN = timedelta(seconds=30)  # so long a signal asks for its order in doubt itself
GIVEN_UP = timedelta(minutes=10)  # what is not found by then is left to a person
_PASS_SECONDS = 0.2

# `busy`: somebody works on one of the bots, and is about to be done. `failed`: not all is known.
Polled = Literal["done", "busy", "failed"]

_pool = ThreadPoolExecutor(8, thread_name_prefix="poll")
_under_way: dict[uuid.UUID, Future[Polled]] = {}

# What became of a bot's orders, and what is done with it under the bot's lock: False if somebody
# else works on the bot.
_Found = tuple[uuid.UUID, Outcome]
Answers = Sequence[_Found]
TakeIn = Callable[[uuid.UUID, Answers, datetime], bool]


def poll(take_in: TakeIn) -> None:
    """Ask every account that has resting orders, several at a time: a slow one delays only
    itself, and is not asked again before it has answered."""
    for account_id in [one for one, work in _under_way.items() if work.done()]:
        del _under_way[account_id]
    for account_id in _accounts(clock.now()):
        if account_id not in _under_way:
            _under_way[account_id] = _pool.submit(_poll_account, account_id, take_in, ROUNDS)
    wait(_under_way.values(), timeout=_PASS_SECONDS)


def ask(account_id: uuid.UUID, take_in: TakeIn, *, has_traded: bool = False) -> Future[Polled]:
    """Ask one account now; `has_traded`: its stream spoke of a trade. The result never raises."""
    return _pool.submit(_poll_account, account_id, take_in, NEWS, has_traded)


def _poll_account(
    account_id: uuid.UUID, take_in: TakeIn, longest: float, has_traded: bool = False
) -> Polled:
    """The broker is asked before a bot is locked: its signals don't wait for answers to a poll. An
    answer that is no longer true when it is taken in changes nothing that is final. `longest`: so
    many seconds it may hold back for signals."""
    after_signals(longest)
    now = clock.now()
    try:
        ours = _orders(account_id, now)
        broker = access.broker_of(account_id)
        found, is_whole = _found(broker, _to_look_up(broker, ours), has_traded)
        taken = []
        for bot_id, answers in found.items():
            with logs.apart("account.bot_failed", bot_id=bot_id):
                taken.append(take_in(bot_id, answers, now))
        if is_whole and len(taken) == len(found):
            return "done" if all(taken) else "busy"
    except (NotReached, NoClearAnswer) as error:
        logs.event("account.not_polled", account_id=account_id, reason=str(error))
    except Exception as error:  # a thread's error would be seen by nobody
        logs.event("account.poll_failed", level=40, account_id=account_id, error=repr(error))
    return "failed"


def _found(
    broker: Broker, orders: Sequence[Order], has_traded: bool
) -> tuple[dict[uuid.UUID, list[_Found]], bool]:
    """What became of the orders, by bot, and whether all were asked for. One that can't be read
    does not keep the others waiting; once the broker is not reached, or the account's requests are
    used up, the rest waits for the next poll, and what was answered is taken in."""
    found: dict[uuid.UUID, list[_Found]] = defaultdict(list)
    for order in orders:
        try:
            outcome = broker.look_up(reference(order, has_traded=has_traded))
        except NoClearAnswer as error:
            logs.event("order.not_polled", order_id=order.id, reason=str(error))
            continue
        except NotReached as error:
            logs.event("account.not_polled", account_id=order.account_id, reason=str(error))
            return found, False
        if outcome is not None and is_news(order, outcome):
            found[order.bot_id].append((order.id, outcome))
    return found, True


def is_news(order: Order, outcome: Outcome) -> bool:
    """Whether the venue says something of the order that we don't know."""
    known = (order.state, order.filled_quantity, order.broker_order_id)
    return (outcome.state, outcome.filled_quantity, outcome.broker_order_id) != known


def _to_look_up(broker: Broker, ours: Sequence[Order]) -> Sequence[Order]:
    """What is asked for by name: of several orders those that changed by the broker's list of open
    ones; a single one at once. NotReached, NoClearAnswer."""
    if len(ours) < 2:
        return ours
    open_now = {one.broker_order_id: one for one in broker.open_orders()}
    return [order for order in ours if _has_changed(order, open_now)]


def _has_changed(order: Order, open_now: Mapping[str, OpenOrder]) -> bool:
    """Whether the broker knows more of the order than we do. One whose id we don't know yet is
    looked at."""
    shown = open_now.get(order.broker_order_id or "")
    return shown is None or shown.filled_quantity != order.filled_quantity


def _accounts(now: datetime) -> list[uuid.UUID]:
    """Accounts with a young order, and of the others those whose turn it is."""
    rows = db.read(_ACCOUNTS, **_moments(now), placed_by=now - FIRST)
    return sorted(one for one, at in rows if one and (now - at < YOUNG or _is_turn(one, now)))


def _is_turn(account_id: uuid.UUID, now: datetime) -> bool:
    return (int(now.timestamp()) + account_id.int) % EVERY_SECONDS == 0


def _orders(account_id: uuid.UUID, now: datetime) -> list[Order]:
    return rows.read(Order, _OF_ACCOUNT, **_moments(now), account_id=account_id)


def _asked_for() -> ColumnElement[bool]:
    """What rests; and for a while what is in doubt although its signal has been given up, for the
    broker may have taken it."""
    left_in_doubt = Order.submitted_at.between(bindparam("since"), bindparam("until"))
    return or_(Order.state.in_(RESTING), and_(Order.state == "submitting", left_in_doubt))


def _moments(now: datetime) -> dict[str, object]:
    return {"since": now - GIVEN_UP, "until": now - ASKED_AGAIN}


_IS_ASKED_FOR = _asked_for()
_PLACED = func.coalesce(Order.submitted_at, Order.created_at)
_ACCOUNTS = db.as_sql(
    select(Order.account_id, func.max(_PLACED))
    .where(Order.account_id.is_not(None), _IS_ASKED_FOR)
    .group_by(Order.account_id)
    .having(func.min(_PLACED) <= bindparam("placed_by"))
)
_OF_ACCOUNT = db.as_sql(
    select(*rows.columns(Order))
    .where(Order.account_id == bindparam("account_id"), _IS_ASKED_FOR)
    .order_by(Order.id)
)
