"""Resting paper orders meet the market: run every second."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from .. import db, logs
from ..errors import ServiceError
from ..marketdata import quotes
from ..models import PaperAccount, PaperOrder
from .paper import IS_OPEN, MissingAsks, books_of, lock_account, market_of
from .paper_books import OPEN, advance, best_price, is_expired, terms
from .paper_costs import Costs
from .paper_matching import NOTHING, Market, match

_Symbol = tuple[str, str]  # asset type, symbol


def match_resting(costs: Costs, now: datetime) -> list[str]:
    """Match every open order once; the ids of those that changed.

    Quotes come first and outside any transaction; only bots with an order that trades, triggers
    or expires are opened, one short transaction each. A bot that is busy waits for the next run.
    """
    with db.transaction() as session:
        rows = session.scalars(select(PaperOrder).where(IS_OPEN)).all()
    markets = _markets({(row.asset_type, row.symbol) for row in rows}, now)
    due: dict[uuid.UUID, list[PaperOrder]] = defaultdict(list)
    for row in rows:
        market = markets.get((row.asset_type, row.symbol))
        with logs.apart("paper.order_failed", client_order_id=row.client_order_id):
            if market is not None and _is_due(row, market, costs):
                due[row.bot_id].append(row)
    asks = _asks(due, markets, now)
    changed: list[str] = []
    for bot_id, orders in due.items():
        with logs.apart("paper.bot_failed", bot_id=bot_id):
            changed += _match_bot(bot_id, orders, markets, asks, costs)
    return changed


def _markets(symbols: Iterable[_Symbol], now: datetime) -> dict[_Symbol, Market]:
    wanted = sorted(symbols)
    for asset_type in ("crypto", "stocks"):  # many symbols in few requests, into the cache
        quotes.latest_of(asset_type, [s for kind, s in wanted if kind == asset_type], now)
    found: dict[_Symbol, Market] = {}
    for asset_type, symbol in wanted:
        try:
            found[asset_type, symbol] = market_of(asset_type, symbol, now)
        except ServiceError as error:
            logs.event("paper.symbol_skipped", symbol=symbol, error=error.code)
    return found


def _is_due(row: PaperOrder, market: Market, costs: Costs) -> bool:
    rest = row.quantity - row.filled_quantity
    if row.type == "trailing_stop" and row.extreme_price != best_price(row, market):
        return True
    return is_expired(row, market.now) or match(terms(row, rest), market, costs) != NOTHING


def _asks(
    due: dict[uuid.UUID, list[PaperOrder]], markets: dict[_Symbol, Market], now: datetime
) -> dict[str, Decimal]:
    """Ask prices of the due symbols and of everything that their accounts are short of."""
    asks = {symbol: market.quote.ask for (_, symbol), market in markets.items()}
    if not due:
        return asks
    with db.transaction() as session:
        held = session.scalars(
            select(PaperAccount.positions).where(PaperAccount.bot_id.in_(due))
        ).all()
    shorts = {s for positions in held for s, units in positions.items() if units.startswith("-")}
    found = quotes.latest_of("stocks", shorts - asks.keys(), now)
    return asks | {symbol: quote.ask for symbol, quote in found.items()}


def _match_bot(
    bot_id: uuid.UUID,
    due: list[PaperOrder],
    markets: dict[_Symbol, Market],
    asks: dict[str, Decimal],
    costs: Costs,
) -> list[str]:
    with db.transaction() as session:
        account = lock_account(session, bot_id, skip_locked=True)
        if account is None:
            return []
        try:
            books = books_of(session, account, {one.oco_group for one in due}, asks)
        except MissingAsks as missing:
            logs.event("paper.bot_skipped", bot_id=str(bot_id), missing=str(missing))
            return []
        before = {o.client_order_id: _mark(o) for o in books.orders}
        due_ids = {one.client_order_id for one in due}
        for order in sorted(books.orders, key=lambda o: o.created_at):
            if order.client_order_id in due_ids and order.state in OPEN:
                advance(order, books, markets[order.asset_type, order.symbol], costs)
        return [o.client_order_id for o in books.orders if _mark(o) != before[o.client_order_id]]


def _mark(order: PaperOrder) -> tuple[object, ...]:
    return order.state, order.filled_quantity, order.triggered_at
