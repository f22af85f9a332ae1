"""Which bots a robot drives, and the public record of each robot."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..bots import service as bots
from ..bots.tuning import in_force
from ..brokers import venues
from ..models import Bot, PerformanceCursor, PluginAccess, Position, Subscription, User
from ..plans import robot_access
from ..plans.entitlements import is_in_force, of_plan
from ..trading import worth
from .robot import Robot
from .runner import Seat

# Never a deliverable address (RFC 2606), and as a username one that nobody can register.
_HOUSE_EMAIL = "record@robots.invalid"
_RECORD_CASH = Decimal(100_000)
_SHOWN = (
    "id", "name", "description", "strategy_type", "asset_type", "symbols", "timeframe_minutes",
    "version", "author", "access", "price_cents", "parameters", "ordered",
)  # fmt: skip
_FIGURES = (
    "trade_count", "win_rate", "profit_factor", "total_return_pct", "total_pnl", "sharpe_ratio",
    "max_drawdown",
)  # fmt: skip


def seats(session: Session, robot: Robot, now: datetime) -> list[Seat]:
    """Every running bot of this robot whose user may run it now, once per symbol that both the
    robot and the bot trade."""
    rows = session.execute(
        select(
            *(Bot.id, Bot.symbols, Bot.robot_parameters, User.is_house),
            *(Subscription.plan_id, PluginAccess.level),
            *(Position.symbol, Position.quantity),
        )
        .outerjoin(Position, and_(Position.bot_id == Bot.id, Position.symbol.in_(robot.symbols)))
        .join(User, User.id == Bot.user_id)
        .outerjoin(
            PluginAccess,
            and_(
                PluginAccess.user_id == Bot.user_id,
                PluginAccess.plugin_id == robot.id,
                *robot_access.counts(now),
            ),
        )
        .outerjoin(Subscription, and_(Subscription.user_id == Bot.user_id, is_in_force()))
        .where(
            Bot.plugin_id == robot.id,
            Bot.signal_source == "robot",
            Bot.status == "running",
            Bot.deleted_at.is_(None),
        )
    ).all()
    held = {(row.id, row.symbol): row.quantity for row in rows if row.symbol}
    return [
        Seat(
            row.id,
            symbol,
            held.get((row.id, symbol), Decimal(0)),
            in_force(robot, row.robot_parameters, of_plan(row.plan_id)),
        )
        for row in {row.id: row for row in rows}.values()
        for symbol in robot.symbols
        if symbol in (row.symbols or robot.symbols) and _may_run(robot, row)
    ]


def _may_run(robot: Robot, row: Any) -> bool:
    """Whether the user of a row of `seats` has access to the robot now; the house always has."""
    own = {robot.id: row.level} if row.level else {}
    return row.is_house or robot_access.level(of_plan(row.plan_id), own, robot.id) is not None


def ensure_public_records(session: Session, robots: Sequence[Robot], now: datetime) -> None:
    """Give every robot one paper bot whose record anybody may read. Running it twice adds none."""
    house = _house(session, now)
    recorded = set(session.scalars(select(Bot.plugin_id).where(Bot.user_id == house.id)))
    for robot in robots:
        if robot.id not in recorded:
            bots.create_bot(session, house.id, _record_configuration(robot), now)


def listing(
    session: Session,
    robots: Sequence[Robot],
    strategy_type: str | None = None,
    asset_type: str | None = None,
    sort: str = "name",
) -> list[dict[str, Any]]:
    """What the marketplace shows of these robots; by a figure, the highest first, unknown last."""
    records = _records(session)
    shown = [
        {name: getattr(robot, name) for name in _SHOWN} | {"performance": records.get(robot.id)}
        for robot in robots
        if strategy_type in (None, robot.strategy_type) and asset_type in (None, robot.asset_type)
    ]
    return shown if sort == "name" else sorted(shown, key=lambda row: _rank(row, sort))


def _rank(row: dict[str, Any], figure: str) -> tuple[bool, float]:
    value = (row["performance"] or {}).get(figure)
    return value is None, -(value or 0.0)


def _records(session: Session) -> dict[str, dict[str, Any]]:
    rows = session.execute(
        select(Bot.plugin_id, Bot.created_at, Bot.trading_mode, PerformanceCursor.metrics)
        .join(User, User.id == Bot.user_id)
        .join(PerformanceCursor, worth.figures_of_bot())
        .where(User.is_house, Bot.deleted_at.is_(None))
    )
    return {
        row.plugin_id: {name: row.metrics.get(name) for name in _FIGURES}
        | {"mode": row.trading_mode, "since": row.created_at}
        for row in rows
    }


def _house(session: Session, now: datetime) -> User:
    session.execute(
        insert(User)
        .values(
            email=_HOUSE_EMAIL, username=_HOUSE_EMAIL, role="user", is_house=True, created_at=now
        )
        .on_conflict_do_nothing()
    )
    # The lock makes two schedulers that start at once take turns.
    return session.execute(
        select(User).where(User.email == _HOUSE_EMAIL).with_for_update()
    ).scalar_one()


def _record_configuration(robot: Robot) -> dict[str, object]:
    return {
        "name": robot.name,
        "description": robot.description,
        "asset_type": robot.asset_type,
        "exchange": venues.trading(robot.asset_type)[0],
        "trading_mode": "paper",
        "signal_source": "robot",
        "plugin_id": robot.id,
        "symbols": list(robot.symbols),
        "position_sizing": {
            "type": robot.position_sizing["type"],
            "value": Decimal(robot.position_sizing["value"]),
        },
        "starting_cash": _RECORD_CASH,
    }
