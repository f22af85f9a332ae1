"""One look at a trading account: the broker is asked, its book laid beside ours, what lasts is
kept as drift. Looking again is harmless, and two may look at once."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from ... import db
from ...brokers.broker import Broker, NoClearAnswer, NotReached
from ...models import AccountState, Bot, Order, Position, TradingAccount
from ...models.trading import LIVE_STATES
from ...trading_accounts import access
from .. import accounts, clearing, polling
from ..accounts import Shown
from ..locks import Begin, bot_lock, transactions_on
from ..venue import reference
from . import comparison, drifts
from .account_book import amounts, book_of
from .comparison import OUTSIDE, Book, Difference, LiveOrder

_FIRST = "first:"
_NEW = timedelta(days=1)
EVERY = timedelta(seconds=30)
_PARTS = 24  # of all accounts, one each second: less than EVERY has seconds


def look(account_id: uuid.UUID, now: datetime, begin: Begin = db.transaction) -> None:
    """Ask the broker and store what it says, or why it could not be asked. Call it with no
    transaction open."""
    with begin() as session:
        account = session.get(TradingAccount, account_id)
        before = book_of(session, account_id)
        state = session.get(AccountState, account_id)
    if account is None:
        return
    broker: Broker | None = None
    try:
        broker = access.broker_of(account_id)
        shown = accounts.ask(broker, whole=_is_due(state, now))
        with begin() as session:
            book = _beside(session, account_id, before, now)
        unseen = comparison.unseen(book, shown.open_orders)
        lost, found = _asked_for(broker, unseen, now, begin)
    except (NoClearAnswer, NotReached) as error:
        problem = accounts.problem_with(account, broker, error)
        with begin() as session:
            accounts.keep_problem(session, account, problem, now)
        return
    with begin() as session:
        state = accounts.state_of(session, account_id)
        if unseen:  # to ask for them took a while
            book = _beside(session, account_id, before, now, found)
        _compare(session, account, state, book, shown, lost, now)


def due(session: Session, now: datetime) -> list[uuid.UUID]:
    """Of the accounts in use those that were not looked at for half a minute, the longest first: a
    twenty-fourth of all each second, so that brokers are asked evenly, also after a start, and
    what fell behind is made up for."""
    asked = AccountState.asked_at
    rows = session.execute(
        select(TradingAccount.id, asked)
        .outerjoin(AccountState, AccountState.account_id == TradingAccount.id)
        .where(_is_used(now))
        .order_by(asked.nulls_first(), TradingAccount.id)
    ).all()
    share = -(-len(rows) // _PARTS)
    return [one for one, at in rows if at is None or at <= now - EVERY][:share]


def _is_used(now: datetime) -> ColumnElement[bool]:
    """By a bot, also one for what it still holds; or its keys are new."""
    used = select(Bot.trading_account_id).where(Bot.trading_account_id.is_not(None))
    in_use = or_(Bot.deleted_at.is_(None), exists().where(Position.bot_id == Bot.id).correlate(Bot))
    return or_(TradingAccount.id.in_(used.where(in_use)), TradingAccount.verified_at > now - _NEW)


def _is_due(state: AccountState | None, now: datetime) -> bool:
    """Once an hour, and at the first look."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    return state is None or state.answered_at is None or state.answered_at < hour


def _beside(
    session: Session,
    account_id: uuid.UUID,
    before: Book,
    asked_at: datetime,
    moved: frozenset[str] = frozenset(),
) -> Book:
    """The book after the broker was asked; what traded meanwhile moves."""
    book = book_of(session, account_id, asked_at)
    symbols = {*before.holdings, *book.holdings}
    traded = {symbol for symbol in symbols if before.held(symbol) != book.held(symbol)}
    return replace(book, moving=book.moving | traded | moved)


def _asked_for(
    broker: Broker, unseen: Sequence[LiveOrder], now: datetime, begin: Begin
) -> tuple[list[LiveOrder], frozenset[str]]:
    """Ask for each by name: those that the broker does not show; and the symbols in which it has
    news, which is booked, or could not be asked."""
    lost, found = [], set()
    for one in unseen:
        with begin() as session:
            order = session.get_one(Order, one.id)
        try:
            outcome = accounts.patiently(partial(broker.look_up, reference(order)))
        except NoClearAnswer:
            outcome = None  # neither open nor to be had: if that lasts, it is to be looked at
        except NotReached:
            found.add(one.symbol)
            continue
        if outcome is None:
            lost.append(one)
            continue
        if polling.is_news(order, outcome):
            found.add(one.symbol)
        with db.engine().connect() as connection, bot_lock(connection, one.bot_id) as taken:
            if taken:
                clearing.take_in(one.id, outcome, now, transactions_on(connection))
    return lost, frozenset(found)


def _compare(
    session: Session,
    account: TradingAccount,
    state: AccountState,
    book: Book,
    shown: Shown,
    lost: Sequence[LiveOrder],
    now: datetime,
) -> None:
    firsts = _take_baseline(state, book, shown)
    book = replace(book, outside=amounts(state.outside))
    seen = [
        *comparison.positions(book, shown.positions),
        *_unknown(session, book, shown),
        *(comparison.missing(one) for one in lost if one.symbol not in book.moving),
    ]
    counting, remembered = comparison.confirmed(seen, _suspects(state), now)
    for one in counting:
        if one.kind == OUTSIDE:
            state.outside = accounts.as_stored(amounts(state.outside) | {one.symbol: one.theirs})
    drifts.keep(session, account, [one for one in counting if one.kind != OUTSIDE], now)
    drifts.close_gone(session, account.id, seen, book.moving, now)
    state.suspects = remembered | firsts
    accounts.keep(state, shown, now)


def _take_baseline(state: AccountState, book: Book, shown: Shown) -> dict[str, dict[str, str]]:
    """At the first look what is there beyond our books is the user's own. In a symbol that moves
    it is taken at the next look; returns what to remember for it."""
    due = {key.removeprefix(_FIRST) for key in state.suspects if key.startswith(_FIRST)}
    if state.answered_at is None:
        due = set(shown.positions)
    theirs = {symbol: units for symbol, units in shown.positions.items() if symbol in due}
    taken = comparison.baseline(book, theirs)
    state.outside = accounts.as_stored(amounts(state.outside) | taken)
    return {f"{_FIRST}{symbol}": {} for symbol in due & book.moving}


def _suspects(state: AccountState) -> dict[str, dict[str, str]]:
    return {key: kept for key, kept in state.suspects.items() if not key.startswith(_FIRST)}


def _unknown(session: Session, book: Book, shown: Shown) -> list[Difference]:
    """Without those of another account of ours that leads to the same books at the broker."""
    found = comparison.unknown_orders(book, shown.open_orders)
    names = [one.subject for one in found]
    if not names:
        return []
    rows = session.execute(
        select(Order.client_order_id, Order.bot_id, Order.state).where(
            Order.client_order_id.in_(names)
        )
    ).all()
    bots = {row.client_order_id: row.bot_id for row in rows}
    live = {row.client_order_id for row in rows if row.state in LIVE_STATES}
    return [replace(one, bot_id=bots.get(one.subject)) for one in found if one.subject not in live]
