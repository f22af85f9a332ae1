"""What a request to Coinbase asks for, read from its body, and how Coinbase says no to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from .listings import COINS, Listing


@dataclass(frozen=True, slots=True)
class Kind:
    """One of Coinbase's order configurations: what it is called in answers, what it needs."""

    order_type: str
    time_in_force: str
    prices: tuple[str, ...] = ()

    @property
    def has_end(self) -> bool:
        """Whether `end_time` belongs to it."""
        return self.time_in_force == "GOOD_UNTIL_DATE_TIME"

    @property
    def is_immediate(self) -> bool:
        """Whether nothing of it ever rests."""
        return self.time_in_force in ("IMMEDIATE_OR_CANCEL", "FILL_OR_KILL")


_GTC, _GTD, _IOC = "GOOD_UNTIL_CANCELLED", "GOOD_UNTIL_DATE_TIME", "IMMEDIATE_OR_CANCEL"
_STOP, _BOTH = ("limit_price", "stop_price"), ("limit_price", "stop_trigger_price")
BRACKET = "trigger_bracket_gtc"
KINDS = {
    "market_market_ioc": Kind("MARKET", _IOC),
    "sor_limit_ioc": Kind("LIMIT", _IOC, ("limit_price",)),
    "limit_limit_gtc": Kind("LIMIT", _GTC, ("limit_price",)),
    "limit_limit_gtd": Kind("LIMIT", _GTD, ("limit_price",)),
    "limit_limit_fok": Kind("LIMIT", "FILL_OR_KILL", ("limit_price",)),
    "stop_limit_stop_limit_gtc": Kind("STOP_LIMIT", _GTC, _STOP),
    "stop_limit_stop_limit_gtd": Kind("STOP_LIMIT", _GTD, _STOP),
    BRACKET: Kind("BRACKET", _GTC, _BOTH),
    "trigger_bracket_gtd": Kind("BRACKET", _GTD, _BOTH),
}


@dataclass(eq=False)
class Refusal(Exception):
    """`error` for the order, `preview` for its preview, a text for people."""

    error: str
    preview: str
    message: str
    details: str = ""


class Malformed(Exception):
    """The request itself can't be read: status 400."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """An order as asked for. Either `base` or `quote` (fees included) says how much."""

    client_order_id: str
    listing: Listing
    is_buy: bool
    name: str
    configuration: dict[str, dict[str, Any]]
    base: Decimal | None = None
    quote: Decimal | None = None
    limit: Decimal | None = None
    stop: Decimal | None = None
    end: datetime | None = None
    is_post_only: bool = False
    attached: tuple[Decimal, Decimal] | None = None

    @property
    def kind(self) -> Kind:
        """What its configuration means."""
        return KINDS[self.name]

    @property
    def side(self) -> str:
        """BUY or SELL."""
        return "BUY" if self.is_buy else "SELL"

    @property
    def currencies(self) -> tuple[str, str]:
        """Base and quote."""
        base, _, quote = self.listing.symbol.partition("-")
        return base, quote


def read(body: Mapping[str, Any]) -> Ticket:
    """The ticket that a body asks for. Refusal in Coinbase's words; Malformed for a status 400."""
    side, listing = body.get("side"), COINS.get(str(body.get("product_id")))
    if side not in ("BUY", "SELL"):
        raise Refusal("INVALID_SIDE", "PREVIEW_INVALID_SIDE", "Invalid side")
    if listing is None:
        raise Refusal("INVALID_PRODUCT_ID", "PREVIEW_INVALID_PRODUCT_ID", "Invalid product_id")
    name, fields = _configuration(body.get("order_configuration"))
    kind, is_buy = KINDS[name], side == "BUY"
    base, quote = (_number(fields, size) for size in ("base_size", "quote_size"))
    _refuse_sizes(kind, is_buy, base, quote)
    _refuse_direction(kind, fields, is_buy)
    prices = [_number(fields, price) for price in kind.prices]
    if None in prices:
        raise unsupported(f"{' and '.join(kind.prices)} must be given")
    return Ticket(
        client_order_id=str(body.get("client_order_id") or ""),
        listing=listing,
        is_buy=is_buy,
        name=name,
        configuration={name: dict(fields)},
        base=base,
        quote=quote,
        limit=prices[0] if prices else None,
        stop=prices[1] if len(prices) > 1 else None,
        end=_end(kind, fields),
        is_post_only=bool(fields.get("post_only")),
        attached=_attached(body.get("attached_order_configuration"), kind, is_buy),
    )


