"""A bot that has reached its daily loss limit opens nothing until the next trading day."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from ..marketdata import calendar
from ..models import Bot
from .risk import daily_loss_is_within_limit


def note(bot: Bot, verdicts: Sequence[Mapping[str, str]], now: datetime) -> None:
    """Lock the bot if the rule of the daily loss has refused; what it holds stays guarded."""
    rule = daily_loss_is_within_limit.__name__
    if any(said["rule"] == rule and said["verdict"] == "refuse" for said in verdicts):
        day = calendar.trading_day(bot.asset_type, now)
        bot.locked_until = calendar.day_bounds(bot.asset_type, day)[1]
