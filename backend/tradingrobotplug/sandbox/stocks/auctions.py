"""Orders for the opening or the closing auction alone."""

from datetime import datetime, time

from .. import hours
from ..market import Market
from .refusals import invalid

_CLOSED_TO = {"opg": (time(9, 28), time(19)), "cls": (time(15, 50), time(19))}


def second_of(market: Market, time_in_force: str, now: datetime) -> int | None:
    """The auction that such an order waits for; None if it waits for none. Or a Refusal."""
    if time_in_force not in _CLOSED_TO:
        return None
    begin, end = _CLOSED_TO[time_in_force]
    local = now.astimezone(hours.NEW_YORK).time()
    if not market.always_open and begin < local < end:
        raise invalid(f"{time_in_force} orders are not accepted between {begin:%H:%M} and 19:00")
    _, opens, closes = hours.clock(now, always_open=market.always_open)
    if time_in_force == "cls":
        return int(closes.timestamp()) - 1
    return int(opens.timestamp())
