"""Why bots would open nothing now, apart from their own settings."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from ..models import Bot, Halt, TradingAccount
from ..plans.entitlements import Entitlements, entitlements
from ..trading import account, halts

Accounts = Mapping[uuid.UUID | None, TradingAccount]
Stops = Mapping[uuid.UUID, Halt]  # by user


def of(
    session: Session, bots: Sequence[Bot], accounts: Accounts, stops: Stops
) -> dict[uuid.UUID, list[str]]:
    """Sentences for each of the bots: who has stopped trading, its account, its user's plan."""
    plans = {
        user_id: entitlements(session, user_id)
        for user_id in {bot.user_id for bot in bots if bot.trading_mode == "live"}
    }
    return {
        bot.id: [
            *filter(None, [halts.sentence(stops.get(bot.user_id))]),
            *_problems(session, bot, accounts.get(bot.trading_account_id), plans.get(bot.user_id)),
        ]
        for bot in bots
    }


def _problems(
    session: Session, bot: Bot, at: TradingAccount | None, allowed: Entitlements | None
) -> list[str]:
    found = [account.account_problem(bot, at)]
    if bot.held_from is not None:
        found.append("Your plan has no place for it. Choose which bots stay, or upgrade.")
    if bot.trading_mode == "live" and allowed is not None:
        found.append(account.plan_problem(session, bot, allowed))
        if allowed.live_safeguards and bot.risk_management.get("max_daily_loss") is None:
            found.append("It has no daily loss limit; your plan asks for one to trade live.")
    return [sentence for sentence in found if sentence]
