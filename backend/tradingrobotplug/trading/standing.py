"""What a bot's orders cost, and what its trading account may still spend."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import bindparam, func, select

from .. import db
from ..brokers.paper_costs import BPS
from ..brokers.venues import paper_costs
from ..models import AccountState, Bot, Order
from ..money import ZERO
from ..trading_accounts import access
from .venue import trades_on_paper

FRESH = timedelta(seconds=75)  # two of the reconciler's rounds, and a slow answer
_STATES, _ORDERS = AccountState.__table__.c, Order.__table__.c
_PRICE = func.coalesce(_ORDERS.limit_price, _ORDERS.stop_price, _ORDERS.reference_price, 0)
_SPENDING = ("planned", "submitting", "accepted", "partially_filled", "filled")
_ORDERED_SINCE = (
    select(func.coalesce(func.sum(_ORDERS.quantity * _PRICE), 0))
    .where(
        _ORDERS.account_id == _STATES.account_id,
        _ORDERS.leg == "entry",
        _ORDERS.state.in_(_SPENDING),
        _ORDERS.created_at > _STATES.answered_at,
    )
    .scalar_subquery()
)
_SEEN = db.as_sql(
    select(
        _STATES.fee_rate,
        _STATES.unsupported,
        _STATES.answered_at,
        (_STATES.buying_power - _ORDERED_SINCE).label("spendable"),
    ).where(_STATES.account_id == bindparam("account_id"))
)


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
    seen = next(iter(db.read(_SEEN, account_id=bot.trading_account_id)), None)
    is_fresh = seen and seen.answered_at is not None and now - seen.answered_at < FRESH
    if seen and (is_exit or is_fresh):
        return Standing(seen.fee_rate or ZERO, seen.spendable, frozenset(seen.unsupported))
    if is_exit:
        return Standing(ZERO)
    balances = access.broker_of(bot.trading_account_id).balances()
    unsupported = frozenset(seen.unsupported) if seen else frozenset()
    return Standing(balances.fee_rate, balances.buying_power, unsupported)
