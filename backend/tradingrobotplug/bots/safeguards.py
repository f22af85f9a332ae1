"""What a plan asks of bots that trade with real money."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from ..errors import Conflict
from ..models import Bot
from ..plans.entitlements import entitlements
from ..trading import account
from ..trading.account_rules import TIMES_PAPER

_LIMIT = "max_daily_loss"


def first_order_limit(session: Session, bot: Bot) -> Decimal | None:
    """What the bot's first live order may be worth at most; None where the plan sets no limit.

    Conflict `daily_loss_limit_needed`, `not_traded_on_paper` for a bot that may not go live.
    """
    if not _asked_for(session, bot.user_id):
        return None
    if bot.risk_management.get(_LIMIT) is None:
        raise _limit_needed()
    largest = account.most_on_paper(session, bot.id)
    if largest is None:
        raise Conflict(
            "not_traded_on_paper",
            "This bot has not traded on paper yet. Your plan asks for a filled entry on paper "
            "first: it says how large the first live order may be.",
        )
    return largest * TIMES_PAPER


def refuse_removal(session: Session, bot: Bot, changes: Mapping[str, Any]) -> None:
    """Conflict `daily_loss_limit_needed` for changes that take a live bot's limit away."""
    given = changes.get("risk_management")
    if bot.trading_mode != "live" or given is None or given.get(_LIMIT) is not None:
        return
    if bot.risk_management.get(_LIMIT) is not None and _asked_for(session, bot.user_id):
        raise _limit_needed()


def _asked_for(session: Session, user_id: uuid.UUID) -> bool:
    return entitlements(session, user_id).live_safeguards


def _limit_needed() -> Conflict:
    return Conflict(
        "daily_loss_limit_needed",
        "Your plan asks every live bot for a daily loss limit (max_daily_loss).",
    )
