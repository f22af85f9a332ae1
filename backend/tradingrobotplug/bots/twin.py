"""The paper twin of a bot that trades at a broker: where its alerts are tried out once more."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..models import Bot
from ..trading.venue import trades_on_paper
from .service import clone_bot

# What a twin has of its bot, taken over anew before each use.
_FOLLOWED = ("symbols", "position_sizing", "risk_management", "execution")
_SUFFIX = " (paper)"


def on_paper(session: Session, bot: Bot, now: datetime) -> Bot:
    """The bot itself if it trades on paper, else its twin there: made once, with the bot's present
    configuration, money and history of its own, no account, and no robot that drives it.

    Forbidden `plan_limit_reached` when the plan allows no further bot.
    """
    if trades_on_paper(bot):
        return bot
    # Two replays at once must not make two twins.
    session.execute(select(Bot.id).where(Bot.id == bot.id).with_for_update(key_share=True))
    twin = session.scalar(
        select(Bot).where(
            Bot.paper_of == bot.id,
            Bot.deleted_at.is_(None),
            Bot.trading_mode == "paper",
            Bot.trading_account_id.is_(None),
        )
    )
    return _followed(twin, bot, now) if twin else _made(session, bot, now)


def _followed(twin: Bot, bot: Bot, now: datetime) -> Bot:
    changed = [name for name in _FOLLOWED if getattr(twin, name) != getattr(bot, name)]
    for name in changed:
        setattr(twin, name, getattr(bot, name))
    if changed:
        twin.updated_at = now
    return twin


def _made(session: Session, bot: Bot, now: datetime) -> Bot:
    name = bot.name[: 120 - len(_SUFFIX)] + _SUFFIX
    twin, _ = clone_bot(session, bot, name, now)
    twin.trading_mode, twin.signal_source, twin.plugin_id = "paper", "webhook", None
    twin.paper_of, twin.robot_parameters = bot.id, {}
    session.flush()
    return twin
