"""Where a bot's entries stand: its mode, its account at a broker, and its user's plan, by now."""

import uuid
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session

from .. import clock, db
from ..models import Bot, Order, TradingAccount
from ..plans import robot_access
from ..plans.entitlements import Entitlements, entitlements
from . import holdings
from .direction import Move
from .proposal import Permit
from .venue import trades_on_paper

Shown = TradingAccount | Any  # an account, or the columns of `_ACCOUNT`
ON_PAPER = Permit()
_ROWS = TradingAccount.__table__.c
_ACCOUNT = db.as_sql(
    select(
        _ROWS.label,
        _ROWS.environment,
        _ROWS.broker,
        _ROWS.permissions,
        _ROWS.revoked_at,
        _ROWS.sealed_keys,
    ).where(_ROWS.id == bindparam("account_id"))
)


def permit(session: Session, bot: Bot, symbol: str, move: Move) -> Permit:
    """What the rules ask of an entry; at the paper broker, and of an exit, nothing."""
    if move.is_exit or trades_on_paper(bot):
        return ON_PAPER
    found = Permit(
        account_problem=account_problem(bot, account_of(session, bot)),
        crossed=holdings.crossed(session, bot, symbol, move.side),
    )
    return _live(session, bot, found) if bot.trading_mode == "live" else found


def account_of(session: Session, bot: Bot) -> Shown | None:
    """The account as it is now: what `account_problem` asks of it."""
    if bot.trading_account_id is None:
        return None
    found = db.rows(session, _ACCOUNT, account_id=bot.trading_account_id)
    return found[0] if found else None


def plan_problem(session: Session, bot: Bot, allowed: Entitlements) -> str | None:
    """Why the plan lets the bot open nothing; None if it may."""
    if bot.trading_mode != "live":
        return None
    if not allowed.live_trading:
        return f"The {allowed.plan_title} plan does not include live trading."
    if robot_access.may_go_live(allowed, {}, bot.plugin_id):
        return None
    own = robot_access.own_robots(session, bot.user_id, clock.now())
    is_own = robot_access.may_go_live(allowed, own, bot.plugin_id)
    return None if is_own else robot_access.paper_only(allowed)


def account_problem(bot: Bot, account: Shown | None) -> str | None:
    """Why the bot's account can't take an entry; None if it can, or the paper broker does."""
    if account is None:
        return None if trades_on_paper(bot) else "This bot trades live, but has no trading account."
    if account.environment != bot.trading_mode or account.broker != bot.exchange:
        return f"The account “{account.label}” is not one that this bot may trade at."
    return keys_problem(account)


def keys_problem(account: Shown) -> str | None:
    """Why the account's keys can't trade; None if they can."""
    if account.revoked_at is not None or account.sealed_keys is None:
        return f"The keys of the account “{account.label}” were revoked. Give new ones."
    if account.permissions != "trade":
        return f"The account “{account.label}” may be read only: allow it to trade first."
    return None


def most_on_paper(session: Session, bot_id: uuid.UUID) -> Decimal | None:
    """The value of the bot's largest entry on paper, as far as it filled; None without one."""
    return session.scalar(
        select(func.max(Order.filled_quantity * Order.average_price)).where(
            Order.bot_id == bot_id,
            Order.mode == "paper",
            Order.leg == "entry",
            Order.filled_quantity > 0,
        )
    )


def _live(session: Session, bot: Bot, found: Permit) -> Permit:
    allowed = entitlements(session, bot.user_id)
    is_first = allowed.live_safeguards and not _has_entered_live(session, bot)
    return replace(
        found,
        is_live=True,
        not_live=plan_problem(session, bot, allowed),
        has_safeguards=allowed.live_safeguards,
        is_first=is_first,
        most_on_paper=most_on_paper(session, bot.id) if is_first else None,
    )


def _has_entered_live(session: Session, bot: Bot) -> bool:
    filled = exists().where(
        Order.bot_id == bot.id,
        Order.mode == "live",
        Order.leg == "entry",
        Order.filled_quantity > 0,
        Order.created_at >= (bot.went_live_at or bot.created_at),
    )
    return bool(session.scalar(select(filled)))
