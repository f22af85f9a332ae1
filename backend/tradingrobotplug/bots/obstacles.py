"""Why bots would open nothing now, apart from their own settings."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ..models import Bot, Halt, TradingAccount
from ..plans.service import Entitlements, entitlements
from ..trading import account

Accounts = Mapping[uuid.UUID | None, TradingAccount]


def of(session: Session, bots: Sequence[Bot], accounts: Accounts) -> dict[uuid.UUID, list[str]]:
    """Sentences for each of the bots: who has stopped trading, its account, its user's plan."""
    owners = {bot.user_id for bot in bots}
    halted = _halts(session, owners)
    plans = {
        user_id: entitlements(session, user_id)
        for user_id in {bot.user_id for bot in bots if bot.trading_mode == "live"}
    }
    return {
        bot.id: [
            *halted.get(None, ()),
            *halted.get(bot.user_id, ()),
            *_problems(bot, accounts.get(bot.trading_account_id), plans.get(bot.user_id)),
        ]
        for bot in bots
    }


def _halts(session: Session, owners: set[uuid.UUID]) -> dict[uuid.UUID | None, list[str]]:
    rows = session.scalars(
        select(Halt.user_id).where(
            Halt.lifted_at.is_(None), or_(Halt.user_id.is_(None), Halt.user_id.in_(owners))
        )
    )
    return {
        user_id: [
            "Trading is stopped for everybody." if user_id is None else "You stopped all your bots."
        ]
        for user_id in rows
    }


def _problems(bot: Bot, at: TradingAccount | None, allowed: Entitlements | None) -> list[str]:
    found = [account.account_problem(bot, at)]
    if bot.trading_mode == "live" and allowed is not None:
        found.append(account.plan_problem(bot, allowed))
        if allowed.live_safeguards and bot.risk_management.get("max_daily_loss") is None:
            found.append("It has no daily loss limit; your plan asks for one to trade live.")
    return [sentence for sentence in found if sentence]
