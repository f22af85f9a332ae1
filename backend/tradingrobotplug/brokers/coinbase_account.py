"""What Coinbase says of an account: rights, holdings, worth, and orders it does not take there."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from ..marketdata import products, quotes
from ..money import ZERO, decimal_from
from . import coinbase_orders as orders
from .broker import Balances, NotReached, OrderRequest
from .coinbase_wire import Json
from .keys import KeysRefused, Rights

_DOLLARS, _LIKE_DOLLARS = "USD", "USDC-USD"  # USDC is redeemed one to one, and has no market
_SAMPLE, _SAMPLE_WORTH = "BTC-USD", Decimal(20)
# A stop is sent as a stop-limit, so both stand and fall together.
_UNCERTAIN = {"stop_limit": ("stop", "stop_limit"), "bracket": ("bracket",)}
_UNSUPPORTED = frozenset({"PREVIEW_INVALID_ORDER_CONFIG", "PREVIEW_BRACKET_ORDER_NOT_SUPPORTED"})


def rights_of(granted: Json) -> Rights:
    """KeysRefused `withdrawal_right` or `no_read_right`."""
    if granted.get("can_transfer") is not False:  # not said is not refused
        raise KeysRefused(
            "withdrawal_right",
            "These keys can withdraw money. Make keys at Coinbase without the right to transfer.",
        )
    if granted.get("can_view") is not True:
        raise KeysRefused("no_read_right", "These keys may not read the account.")
    return Rights(can_trade=granted.get("can_trade") is True)


def positions_of(accounts: Iterable[Json]) -> dict[str, Decimal]:
    """Units by symbol, to the last digit, however little."""
    held: dict[str, Decimal] = {}
    for one in accounts:
        if one.get("type") == "ACCOUNT_TYPE_FIAT" or one["currency"] == _DOLLARS:
            continue
        symbol = f"{one['currency']}-{_DOLLARS}"
        held[symbol] = held.get(symbol, ZERO) + sum(_amounts(one))
    return {symbol: units for symbol, units in held.items() if units}


def balances_of(accounts: Iterable[Json], fees: Json, now: datetime) -> Balances:
    """Quotes are asked for here. NotReached if one of a listed holding can't be had."""
    known = list(accounts)
    dollars = [_amounts(one) for one in known if one["currency"] == _DOLLARS]
    available = sum((free for free, _ in dollars), ZERO)
    cash = available + sum((held for _, held in dollars), ZERO)
    return Balances(
        cash=cash,
        buying_power=available,
        equity=cash + _worth(positions_of(known), now),
        fee_rate=decimal_from(fees["fee_tier"]["taker_fee_rate"]),
    )


def samples(now: datetime) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Sales that could be placed now but for what the account holds, and our names for what a
    preview of each finds out."""
    try:
        product = products.product("crypto", _SAMPLE, now)
        bid = quotes.latest("crypto", _SAMPLE, now).bid
    except (quotes.QuoteUnavailable, quotes.UnknownSymbol) as error:
        raise NotReached(error.message) from error
    for kind, names in _UNCERTAIN.items():
        limit = bid * (Decimal("1.1") if kind == "bracket" else Decimal("0.85"))
        order = OrderRequest(
            client_order_id="preview",
            bot_id=uuid.UUID(int=0),
            asset_type="crypto",
            symbol=_SAMPLE,
            side="sell",
            type=kind,
            time_in_force="gtc",
            quantity=_SAMPLE_WORTH / bid,
            limit_price=limit,
            stop_price=bid * Decimal("0.9"),
        )
        body = orders.body_of(order, product)
        yield names, {name: body[name] for name in body if name != "client_order_id"}


def is_unsupported(preview: Json) -> bool:
    """Whether the kind of order is refused, and not just that there is nothing to sell."""
    errors = preview.get("errs")
    return isinstance(errors, list) and not _UNSUPPORTED.isdisjoint(map(str, errors))


def _amounts(account: Json) -> tuple[Decimal, Decimal]:
    """Available, and held by open orders."""
    available, hold = account["available_balance"], account.get("hold") or {"value": "0"}
    return decimal_from(available["value"]), decimal_from(hold["value"])


def _worth(held: dict[str, Decimal], now: datetime) -> Decimal:
    """In dollars. A coin without a market against dollars has no price, and counts for nothing."""
    quotes.latest_of("crypto", held, now)  # all at once; below, each is at hand
    return sum((units * _price(symbol, now) for symbol, units in held.items()), ZERO)


def _price(symbol: str, now: datetime) -> Decimal:
    if symbol == _LIKE_DOLLARS:
        return Decimal(1)
    try:
        return quotes.latest("crypto", symbol, now).mid
    except quotes.UnknownSymbol:
        return ZERO
    except quotes.QuoteUnavailable as error:
        raise NotReached(error.message) from error