def unsupported(details: str) -> Refusal:
    """The order configuration is not one that Coinbase takes."""
    return Refusal(
        "UNSUPPORTED_ORDER_CONFIGURATION",
        "PREVIEW_INVALID_ORDER_CONFIG",
        "The order configuration was invalid",
        details,
    )


def _configuration(given: Any) -> tuple[str, Mapping[str, Any]]:
    if not isinstance(given, dict) or len(given) != 1:
        raise unsupported("exactly one order configuration must be given")
    ((name, fields),) = given.items()
    if name not in KINDS or not isinstance(fields, dict):
        raise unsupported(f"{name} is not supported")
    return name, fields


def _number(fields: Mapping[str, Any], name: str) -> Decimal | None:
    """Coinbase's numbers are strings; a JSON number is a malformed request there."""
    text = fields.get(name)
    if text is None or text == "":
        return None
    try:
        number = Decimal(text) if isinstance(text, str) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Malformed(f"invalid value for string field {name}")
    return number


def _refuse_sizes(kind: Kind, is_buy: bool, base: Decimal | None, quote: Decimal | None) -> None:
    if base is None and quote is None:
        raise Refusal(
            "UNKNOWN_FAILURE_REASON",
            "PREVIEW_INVALID_ORDER_CONFIG",
            "The order configuration was invalid",
            f"{kind.order_type.capitalize()} orders cannot be placed with empty order sizes",
        )
    if base is not None and quote is not None:
        raise unsupported("only one of base_size and quote_size may be given")
    if quote is not None and (kind.order_type != "MARKET" or not is_buy):
        raise unsupported("quote_size is for market buys")


def _refuse_direction(kind: Kind, fields: Mapping[str, Any], is_buy: bool) -> None:
    """A buy's stop lies above the price, a sell's below it."""
    usual = "STOP_DIRECTION_STOP_UP" if is_buy else "STOP_DIRECTION_STOP_DOWN"
    if kind.order_type == "STOP_LIMIT" and fields.get("stop_direction") not in (None, "", usual):
        raise unsupported(f"stop_direction of a {'buy' if is_buy else 'sell'} is {usual}")


def _end(kind: Kind, fields: Mapping[str, Any]) -> datetime | None:
    if not kind.has_end:
        return None
    try:
        found = datetime.fromisoformat(str(fields.get("end_time")))
    except ValueError:
        raise Malformed("end_time is not a time") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _attached(given: Any, kind: Kind, is_buy: bool) -> tuple[Decimal, Decimal] | None:
    if not given:
        return None
    name, fields = _configuration(given)
    limit, stop = (_number(fields, price) for price in _BOTH)
    if name != BRACKET or limit is None or stop is None:
        raise unsupported("attached is trigger_bracket_gtc with limit_price, stop_trigger_price")
    if fields.get("base_size") or fields.get("quote_size"):
        preview = "PREVIEW_ATTACHED_ORDER_SIZE_MUST_BE_NIL"
        raise Refusal("ATTACHED_ORDER_SIZE_MUST_BE_NIL", preview, "Size must not be given")
    if not is_buy or kind.order_type not in ("MARKET", "LIMIT"):
        preview = "PREVIEW_INVALID_ORDER_TYPE_FOR_ATTACHED"
        raise Refusal("INVALID_ORDER_TYPE_FOR_ATTACHED", preview, "Only for buys of spot")
    return limit, stop
