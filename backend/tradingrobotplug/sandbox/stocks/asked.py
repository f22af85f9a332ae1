"""Reading the body of POST /v2/orders, numbers as text or as JSON numbers."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from .orders import Terms
from .refusals import unread

_SIDES = ("buy", "sell")
_TYPES = ("market", "limit", "stop", "stop_limit", "trailing_stop")
_IN_FORCE = ("day", "gtc", "opg", "cls", "ioc", "fok")
_INTENTS = ("buy_to_open", "buy_to_close", "sell_to_open", "sell_to_close")
_CLASSES = ("simple", "bracket", "oco", "oto")


def read(body: Mapping[str, object]) -> Terms:
    """The order that was asked. Refusal names the first field that can't be read."""
    profit, loss = (_part(body, name) for name in ("take_profit", "stop_loss"))
    order_class = _choice(body, "order_class", _CLASSES, "simple")
    client_order_id = str(body.get("client_order_id") or uuid.uuid4())
    if len(client_order_id) > 128:
        raise unread("client_order_id must be no more than 128 characters")
    take_profit = number(profit, "limit_price")
    return Terms(
        symbol=_symbol(body),
        side=_choice(body, "side", _SIDES),
        type=_choice(body, "type", _TYPES),
        time_in_force=_choice(body, "time_in_force", _IN_FORCE),
        client_order_id=client_order_id,
        order_class=order_class,
        qty=number(body, "qty"),
        notional=number(body, "notional"),
        limit_price=take_profit if order_class == "oco" else number(body, "limit_price"),
        stop_price=number(body, "stop_price"),
        trail_price=number(body, "trail_price"),
        trail_percent=number(body, "trail_percent"),
        extended_hours=body.get("extended_hours") is True,
        position_intent=_intent(body),
        take_profit=take_profit,
        stop_loss=number(loss, "stop_price"),
        stop_loss_limit=number(loss, "limit_price"),
    )


def renamed(terms: Terms, client_order_id: str, time_in_force: object) -> Terms:
    """These terms under a new client id (a made-up one if empty), in force as long as asked."""
    asked = {"time_in_force": time_in_force or terms.time_in_force}
    return replace(
        terms,
        client_order_id=client_order_id or str(uuid.uuid4()),
        time_in_force=_choice(asked, "time_in_force", _IN_FORCE),
    )


def number(body: Mapping[str, object], name: str) -> Decimal | None:
    """A positive or negative decimal, None if it is not there."""
    found = body.get(name)
    if found is None:
        return None
    try:
        value = Decimal(str(found))
    except InvalidOperation as error:
        raise unread(f"invalid {name}: {found}") from error
    if not value.is_finite():
        raise unread(f"invalid {name}: {found}")
    return value


def _part(body: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = body.get(name)
    if found is not None and not isinstance(found, Mapping):
        raise unread(f"invalid {name}")
    return found or {}


def _symbol(body: Mapping[str, object]) -> str:
    found = body.get("symbol")
    if not isinstance(found, str) or not found:
        raise unread("symbol is required")
    return found.upper()


def _intent(body: Mapping[str, object]) -> str | None:
    is_given = body.get("position_intent") is not None
    return _choice(body, "position_intent", _INTENTS) if is_given else None


def _choice(
    body: Mapping[str, object], name: str, known: tuple[str, ...], default: str | None = None
) -> str:
    found = body.get(name) or default
    if found is None:
        raise unread(f"{name} is required")
    if found not in known:
        raise unread(f"invalid {name}: {found}")
    return str(found)
