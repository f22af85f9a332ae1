"""What a user's trading account holds, as its broker last said; and why it could not be asked."""

import logging
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from .. import logs
from ..brokers.broker import Balances, Broker, NoClearAnswer, NotReached, OpenOrder
from ..brokers.keys import BrokerUnavailable, KeysRefused
from ..brokers.venues import VENUES
from ..models import AccountState, TradingAccount
from ..money import ZERO, as_text
from ..trading_accounts import news
from .reconciliation.account_book import amounts, book_of

_PLAIN = ("cash", "buying_power", "equity", "fee_rate", "asked_at", "answered_at", "problem")
_TRIES = 3
_PAUSE, _LONGEST_WAIT = 0.4, 2.0  # seconds
REVOKED = "The keys were revoked here. Give new ones."


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shown:
    """An account as its broker shows it. `unsupported`: None if it was not asked for."""

    balances: Balances
    positions: Mapping[str, Decimal]
    open_orders: Sequence[OpenOrder]
    unsupported: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the broker could not be asked. `is_lost`: only new keys will help."""

    sentence: str
    is_lost: bool


def ask(broker: Broker, *, whole: bool) -> Shown:
    """The account as it is now; call it with no transaction open. NotReached, NoClearAnswer.

    `whole`: also what it can't use, which takes many requests and hardly ever changes.
    """
    # Orders before positions: what trades in between is missing in neither.
    open_orders = patiently(broker.open_orders)
    unsupported = patiently(broker.unsupported) if whole else None
    balances = patiently(broker.balances)
    return Shown(balances, patiently(broker.positions), open_orders, unsupported)


def patiently(ask_for: Callable[[], T]) -> T:
    """Wait for a moment, and again, where the account's allowance of requests asks for it: nobody
    who looks around is in a hurry. NotReached if that is not enough; what the call raises."""
    for _ in range(_TRIES):
        try:
            return ask_for()
        except NotReached as error:
            if error.seconds is None or error.seconds > _LONGEST_WAIT:
                raise
            time.sleep(max(error.seconds, _PAUSE))  # for all that it asks in one go
    return ask_for()


def problem_with(account: TradingAccount, broker: Broker | None, error: Exception) -> Problem:
    """Whether the broker is away or refuses the keys: it is asked what they may do."""
    if account.revoked_at is not None:
        return Problem(REVOKED, is_lost=True)
    if broker is not None:
        try:
            broker.permissions()
        except KeysRefused as refused:
            return Problem(refused.message, is_lost=True)
        except (BrokerUnavailable, NoClearAnswer, NotReached):
            pass
    return Problem(f"{VENUES[account.broker].title} could not be asked: {error}", is_lost=False)


def state_of(session: Session, account_id: uuid.UUID) -> AccountState:
    """The account's row, made if there is none, and locked: one look at a time is stored."""
    session.execute(
        insert(AccountState)
        .values(account_id=account_id, positions={}, outside={}, unsupported=[])
        .on_conflict_do_nothing()
    )
    return session.get_one(AccountState, account_id, with_for_update=True, populate_existing=True)


def keep(state: AccountState, shown: Shown, now: datetime) -> None:
    """Store what the broker said."""
    balances = shown.balances
    state.cash, state.buying_power = balances.cash, balances.buying_power
    state.equity, state.fee_rate = balances.equity, balances.fee_rate
    state.positions = as_stored(shown.positions)
    if shown.unsupported is not None:
        state.unsupported = sorted(shown.unsupported)
    state.asked_at = state.answered_at = now
    state.problem = None


def keep_problem(
    session: Session, account: TradingAccount, problem: Problem, now: datetime
) -> None:
    """Store why the broker could not be asked; lost keys are told to their user, once."""
    state = state_of(session, account.id)
    if state.problem is None:
        logs.event(
            "account.not_asked",
            level=logging.WARNING,
            account_id=account.id,
            reason=problem.sentence,
        )
    state.asked_at, state.problem = now, problem.sentence
    if problem.is_lost:
        news.lost(session, account, problem.sentence, now)


def as_stored(held: Mapping[str, Decimal]) -> dict[str, str]:
    """Units by symbol as text; nothing of what is zero."""
    return {symbol: as_text(units) for symbol, units in sorted(held.items()) if units}


def view(session: Session, account_id: uuid.UUID) -> dict[str, Any]:
    """What the API shows of an account: as the broker last showed it, and whose the units are."""
    state = session.get(AccountState, account_id)
    if state is None:
        return dict.fromkeys(_PLAIN) | {"positions": [], "unsupported": []}
    shown = {name: getattr(state, name) for name in _PLAIN}
    return shown | {"positions": _positions(session, state), "unsupported": state.unsupported}


def _positions(session: Session, state: AccountState) -> list[dict[str, Any]]:
    theirs, outside = amounts(state.positions), amounts(state.outside)
    book = book_of(session, state.account_id)
    return [
        {
            "symbol": symbol,
            "quantity": theirs.get(symbol, ZERO),
            "bots": book.held(symbol),
            "outside": outside.get(symbol, ZERO),
        }
        for symbol in sorted({*theirs, *book.holdings, *outside})
    ]
