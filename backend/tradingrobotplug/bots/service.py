"""The life of a bot: made, changed, paused, copied, given a new secret, deleted."""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ..errors import Conflict, NotFound
from ..models import Bot
from ..plans.entitlements import entitlements
from .configuration import Robot, checked, stored
from .places import release, take_place
from .tuning import refuse_beyond_plan

COPIED = (
    "description",
    "asset_type",
    "exchange",
    "signal_source",
    "plugin_id",
    "symbols",
    "position_sizing",
    "risk_management",
    "execution",
    "robot_parameters",
    "starting_cash",
)


def create_bot(
    session: Session,
    user_id: uuid.UUID,
    config: Mapping[str, Any],
    now: datetime,
    robot: Robot | None = None,
) -> tuple[Bot, str | None]:
    """Store a running bot from a loaded NewBot; its webhook secret, None for a robot's bot.

    Forbidden `plan_limit_reached` when the user's plan allows no further bot, or robot, or not to
    change a setting of the robot's.
    """
    columns = stored(checked(config["asset_type"], {"symbols": []} | dict(config), robot))
    take_place(session, user_id, config["plugin_id"], now)
    _refuse_tuning(session, user_id, robot, columns, {})
    secret = secrets.token_urlsafe(32)
    bot = Bot(
        user_id=user_id,
        status="running",
        secret_hash=_hash(secret),
        created_at=now,
        updated_at=now,
        **({"risk_management": {}, "execution": {}, "robot_parameters": {}} | columns),
    )
    session.add(bot)
    session.flush()
    return bot, secret if bot.signal_source == "webhook" else None


def bot_for(
    session: Session, user_id: uuid.UUID, bot_id: uuid.UUID, *, is_locked: bool = False
) -> Bot:
    """The user's bot; NotFound if there is none, or it is someone else's, or it was deleted.

    `is_locked`: as it is now, and nobody changes it before the transaction ends.
    """
    bot = session.get(Bot, bot_id, with_for_update=is_locked, populate_existing=is_locked)
    if bot is None or bot.user_id != user_id or bot.deleted_at is not None:
        raise NotFound("bot_not_found", "There is no such bot.")
    return bot


def bots_of(user_id: uuid.UUID) -> Select[Bot]:
    """The query for a user's bots, newest first."""
    mine = select(Bot).where(Bot.user_id == user_id, Bot.deleted_at.is_(None))
    return mine.order_by(Bot.created_at.desc(), Bot.id.desc())


def update_bot(
    session: Session,
    bot: Bot,
    changes: Mapping[str, Any],
    now: datetime,
    robot: Robot | None = None,
) -> None:
    """Replace the given parts of the configuration; the others stay. `robot` drives the bot.

    Forbidden `plan_limit_reached` for a setting of the robot's that the plan keeps as it is.
    """
    columns = stored(checked(bot.asset_type, changes, robot))
    _refuse_tuning(session, bot.user_id, robot, columns, bot.robot_parameters)
    for name, value in columns.items():
        setattr(bot, name, value)
    bot.updated_at = now


def set_status(session: Session, bot: Bot, status: str, now: datetime) -> None:
    """running: takes signals. paused: exits only. stopped: none.

    PlanLimitReached for a bot that is to run and has no place in its user's plan.
    """
    if status == "running":
        release(session, bot, now)
    elif bot.held_from is not None:
        bot.held_from = status
    bot.status = status
    bot.updated_at = now


def clone_bot(
    session: Session, bot: Bot, name: str | None, now: datetime
) -> tuple[Bot, str | None]:
    """The same configuration under a new name, with its own secret, money and history; on paper,
    whatever the first one trades with."""
    take_place(session, bot.user_id, bot.plugin_id, now)
    secret = secrets.token_urlsafe(32)
    copy = Bot(
        user_id=bot.user_id,
        name=name or f"Copy of {bot.name}"[:120],
        trading_mode="paper",
        status="running",
        secret_hash=_hash(secret),
        created_at=now,
        updated_at=now,
        **{column: getattr(bot, column) for column in COPIED},
    )
    session.add(copy)
    session.flush()
    return copy, secret if copy.signal_source == "webhook" else None


def rotate_secret(bot: Bot, overlap_seconds: int, now: datetime) -> str:
    """A new secret. The old one works for `overlap_seconds` more, those before it no longer."""
    if bot.signal_source != "webhook":
        raise Conflict("no_webhook", "This bot gets its signals from a robot; it has no address.")
    secret = secrets.token_urlsafe(32)
    bot.previous_secret_hash = bot.secret_hash if overlap_seconds else None
    bot.previous_secret_until = (
        now + timedelta(seconds=overlap_seconds) if overlap_seconds else None
    )
    bot.secret_hash = _hash(secret)
    bot.updated_at = now
    return secret


def verify_secret(bot: Bot, secret: str, now: datetime) -> bool:
    """Whether the secret opens this bot's webhook; takes the same time whatever is wrong."""
    given = _hash(secret)
    until = bot.previous_secret_until
    previous = bot.previous_secret_hash if until is not None and now < until else None
    is_current = hmac.compare_digest(given, bot.secret_hash)
    is_previous = hmac.compare_digest(given, previous or "")
    return is_current or is_previous


def delete_bot(bot: Bot, now: datetime) -> None:
    """Gone for its user and for its senders; what it traded stays in the records.

    Its resting orders are cancelled by the next settlement, which looks for them.
    """
    bot.status = "stopped"
    bot.deleted_at = bot.updated_at = now


def webhook_url(public_url: str, bot: Bot, secret: str | None) -> str | None:
    """Where alerts for this bot are posted."""
    return None if secret is None else f"{public_url}/webhook/{bot.id}/{secret}"


def _refuse_tuning(
    session: Session,
    user_id: uuid.UUID,
    robot: Robot | None,
    columns: Mapping[str, Any],
    kept: Mapping[str, str],
) -> None:
    wanted = columns.get("robot_parameters")
    if robot is not None and wanted:
        refuse_beyond_plan(entitlements(session, user_id), robot, wanted, kept)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
