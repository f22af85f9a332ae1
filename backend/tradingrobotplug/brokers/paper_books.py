"""The paper broker's books of one bot: cash, signed positions, and what a trade does to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from ..models import PaperAccount, PaperOrder
from ..money import ZERO, as_text, round_down
from .broker import Execution, Outcome, State
from .paper_costs import Costs
from .paper_matching import Market, Match, Terms, expires_at, match

OPEN = ("new", "partial")
_STATES: Mapping[str, State] = {
    "new": "accepted",
    "partial": "partially_filled",
    "filled": "filled",
    "cancelled": "cancelled",
    "rejected": "rejected",
}
_CASH_STEP = Decimal("1e-12")  # of the column


@dataclass(frozen=True, slots=True)
class Books:
    """An account, its open orders and those of the order's group, and the asks of its shorts."""

    account: PaperAccount
    orders: tuple[PaperOrder, ...]
    asks: Mapping[str, Decimal]

    def held(self, symbol: str) -> Decimal:
        """Units held; negative when short."""
        return Decimal(self.account.positions.get(symbol, "0"))

    @property
    def shorts(self) -> dict[str, Decimal]:
        """Units short by symbol."""
        every = {s: -Decimal(q) for s, q in self.account.positions.items()}
        return {symbol: units for symbol, units in every.items() if units > 0}

    def buying_power(self) -> Decimal:
        """Cash, less twice what the shorts would cost: their proceeds, and as much again as
        security. So nothing is bought or sold short on credit."""
        owed = sum((units * self.asks[s] for s, units in self.shorts.items()), ZERO)
        return self.account.cash - 2 * owed

    def group_of(self, order: PaperOrder) -> list[PaperOrder]:
        """The other orders of its group."""
        if order.oco_group is None:
            return []
        return [o for o in self.orders if o is not order and o.oco_group == order.oco_group]


def remaining(order: PaperOrder, books: Books) -> Decimal:
    """What may still trade of it: what its group filled counts for all of the group."""
    filled = sum((o.filled_quantity for o in books.group_of(order)), order.filled_quantity)
    return max(order.quantity - filled, ZERO)


def advance(order: PaperOrder, books: Books, market: Market, costs: Costs) -> None:
    """Let the order meet the market once."""
    rest = remaining(order, books)
    if rest == 0:
        close(order, "The other order of its group filled.", market.now)
    elif is_expired(order, market.now):
        close(order, "The day order expired.", market.now)
    else:
        trail(order, market)
        _trade(order, books, market, costs, match(terms(order, rest), market, costs))
    if order.state in OPEN and order.time_in_force == "ioc":
        close(order, "What could not trade at once was cancelled (ioc).", market.now)


def trail(order: PaperOrder, market: Market) -> None:
    """Draw a trailing stop after the best price that it has seen."""
    if order.type != "trailing_stop" or order.triggered_at is not None:
        return
    order.extreme_price = best_price(order, market)
    order.stop_price = trailing_stop(order, order.extreme_price, market.product.price_step)


def best_price(order: PaperOrder, market: Market) -> Decimal:
    """The best price for the order's position so far: the highest bid, or the lowest ask."""
    if order.side == "sell":
        return max(order.extreme_price or ZERO, market.quote.bid)
    return min(order.extreme_price or market.quote.ask, market.quote.ask)


def trailing_stop(order: PaperOrder, best: Decimal, step: Decimal) -> Decimal:
    """Where the stop stands when this is the best price."""
    share = (order.trail_percent or ZERO) / 100
    distance = best * share + (order.trail_amount or ZERO)
    return round_down(best - distance if order.side == "sell" else best + distance, step)


def close(order: PaperOrder, reason: str, now: datetime) -> None:
    """Cancel what is open of it."""
    order.state, order.reason, order.updated_at = "cancelled", reason, now


def is_expired(order: PaperOrder, now: datetime) -> bool:
    """Whether the order's day is over."""
    ends = expires_at(order.asset_type, order.time_in_force, order.extended_hours, order.created_at)
    return ends is not None and now >= ends


def terms(order: PaperOrder, rest: Decimal) -> Terms:
    """What matters to whether it trades."""
    return Terms(
        side=order.side,
        type=order.type,
        limit_price=order.limit_price,
        stop_price=order.stop_price,
        is_triggered=order.triggered_at is not None,
        extended_hours=order.extended_hours,
        remaining=rest,
    )


def outcome(order: PaperOrder) -> Outcome:
    """The order in the words that every broker uses."""
    return Outcome(
        state=_STATES[order.state],
        client_order_id=order.client_order_id,
        broker_order_id=f"paper-{order.client_order_id}",
        executions=tuple(_execution(raw) for raw in order.executions),
        reason=order.reason,
    )


def held_for_orders(orders: Iterable[PaperOrder], symbol: str, side: str) -> Decimal:
    """Units that open orders of this side may still trade; of a group, its largest order."""
    ungrouped = ZERO
    groups: dict[str, Decimal] = {}
    for order in orders:
        if order.state not in OPEN or (order.symbol, order.side) != (symbol, side):
            continue
        rest = order.quantity - order.filled_quantity
        if order.oco_group is None:
            ungrouped += rest
        else:
            groups[order.oco_group] = max(rest, groups.get(order.oco_group, ZERO))
    return sum(groups.values(), ungrouped)


def _trade(order: PaperOrder, books: Books, market: Market, costs: Costs, found: Match) -> None:
    if found.triggers:
        order.triggered_at = order.updated_at = market.now
    quantity, held = found.quantity, books.held(order.symbol)
    sign = 1 if order.side == "buy" else -1
    if held * sign < 0:
        quantity = min(quantity, abs(held))  # one order never turns a position round
    if quantity <= 0:
        return
    fee = costs.fee(quantity, found.price)
    if held * sign >= 0 and quantity * found.price + fee > books.buying_power():
        close(order, "insufficient buying power", market.now)
        return
    _book(order, books.account, Execution(_next_id(order), quantity, found.price, fee, market.now))
    if remaining(order, books) == 0:
        if order.filled_quantity == order.quantity:
            order.state = "filled"
        else:
            close(order, "The other order of its group filled the rest.", market.now)
        for other in books.group_of(order):
            if other.state in OPEN:
                close(other, "The other order of its group filled.", market.now)


def _book(order: PaperOrder, account: PaperAccount, part: Execution) -> None:
    """Write one execution into the order and the account."""
    sign = 1 if order.side == "buy" else -1
    order.executions = [*order.executions, _stored(part)]
    order.filled_quantity += part.quantity
    order.state, order.updated_at = "partial", part.at
    cash = account.cash - sign * part.quantity * part.price - part.fee
    account.cash = cash.quantize(_CASH_STEP, ROUND_HALF_EVEN)
    held = Decimal(account.positions.get(order.symbol, "0")) + sign * part.quantity
    others = {s: q for s, q in account.positions.items() if s != order.symbol}
    account.positions = others | ({order.symbol: as_text(held)} if held else {})


def _next_id(order: PaperOrder) -> str:
    return f"{order.client_order_id}:{len(order.executions) + 1}"


def _stored(part: Execution) -> dict[str, str]:
    amounts = {name: as_text(getattr(part, name)) for name in ("quantity", "price", "fee")}
    return {"id": part.id, **amounts, "at": part.at.isoformat()}


def _execution(raw: Mapping[str, Any]) -> Execution:
    quantity, price, fee = (Decimal(raw[name]) for name in ("quantity", "price", "fee"))
    return Execution(raw["id"], quantity, price, fee, datetime.fromisoformat(raw["at"]))
