"""Our orders in Coinbase's terms: configurations, whole steps, strings."""

from decimal import Decimal

from ..marketdata.shapes import Product
from ..money import as_text, round_down
from .broker import Attached, OrderRequest
from .capabilities import STOP_ROOM
from .coinbase_wire import Json

_STOP, _BRACKET = "stop_limit_stop_limit_gtc", "trigger_bracket_gtc"
_CONFIGURATIONS = {
    ("market", "gtc"): "market_market_ioc",  # it never rests
    ("market", "ioc"): "market_market_ioc",
    ("limit", "gtc"): "limit_limit_gtc",
    ("limit", "ioc"): "sor_limit_ioc",
    ("limit", "fok"): "limit_limit_fok",
    ("stop", "gtc"): _STOP,
    ("stop_limit", "gtc"): _STOP,
    ("bracket", "gtc"): _BRACKET,
}
_PRICES = {
    "market": (),
    "limit": ("limit_price",),
    "stop": ("stop_price",),
    "stop_limit": ("limit_price", "stop_price"),
    "bracket": ("limit_price", "stop_price"),
}


class Unfit(Exception):
    """Coinbase takes no such order; the sentence says why."""


def refuse_impossible(order: OrderRequest) -> None:
    """Unfit for what Coinbase never takes, whatever the product."""
    if not order.client_order_id:
        raise Unfit("An order needs an id of ours: without one it could be placed twice.")
    if order.asset_type != "crypto":
        raise Unfit("Coinbase trades crypto only.")
    if (order.type, order.time_in_force) not in _CONFIGURATIONS:
        kind = order.type.replace("_", " ")
        raise Unfit(f"Coinbase takes no {kind} order that is {order.time_in_force.upper()}.")
    missing = [name for name in _PRICES[order.type] if not getattr(order, name)]
    if missing:
        raise Unfit(f"The order lacks its {missing[0].replace('_', ' ')}.")
    if order.type == "bracket" and order.stop_limit_price is not None:
        raise Unfit("The limit of a bracket's stop is Coinbase's own: 5 % beyond the stop.")
    if order.attached is not None:
        _refuse_attached(order, order.attached)


def body_of(order: OrderRequest, product: Product) -> Json:
    """The request's body. Sizes are rounded down, so that a sale never sells more than it should.
    Unfit if it is less or more than Coinbase takes of this product."""
    size = round_down(order.quantity, product.quantity_step)
    fields = {"base_size": as_text(size)} | _prices(order, product.price_step)
    _refuse_size(order, size, fields, product)
    name = _CONFIGURATIONS[order.type, order.time_in_force]
    body: Json = {
        "client_order_id": order.client_order_id,
        "product_id": order.symbol,
        "side": order.side.upper(),
        "order_configuration": {name: fields},
    }
    if order.attached is not None:
        body["attached_order_configuration"] = {
            _BRACKET: _bracket(order.attached.take_profit, order.attached.stop, product.price_step)
        }
    return body


def _refuse_attached(order: OrderRequest, attached: Attached) -> None:
    if order.side != "buy" or order.type not in ("market", "limit"):
        raise Unfit("Coinbase attaches protection to market and limit buys only.")
    if attached.take_profit is None or attached.stop is None:
        raise Unfit("Coinbase attaches a target and a stop together, not one of them.")
    if attached.stop_limit is not None:
        raise Unfit("The limit of an attached stop is Coinbase's own: 5 % beyond the stop.")


def _prices(order: OrderRequest, step: Decimal) -> dict[str, str]:
    if order.type == "market":
        return {}
    if order.type == "limit":
        return {"limit_price": _limit(order, step)}
    if order.type == "bracket":
        return _bracket(order.limit_price, order.stop_price, step)
    assert order.stop_price is not None
    direction = "STOP_DIRECTION_STOP_UP" if order.side == "buy" else "STOP_DIRECTION_STOP_DOWN"
    return {
        "limit_price": _price(order.limit_price or _beyond(order.side, order.stop_price), step),
        "stop_price": _price(order.stop_price, step),
        "stop_direction": direction,
    }


def _beyond(side: str, stop: Decimal) -> Decimal:
    """The limit of a stop that has none: where Coinbase puts that of its own brackets."""
    return stop * (1 + STOP_ROOM if side == "buy" else 1 - STOP_ROOM)


def _limit(order: OrderRequest, step: Decimal) -> str:
    """Never worse than asked for: a sale's limit between two steps is the upper one."""
    assert order.limit_price is not None
    price = round_down(order.limit_price, step)
    return as_text(price + step if order.side == "sell" and price < order.limit_price else price)


def _bracket(target: Decimal | None, stop: Decimal | None, step: Decimal) -> dict[str, str]:
    assert target is not None
    assert stop is not None
    return {"limit_price": _price(target, step), "stop_trigger_price": _price(stop, step)}


def _price(price: Decimal, step: Decimal) -> str:
    return as_text(round_down(price, step))


def _refuse_size(
    order: OrderRequest, size: Decimal, fields: dict[str, str], product: Product
) -> None:
    base = order.symbol.partition("-")[0]
    if size <= 0 or size < product.min_quantity:
        least = as_text(product.min_quantity)
        raise Unfit(f"Coinbase takes no order of less than {least} {base}.")
    if product.max_quantity is not None and size > product.max_quantity:
        most = as_text(product.max_quantity)
        raise Unfit(f"Coinbase takes no order of more than {most} {base}.")
    worth = size * Decimal(fields["limit_price"]) if "limit_price" in fields else None
    if worth is not None and worth < product.min_notional:
        least = as_text(product.min_notional)
        raise Unfit(f"Coinbase takes no order of {order.symbol} that is worth less than ${least}.")
