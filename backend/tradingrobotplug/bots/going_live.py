"""Where a bot trades: the paper broker, an account on paper, or an account with real money."""

import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from ..brokers.venues import VENUES
from ..errors import Conflict
from ..models import Bot, TradingAccount, User
from ..notify import outbox
from ..plans import robot_access
from ..trading import capital
from ..trading.account import keys_problem
from ..trading_accounts.service import account_for, refuse_beyond_plan
from . import letters, safeguards
from .confirmation import Confirmed
from .standstill import refuse_unless_flat
from .terms import Terms

_NO_PAPER = " {} has no paper environment: {} trades on paper at our paper broker."


def move(session: Session, bot: Bot, account_id: uuid.UUID | None, now: datetime) -> None:
    """Let a paper bot trade at an account of its broker's paper environment; None: at our paper
    broker.

    Conflict `bot_is_live`, `bot_not_flat`, `account_not_fitting`, `account_cannot_trade`; NotFound.
    """
    if bot.trading_mode == "live":
        raise Conflict("bot_is_live", "This bot trades live. Take it back to paper first.")
    if account_id is not None:
        _fitting(session, bot, account_id, "paper")
    refuse_unless_flat(session, bot)
    bot.trading_account_id = account_id
    bot.updated_at = now


def terms(
    session: Session,
    bot: Bot,
    account_id: uuid.UUID,
    amount: Decimal,
    signals_from: str,
    now: datetime,
) -> Terms:
    """The terms for this bot at this account, if it may go live there.

    Forbidden `plan_limit_reached`; NotFound; Conflict `already_live`, `account_not_fitting`,
    `account_cannot_trade`, `bot_not_flat`, `daily_loss_limit_needed`, `not_traded_on_paper`.
    """
    refuse_beyond_plan(session, bot.user_id, "live")
    robot_access.refuse_live(session, bot.user_id, bot.plugin_id, now)
    if bot.trading_mode == "live":
        raise Conflict("already_live", "This bot trades live already.")
    account = _fitting(session, bot, account_id, "live")
    limit = safeguards.first_order_limit(session, bot)
    refuse_unless_flat(session, bot)
    return Terms(bot, account, amount, signals_from, limit)


def go(session: Session, bot: Bot, confirmed: Confirmed, signals_from: str, now: datetime) -> Terms:
    """Trade with real money from now on; its user is written the terms.

    All is checked again. Conflict `changed_meanwhile` if anything differs from what was shown.
    """
    found = terms(session, bot, confirmed.account_id, confirmed.capital, signals_from, now)
    if found.fingerprint != confirmed.fingerprint:
        raise Conflict(
            "changed_meanwhile",
            "The bot, its account or your plan changed since the terms were shown. Look again.",
        )
    bot.trading_mode = "live"
    capital.allocate(session, bot, found.capital, now)
    bot.trading_account_id = found.account.id
    bot.starting_cash = found.capital
    bot.went_live_at = bot.updated_at = now
    user = session.get_one(User, bot.user_id)
    letter = letters.went_live(bot.name, found.sentences)
    outbox.put(session, letter, user.email, now, user_id=user.id, name=user.username)
    return found


def leave(session: Session, bot: Bot, now: datetime) -> None:
    """Trade at our paper broker again. Conflict `not_live`, `bot_not_flat`."""
    if bot.trading_mode != "live":
        raise Conflict("not_live", "This bot does not trade live.")
    refuse_unless_flat(session, bot)
    bot.trading_mode = "paper"
    bot.trading_account_id = None
    bot.updated_at = now


def _fitting(session: Session, bot: Bot, account_id: uuid.UUID, environment: str) -> TradingAccount:
    """The user's account, which is not removed or changed before the transaction ends."""
    account = account_for(session, bot.user_id, account_id)
    session.refresh(account, with_for_update=True)
    if account.broker != bot.exchange or account.environment != environment:
        raise Conflict("account_not_fitting", _misfit(bot, account, environment))
    problem = keys_problem(account)
    if problem:
        raise Conflict("account_cannot_trade", problem)
    return account


def _misfit(bot: Bot, account: TradingAccount, environment: str) -> str:
    venue, theirs = VENUES[bot.exchange], VENUES[account.broker]
    if account.broker != bot.exchange:
        why = f"This bot trades at {venue.title}; the account is at {theirs.title}."
    elif environment == "paper":
        why = "This account trades with real money; going live is a step of its own."
    else:
        why = "This account is for trading on paper. To go live, choose one with real money."
    if environment in venue.environments:
        return why
    return why + _NO_PAPER.format(venue.title, venue.asset_type)
