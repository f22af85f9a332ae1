"""From completed bars to signals: what a robot decides goes through the same intake as an alert."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from .. import logs
from ..marketdata.bars import Bar
from ..money import as_text
from .robot import Decision, Robot, Target, View


@dataclass(frozen=True, slots=True)
class Seat:
    """One bot that a robot drives in one symbol, what it holds there, and which of the robot's
    parameters have another value there than their default."""

    bot_id: UUID
    symbol: str
    held: Decimal
    changed: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """What the intake gets: the bot, a key that makes the bar count once, and the body."""

    bot_id: UUID
    key: str
    body: bytes


def alerts(robot: Robot, bars: Sequence[Bar], seats: Sequence[Seat]) -> list[Alert]:
    """Ask the strategy once for all seats on the same side with the same parameters; one alert for
    each bot that has to move."""
    if len(bars) < robot.warm_up_bars:
        return []

    @cache
    def decided(changed: tuple[tuple[str, Decimal], ...], is_long: bool) -> Decision:
        return robot.decide(View(bars, robot.defaults | dict(changed), is_long))

    made = []
    for seat in seats:
        with logs.apart("robot.bot_failed", robot=robot.id, bot_id=seat.bot_id):
            made.append(_alert(robot, bars[-1], seat, decided(seat.changed, seat.held > 0)))
    return [alert for alert in made if alert is not None]


def _alert(robot: Robot, bar: Bar, seat: Seat, decision: Decision) -> Alert | None:
    if decision.target is Target.KEEP:
        return None
    key = f"{robot.id}:{seat.symbol}:{_minute(bar.at)}"
    body: dict[str, Any] = {
        "action": "buy" if decision.target is Target.LONG else "close",
        "symbol": seat.symbol,
        "price": as_text(bar.close),
        "orderId": key,
    }
    if decision.stop_loss is not None:
        body["stopLoss"] = as_text(decision.stop_loss)
    if decision.take_profit is not None:
        body["takeProfit"] = as_text(decision.take_profit)
    return Alert(seat.bot_id, key, json.dumps(body).encode())


def _minute(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%MZ")
