"""What the scheduler runs: new bars to robots, their decisions to the intake."""

from datetime import datetime

from .. import clock, db, logs
from ..errors import Unavailable
from ..marketdata import bars
from ..plans import priority
from ..signals.service import record_signal
from . import catalogue, runner, service
from .robot import Robot

# The newest bar each robot has seen in this process. Losing it costs one more look at a bar: the
# signal's key makes every bar count once.
_seen: dict[tuple[str, str], datetime] = {}


def ensure_public_records() -> None:
    """At start: every robot of the catalogue has its public paper record."""
    with db.transaction() as session:
        service.ensure_public_records(session, list(catalogue.robots().values()), clock.now())


def run_due() -> None:
    """Let every robot look at the bar that has just completed, if it hasn't yet."""
    for robot in catalogue.robots().values():
        for symbol in robot.symbols:
            with logs.apart("robot.failed", robot=robot.id, symbol=symbol):
                try:
                    _run(robot, symbol, clock.now())
                except Unavailable as error:
                    logs.event("robot.bars_unavailable", error=error.code)


def _run(robot: Robot, symbol: str, now: datetime) -> None:
    if (seen := _seen.get((robot.id, symbol))) and not _has_new_bar(robot, seen, now):
        return
    with db.transaction() as session:
        seats = [seat for seat in service.seats(session, robot, now) if seat.symbol == symbol]
    if not seats:
        return
    recent = bars.recent(robot.asset_type, symbol, robot.timeframe_minutes, robot.warm_up_bars, now)
    if not recent or recent[-1].at == seen:
        return
    _emit(runner.alerts(robot, recent, seats), now)
    _seen[robot.id, symbol] = recent[-1].at


def _has_new_bar(robot: Robot, seen: datetime, now: datetime) -> bool:
    # A bar is stamped with its start, so the one after `seen` completes two frames later.
    return (now - seen).total_seconds() >= 2 * 60 * robot.timeframe_minutes


def _emit(alerts: list[runner.Alert], now: datetime) -> None:
    with db.transaction() as session:
        for alert in alerts:
            record_signal(session, alert.bot_id, alert.body, alert.key, "robot", now)
    priority.ring(*(alert.bot_id for alert in alerts))
    for alert in alerts:
        logs.event("robot.decided", bot_id=alert.bot_id, key=alert.key)
