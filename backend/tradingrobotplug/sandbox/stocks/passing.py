"""Time passing for an account: its orders meet every second of the market since the last look."""

from datetime import UTC, datetime
from decimal import Decimal

import numpy as np

from ..listings import STOCKS
from ..market import Book
from . import changes, matching, tape
from .account import Account, middle
from .orders import Order

_STRETCH = 3_600  # seconds of the path that are looked at together
_ALL = Decimal("1e12")  # an auction has no displayed size


def catch_up(account: Account) -> None:
    """Let everything happen that has happened until now. Harmless to call again."""
    now = account.market.now()
    until = int(now.timestamp())
    first = min(account.seen, until)
    while first <= until and account.working():
        last = min(first + _STRETCH - 1, until)
        _live_through(account, first, last, now)
        first = last + 1
    account.seen = until
    _close_day(account)


def _live_through(account: Account, first: int, last: int, now: datetime) -> None:
    tapes: dict[str, tape.Tape] = {}
    second = first
    while second <= last:
        chances: list[int] = []
        for order in account.working():
            symbol = order.terms.symbol
            if symbol not in tapes:
                tapes[symbol] = tape.Tape(account.market, STOCKS[symbol], first, last)
            chances.append(_next(order, tapes[symbol], second))
        found = min(chances, default=last + 1)
        _follow(account, tapes, second, min(found, last))
        if found > last:
            return
        _act(account, found, now)
        second = found + 1


def _follow(account: Account, tapes: dict[str, tape.Tape], first: int, last: int) -> None:
    for order in account.working():
        if order.terms.type == "trailing_stop" and not order.is_triggered:
            furthest = tapes[order.terms.symbol].extreme(order, first, last)
            if furthest is not None:
                listing = STOCKS[order.terms.symbol]
                matching.follow(order, account.market.book_at(listing, furthest))


def _next(order: Order, seen: tape.Tape, second: int) -> int:
    ends = max(int(np.ceil(order.expires_at.timestamp())), second)
    chance = seen.chance(order, second)
    return ends if chance is None else min(chance, ends)


def _act(account: Account, second: int, now: datetime) -> None:
    """Let each working order meet this second's book, oldest first."""
    at = datetime.fromtimestamp(second, UTC)
    if second == int(now.timestamp()):
        at = now
    for order in account.working():
        if not order.is_open:
            continue  # a sibling was filled just before
        if order.expires_at <= at:
            changes.expire(account, order, order.expires_at)
        elif tape.may_trade(account.market, order, np.array([second], dtype=np.int64))[0]:
            _meet(account, order, second, max(at, order.submitted_at))


def _meet(account: Account, order: Order, second: int, at: datetime) -> None:
    if order.status == "accepted":
        order.status = "new"
        account.tell("new", order, at)
    book = account.market.book_at(STOCKS[order.terms.symbol], second)
    matching.follow(order, book)
    if order.waits_for_stop:
        if not matching.is_stop_reached(order, book):
            return
        changes.trigger(account, order, at)
    trade = matching.trade(order, book, _left(account, order, second, book))
    if trade is not None:
        _take(account, order, second, trade.qty)
        changes.fill(account, order, trade, at)
    is_cut = order.cut_at is not None and order.filled_qty >= order.cut_at
    if order.is_open and (is_cut or order.terms.time_in_force in ("ioc", "fok")):
        changes.cancel(account, order, at)


def _left(account: Account, order: Order, second: int, book: Book) -> Decimal:
    """Shares displayed at this second that the account has not taken yet."""
    if order.auction is not None:
        return _ALL
    side = order.terms.side
    size = Decimal(max(1, round(book.ask_size if side == "buy" else book.bid_size)))
    then, taken = account.taken.get((order.terms.symbol, side), (0, Decimal(0)))
    return size - taken if then == second else size


def _take(account: Account, order: Order, second: int, qty: Decimal) -> None:
    key = (order.terms.symbol, order.terms.side)
    then, taken = account.taken.get(key, (0, Decimal(0)))
    account.taken[key] = (second, taken + qty if then == second else qty)


def _close_day(account: Account) -> None:
    """Keep what the account was worth at the last close."""
    closed = account.market.last_close()
    if closed == account.closed_at:
        return
    account.closed_at = closed
    account.last_equity = account.books.worth(
        lambda symbol: middle(account.market.book_at(STOCKS[symbol], closed - 1)),
        account.multiplier,
    ).equity
