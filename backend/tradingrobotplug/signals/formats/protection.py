"""Stop loss and take profit as alerts write them: a price, a percentage, or an object of terms."""

from decimal import Decimal
from typing import Any, Literal, cast

from ...trading.intent import Level, StopLoss, TakeProfit
from ..reading import Refused, amount_field, text_field

_STOPS = ("stop", "stop_limit", "trailing_stop")
_MOST_TARGETS = 6
_ALL = Decimal(100)


def stop_loss(alert: dict[str, Any]) -> StopLoss | None:
    """stopLoss: 49000 | "8%" | {"type": …, "stopPrice" | "percent" | "amount" | "trailPercent"}."""
    given = alert.get("stop_loss")
    if given is None or given == "":
        return None
    if not isinstance(given, dict):
        return StopLoss(_level(alert, "stop_loss"))
    kind = (text_field(given, "type") or "stop").lower()
    if kind not in _STOPS:
        raise Refused(f"The stop loss's type is {kind!r}: it must be one of {', '.join(_STOPS)}.")
    if kind == "trailing_stop" or "trail_percent" in given:
        return StopLoss(_distance(given), "trailing_stop")
    at = _given_level("stop loss", given, "stop_price", "price")
    if kind == "stop":
        return StopLoss(at)
    limit = amount_field(given, "limit_price")
    if limit is None:
        raise Refused("A stop-limit stop loss needs limitPrice.")
    return StopLoss(at, "stop_limit", Level(limit))


def take_profits(alert: dict[str, Any]) -> tuple[TakeProfit, ...]:
    """takeProfit: 52000 | "5%" | {…} | a list of such; takeProfit2 … are further levels.

    Levels without a share divide what the others leave among themselves.
    """
    given = alert.get("take_profit")
    found = list(given) if isinstance(given, list) else [given]
    found += [alert.get(f"take_profit_{n}") for n in range(2, _MOST_TARGETS + 1)]
    wanted = [one for one in found if one not in (None, "")]
    if len(wanted) > _MOST_TARGETS:
        raise Refused(f"The alert has more than {_MOST_TARGETS} take-profit levels.")
    return _shared_out([_target(one) for one in wanted])


def _target(given: Any) -> tuple[Level, Decimal | None]:
    if not isinstance(given, dict):
        return _level({"take_profit": given}, "take_profit"), None
    at = _given_level("take profit", given, "limit_price", "price")
    return at, amount_field(given, "share", "quantity_percent")


def _shared_out(targets: list[tuple[Level, Decimal | None]]) -> tuple[TakeProfit, ...]:
    said = sum((share for _, share in targets if share is not None), Decimal(0))
    silent = sum(1 for _, share in targets if share is None)
    if said > _ALL or (silent and said == _ALL):
        raise Refused("The shares of the take-profit levels come to more than 100 %.")
    each = (_ALL - said) / silent if silent else Decimal(0)
    return tuple(TakeProfit(at, each if share is None else share) for at, share in targets)


def _level(alert: dict[str, Any], name: str) -> Level:
    written = text_field(alert, name) or ""
    if not written.endswith("%"):
        price = amount_field(alert, name)
        assert price is not None
        return Level(price)
    # −8 % of a stop and +5 % of a target are distances: their sides are known.
    percent = amount_field({name: written[:-1].strip().lstrip("+-")}, name)
    if percent is None:
        raise Refused(f"{name} is not a number.")
    return Level(percent, "percent")


def _given_level(what: str, given: dict[str, Any], *prices: str) -> Level:
    for unit, names in (("price", prices), ("percent", ("percent",)), ("amount", ("amount",))):
        value = amount_field(given, *names)
        if value is not None:
            return Level(value, cast(Literal["price", "percent", "amount"], unit))
    raise Refused(f"The {what} has no price, percent or amount.")


def _distance(given: dict[str, Any]) -> Level:
    percent = amount_field(given, "trail_percent", "percent")
    if percent is not None:
        return Level(percent, "percent")
    amount = amount_field(given, "trail_amount", "trail_price", "amount")
    if amount is None:
        raise Refused("A trailing stop loss needs trailPercent or trailAmount.")
    return Level(amount, "amount")
