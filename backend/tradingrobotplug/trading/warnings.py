"""What a bot's user should look at: kept with the bot until it is over or dismissed."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from .. import live
from ..models import Bot


def warn(session: Session, bot: Bot, key: str, detail: str, now: datetime, **facts: str) -> None:
    """Show the warning; one of the same key is replaced. Others of the bot stay as they are, also
    where they change at the same time."""
    said = {key: {"at": now.isoformat(), "detail": detail} | facts}
    _set(session, bot, Bot.warnings.concat(said))


def clear(session: Session, bot: Bot, key: str) -> None:
    """Show it no longer; harmless if it is not shown."""
    _set(session, bot, Bot.warnings.op("-")(key))


def _set(session: Session, bot: Bot, value: Any) -> None:
    session.execute(update(Bot).where(Bot.id == bot.id).values(warnings=value))
    session.refresh(bot, ["warnings"])
    live.note(session, "bot", bot.user_id, bot.id, bot.id)


def warning_of(bot: Bot, key: str) -> dict[str, str] | None:
    """The warning of this key as it is shown; None if there is none."""
    found: dict[str, str] | None = bot.warnings.get(key)
    return found
