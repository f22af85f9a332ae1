"""The paper broker: a venue of our own that fills orders at real quotes and keeps books per bot.

It stands for an outside venue, so it opens its own transactions; quotes are read before them.
Whoever changes a bot's books holds the bot's account row, so one bot's orders never race.
"""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Literal

from sqlalchemy import literal, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from .. import clock, db
from ..config import Settings
from ..marketdata import hours, products, quotes
from ..models import Bot, PaperAccount, PaperOrder
from ..money import ZERO
from .broker import Balances, NoClearAnswer, NotReached, OpenOrder, OrderRequest, Outcome, Reference
from .keys import Rights
from .paper_books import OPEN, Books, advance, close, outcome
from .paper_costs import BPS, Costs, costs_of
from .paper_matching import Market
from .paper_rules import Asked, refusal

# Written out, not bound, so that PostgreSQL sees that the index of open orders serves.
IS_OPEN = PaperOrder.state.in_([literal_column(f"'{state}'") for state in OPEN])
# What makes a repeat the same order. Everything else of it is as it was the first time.
_IDENTITY = ("bot_id", "symbol", "side", "type", "quantity")
_COPIED = (
    "client_order_id",
    "bot_id",
    "asset_type",
    "symbol",
    "side",
    "type",
    "time_in_force",
    "extended_hours",
    "quantity",
    "limit_price",
    "stop_price",
    "trail_percent",
    "trail_amount",
    "oco_group",
)


class MissingAsks(Exception):
    """The account is short in symbols whose price is not at hand."""

    def __init__(self, symbols: Sequence[str]) -> None:
        super().__init__(", ".join(symbols))
        self.symbols = symbols


class PaperBroker:
    """Implements `broker.Broker` for one bot's books. A client_order_id is known for ever, as at
    Alpaca."""

    id_unique: Literal["forever", "open_only", "none"] = "forever"

    def __init__(self, settings: Settings, bot_id: uuid.UUID) -> None:
        self.costs: Costs = costs_of(settings)
        self._bot_id = bot_id

    def submit(self, order: OrderRequest) -> Outcome:
        """Book the order and what of it trades at once. A repeat returns the first one."""
        now = clock.now()
        try:
            market = market_of(order.asset_type, order.symbol, now)
            asks: dict[str, Decimal] = {order.symbol: market.quote.ask}
        except quotes.UnknownSymbol as error:
            return self._refuse_unknown(order, error.message, now)
        except quotes.QuoteUnavailable as error:
            return self._known_or_not_reached(order, error)
        while True:
            try:
                with _booking() as session:
                    return self._place(session, order, market, asks)
            except MissingAsks as missing:
                asks |= self._asks(order, missing.symbols, now)

    def look_up(self, order: Reference) -> Outcome | None:
        """The order as it stands; None if it was never booked."""
        with _booking() as session:
            row = session.get(PaperOrder, order.client_order_id)
            return outcome(row) if row else None

    def cancel(self, order: Reference) -> Outcome | None:
        """Cancel what is open of it; a filled order stays filled."""
        with _booking() as session:
            row = session.get(PaperOrder, order.client_order_id)
            if row is None:
                return None
            lock_account(session, row.bot_id)
            session.refresh(row)
            if row.state in OPEN:
                close(row, "Cancelled on request.", clock.now())
            return outcome(row)

    def open_orders(self) -> list[OpenOrder]:
        """What rests of the bot's."""
        mine = select(PaperOrder).where(PaperOrder.bot_id == self._bot_id, IS_OPEN)
        with _booking() as session:
            return [
                OpenOrder(
                    row.client_order_id,
                    row.client_order_id,
                    row.symbol,
                    row.side,
                    row.quantity,
                    row.filled_quantity,
                )
                for row in session.scalars(mine)
            ]

    def positions(self) -> dict[str, Decimal]:
        """The bot's; one that never traded has none."""
        return self._account()[1]

    def balances(self) -> Balances:
        """Its cash, and its worth at the market's price. QuoteUnavailable without one."""
        cash, held, asset_type = self._account()
        fee_rate = self.costs.fee_bps / BPS
        if not held:
            return Balances(cash, cash, cash, fee_rate)
        found = quotes.latest_of(asset_type, list(held), clock.now())
        if len(found) < len(held):
            raise NotReached("No market data for the account's positions at present.")
        owed = sum((-units * found[s].ask for s, units in held.items() if units < 0), ZERO)
        worth = sum((units * found[s].mid for s, units in held.items()), ZERO)
        return Balances(cash, cash - 2 * owed, cash + worth, fee_rate)

    def stream(self) -> None:
        """There is none: who lets its orders meet the market sees what changed."""

    def unsupported(self) -> frozenset[str]:
        """Nothing: what the capabilities name, every bot can use."""
        return frozenset()

    def permissions(self) -> Rights:
        """A bot may always trade on paper."""
        return Rights(can_trade=True)

    def clock(self) -> datetime:
        """Ours."""
        return clock.now()

    def _account(self) -> tuple[Decimal, dict[str, Decimal], str]:
        """Cash, positions and what the bot trades; its starting cash before its first order."""
        with _booking() as session:
            bot = session.get_one(Bot, self._bot_id)
            account = session.get(PaperAccount, self._bot_id)
            if account is None:
                return bot.starting_cash, {}, bot.asset_type
            held = {symbol: Decimal(units) for symbol, units in account.positions.items()}
            return account.cash, held, bot.asset_type

    def _place(
        self, session: Session, order: OrderRequest, market: Market, asks: Mapping[str, Decimal]
    ) -> Outcome:
        account = lock_account(session, order.bot_id)
        if account is None:
            return Outcome("rejected", order.client_order_id, None, (), "account not found")
        known = session.get(PaperOrder, order.client_order_id)
        if known is not None:
            return _repeated(known, order)
        books = books_of(session, account, [order.oco_group], asks)
        row = _row(order, market.now)
        if order.oco_group and any(o.state == "filled" for o in books.group_of(row)):
            close(row, "The other order of its group filled.", market.now)
        elif reason := refusal(Asked(order, books, market, self.costs)):
            row.state, row.reason = "rejected", reason
        else:
            advance(row, books, market, self.costs)
        session.add(row)
        return outcome(row)

    def _refuse_unknown(self, order: OrderRequest, reason: str, now: datetime) -> Outcome:
        """Kept as rejected, so that a repeat gets the same answer even if it is listed by then."""
        with _booking() as session:
            if lock_account(session, order.bot_id) is None:
                return Outcome("rejected", order.client_order_id, None, (), "account not found")
            known = session.get(PaperOrder, order.client_order_id)
            if known is not None:
                return _repeated(known, order)
            row = _row(order, now)
            row.state, row.reason = "rejected", reason
            session.add(row)
            return outcome(row)

    def _known_or_not_reached(self, order: OrderRequest, error: Exception) -> Outcome:
        with _booking() as session:
            known = session.get(PaperOrder, order.client_order_id)
            if known is not None:
                return _repeated(known, order)
        raise NotReached(str(error)) from error

    def _asks(
        self, order: OrderRequest, symbols: Sequence[str], now: datetime
    ) -> dict[str, Decimal]:
        found = quotes.latest_of(order.asset_type, symbols, now)
        if len(found) < len(symbols):
            raise NotReached("No market data for the account's other positions at present.")
        return {symbol: quote.ask for symbol, quote in found.items()}


