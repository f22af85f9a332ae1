"""What a bot's orders cost, and what its trading account may still spend."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .. import db
from ..brokers.paper_costs import BPS
from ..brokers.venues import paper_costs
from ..models import AccountState, Bot, Order
from ..money import ZERO
from ..trading_accounts import access
from .venue import trades_on_paper

FRESH = timedelta(seconds=75)  # two of the reconciler's rounds, and a slow answer
_SPENDING = ("planned", "submitting", "accepted", "partially_filled", "filled")


@dataclass(frozen=True, slots=True)
class Standing:
    """`fee_rate`: of a market order's value. `buying_power` in dollars; None: the venue's own
    books decide. `unsupported`: order types that this very account can't use."""

    fee_rate: Decimal
    buying_power: Decimal | None = None
    unsupported: frozenset[str] = frozenset()


def standing(bot: Bot, now: datetime, *, is_exit: bool) -> Standing:
    """As the account was last seen, less what was ordered since; for an entry asked now if that is
    long ago. An exit waits for no balance.

    Call it with no transaction open. NotReached, NoClearAnswer if the broker can't be asked.
    """
    if trades_on_paper(bot):
        return Standing(paper_costs().fee_bps / BPS)
    if bot.trading_account_id is None:
        return Standing(ZERO)
    with db.reading() as session:
        seen = session.get(AccountState, bot.trading_account_id)
        if seen and (is_exit or _is_fresh(seen, now)):
            return _as_seen(session, seen)
    if is_exit:
        return Standing(ZERO)
    balances = access.broker_of(bot.trading_account_id).balances()
    unsupported = frozenset(seen.unsupported) if seen else frozenset()
    return Standing(balances.fee_rate, balances.buying_power, unsupported)


def _is_fresh(seen: AccountState, now: datetime) -> bool:
    return seen.answered_at is not None and now - seen.answered_at < FRESH


def _as_seen(session: Session, seen: AccountState) -> Standing:
    free = seen.buying_power
    if free is not None and seen.answered_at is not None:
        free -= _ordered_since(session, seen.account_id, seen.answered_at)
    return Standing(seen.fee_rate or ZERO, free, frozenset(seen.unsupported))


def _ordered_since(session: Session, account_id: uuid.UUID, at: datetime) -> Decimal:
    price = func.coalesce(Order.limit_price, Order.stop_price, Order.reference_price, ZERO)
    total = session.scalar(
        select(func.coalesce(func.sum(Order.quantity * price), ZERO)).where(
            Order.account_id == account_id,
            Order.leg == "entry",
            Order.state.in_(_SPENDING),
            Order.created_at > at,
        )
    )
    return total or ZERO
