"""Shapes of a bot's settings: how much it trades, within which limits, and how orders are sent."""

from collections.abc import Callable
from decimal import Decimal
from ipaddress import ip_network
from typing import Any
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields, validate, validates_schema

from ..trading import sizing, windows
from ..web.schemas import Amount, Shape

TRADINGVIEW = ("52.89.214.238", "34.212.75.30", "54.218.53.128", "52.32.178.7")
MOST = Decimal(10) ** 15  # the largest amount that is stored exactly


def positive(most: Decimal = MOST) -> Callable[[Decimal], None]:
    """A validator: above zero, and no more than `most`."""

    def check(value: Decimal) -> None:
        if not 0 < value <= most:
            raise ValidationError(f"Must be above 0 and at most {most:f}.")

    return check


def length(least: int, most: int) -> validate.Length:
    return validate.Length(min=least, max=most)


def parameters(*, required: bool = False) -> fields.Dict:
    """Settings of a bot's robot by their names; how they must be the robot's metadata says."""
    return fields.Dict(
        keys=fields.String(validate=length(1, 64)),
        values=Amount(validate=validate.Range(-MOST, MOST)),
        required=required,
        validate=length(0, 50),
        metadata={"description": "Settings of its robot that differ from the defaults, by name"},
    )


def _network(text: str) -> None:
    try:
        ip_network(text)
    except ValueError as error:
        raise ValidationError(
            "Must be an address or a network, as in 203.0.113.7 or 203.0.113.0/24."
        ) from error


_TIME = validate.Regexp(r"([01]\d|2[0-3]):[0-5]\d\Z", error="Write a time as in 09:30.")


class PositionSizing(Shape):
    """How much an entry buys: units, dollars, a percentage of the bot's equity or of what it
    holds, or as much as loses this amount, or this percentage of the equity, at the stop loss."""

    type = fields.String(required=True, validate=validate.OneOf(tuple(sizing.RULES)))
    value = Amount(required=True, validate=positive())

    @validates_schema
    def _percent_is_a_share(self, data: dict[str, Any], **_: Any) -> None:
        if "percent" in data["type"] and data["value"] > 100:
            raise ValidationError("A percentage is at most 100.", "value")


class RiskManagement(Shape):
    """Every limit is optional. Amounts are dollars."""

    max_position_size = Amount(validate=positive())
    max_daily_loss = Amount(validate=positive())
    max_open_positions = fields.Integer(strict=True, validate=validate.Range(1, 1000))
    max_orders_per_day = fields.Integer(strict=True, validate=validate.Range(1, 10_000))
    cool_down_seconds = fields.Integer(strict=True, validate=validate.Range(1, 604_800))
    max_price_deviation_percent = Amount(validate=positive(Decimal(100)))
    stop_loss_percent = Amount(validate=positive(Decimal("99.9")))
    trailing_stop_percent = Amount(validate=positive(Decimal("99.9")))
    take_profit_percent = Amount(validate=positive(Decimal(10_000)))


class TradingWindow(Shape):
    """Days and times, on the clocks of the bot's time zone, in which it may open positions. An end
    before its start lies on the next day."""

    days = fields.List(fields.String(validate=validate.OneOf(windows.DAYS)), validate=length(1, 7))
    start = fields.String(required=True, validate=_TIME)
    end = fields.String(required=True, validate=_TIME)


def _known_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError("Name a time zone as in America/New_York.")


class Execution(Shape):
    """How signals are taken and orders sent."""

    extended_hours = fields.Boolean(load_default=False)
    allow_short = fields.Boolean(load_default=False)
    usdt_is_usd = fields.Boolean(
        load_default=False,
        metadata={"description": "Take alerts for pairs against USDT as those against USD"},
    )
    trading_windows = fields.List(fields.Nested(TradingWindow), validate=length(0, 20))
    time_zone = fields.String(load_default=windows.NEW_YORK, validate=_known_zone)
    when_closed = fields.String(load_default="queue", validate=validate.OneOf(("queue", "refuse")))
    max_signal_age_seconds = fields.Integer(
        strict=True, load_default=120, validate=validate.Range(10, 86_400)
    )
    dedupe_id_seconds = fields.Integer(
        strict=True, load_default=86_400, validate=validate.Range(0, 604_800)
    )
    dedupe_body_seconds = fields.Integer(
        strict=True, load_default=60, validate=validate.Range(0, 86_400)
    )
    allowed_senders = fields.List(
        fields.String(validate=_network),
        load_default=list,
        validate=length(0, 20),
        metadata={
            "description": "Addresses or networks (CIDR) that alerts must come from; none: from "
            "anywhere. The example is what TradingView publishes as its own.",
            "example": TRADINGVIEW,
        },
    )