def market_of(asset_type: str, symbol: str, now: datetime) -> Market:
    """The symbol at this moment. UnknownSymbol, QuoteUnavailable."""
    quote = quotes.latest(asset_type, symbol, now)
    product = products.product(asset_type, symbol, now)
    session = "regular" if asset_type == "crypto" else hours.session_kind(now)
    return Market(product, quote, session, now)


def lock_account(
    session: Session, bot_id: uuid.UUID, *, skip_locked: bool = False
) -> PaperAccount | None:
    """The bot's account, held until the transaction ends; opened with its starting cash.

    None if there is no such bot, or if it is held and `skip_locked`.
    """
    wanted = select(PaperAccount).where(PaperAccount.bot_id == bot_id)
    wanted = wanted.with_for_update(skip_locked=skip_locked)
    account = session.scalars(wanted).one_or_none()
    if account is None and not skip_locked:
        opening = select(Bot.id, Bot.starting_cash, literal({}, PaperAccount.positions.type))
        columns = ["bot_id", "cash", "positions"]
        session.execute(
            insert(PaperAccount)
            .from_select(columns, opening.where(Bot.id == bot_id))
            .on_conflict_do_nothing()
        )
        account = session.scalars(wanted).one_or_none()
    return account


def books_of(
    session: Session,
    account: PaperAccount,
    groups: Collection[str | None],
    asks: Mapping[str, Decimal],
) -> Books:
    """The account with its open orders and every order of these groups. MissingAsks."""
    mine = select(PaperOrder).where(PaperOrder.bot_id == account.bot_id)
    rows = {row.client_order_id: row for row in session.scalars(mine.where(IS_OPEN))}
    wanted = [group for group in groups if group is not None]
    if wanted:
        grouped = session.scalars(mine.where(PaperOrder.oco_group.in_(wanted)))
        rows |= {row.client_order_id: row for row in grouped}
    books = Books(account, tuple(rows.values()), asks)
    missing = [symbol for symbol in books.shorts if symbol not in asks]
    if missing:
        raise MissingAsks(missing)
    return books


@contextmanager
def _booking() -> Iterator[Session]:
    """A transaction of the venue's. A failure of the database may hide what was committed."""
    try:
        with db.transaction() as session:
            yield session
    except SQLAlchemyError as error:
        raise NoClearAnswer(type(error).__name__) from error


def _row(order: OrderRequest, now: datetime) -> PaperOrder:
    return PaperOrder(
        **{name: getattr(order, name) for name in _COPIED},
        state="new",
        triggered_at=None,
        filled_quantity=ZERO,
        executions=[],
        created_at=now,
        updated_at=now,
    )


def _repeated(known: PaperOrder, order: OrderRequest) -> Outcome:
    if all(getattr(known, name) == getattr(order, name) for name in _IDENTITY):
        return outcome(known)
    return Outcome("rejected", order.client_order_id, None, (), "client_order_id must be unique")
