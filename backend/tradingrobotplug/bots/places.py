"""The places that a plan has for bots: taken by new ones, kept by the bots that the user chooses.

Who has more bots than places keeps them all: those without a place are paused (they open nothing,
what they hold stays guarded) and get back to what they were once there is a place for them.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from .. import live
from ..accounts import audit
from ..errors import Forbidden, Invalid
from ..models import Bot, User
from ..plans import entitlements as plans
from ..plans import robot_access
from ..plans.entitlements import Entitlements


def take_place(session: Session, user_id: uuid.UUID, plugin_id: str | None, now: datetime) -> None:
    """Check the plan's limits while the user's row is locked: exact under parallel requests.

    PlanLimitReached for one bot, or robot, too many; Forbidden `account_leaving`.
    """
    user = _locked_user(session, user_id)
    if user.leaving_at is not None:
        raise Forbidden("account_leaving", "This account is about to be deleted.")
    if user.is_house:
        return
    allowed = plans.entitlements(session, user_id)
    used = [bot.plugin_id for bot in _bots(session, user_id)]
    plans.refuse_unless(
        lambda plan: len(used) < plan.max_bots,
        allowed,
        "bots",
        allowed.max_bots,
        _sentence(allowed, "bot", allowed.max_bots),
    )
    if plugin_id is not None:
        _refuse_robot(allowed, plugin_id, used, robot_access.own_robots(session, user_id, now))


def release(session: Session, bot: Bot, now: datetime) -> None:
    """Give a bot that waits for a place one that is free, so that it may run again.

    PlanLimitReached if none is; nothing for a bot that has its place.
    """
    if bot.held_from is None:
        return
    _lock(session, bot.user_id)
    placed = [other for other in _bots(session, bot.user_id) if other.held_from is None]
    own = robot_access.own_robots(session, bot.user_id, now)
    _refuse_unfitting(plans.entitlements(session, bot.user_id), [*placed, bot], own)
    bot.held_from = None


def choose(
    session: Session, user_id: uuid.UUID, kept: Collection[uuid.UUID], now: datetime
) -> Sequence[Bot]:
    """Let these bots have the user's places, and the others none; all of the user's bots.

    Invalid `no_such_bot`; PlanLimitReached for more than the plan has places for, in itself or with
    these robots, or for a live bot where the plan is for paper only.
    """
    _lock(session, user_id)
    bots = _bots(session, user_id)
    if set(kept) - {bot.id for bot in bots}:
        raise Invalid("no_such_bot", "One of these bots does not exist.")
    own = robot_access.own_robots(session, user_id, now)
    chosen = [bot for bot in bots if bot.id in kept]
    _refuse_unfitting(plans.entitlements(session, user_id), chosen, own)
    _give_places(session, bots, {bot.id for bot in chosen}, now)
    return bots


def fit(session: Session, user_id: uuid.UUID, now: datetime) -> None:
    """Pause the bots that the plan has no place for, and give places to those that waited.

    Bots that have a place keep it; then running ones go before others, older before newer.
    """
    if _lock(session, user_id).is_house:
        return
    bots = _bots(session, user_id)
    allowed = plans.entitlements(session, user_id)
    own = robot_access.own_robots(session, user_id, now)
    _give_places(session, bots, _fitting(allowed, bots, own), now)


def _refuse_unfitting(allowed: Entitlements, bots: Sequence[Bot], own: dict[str, str]) -> None:
    """PlanLimitReached unless the plan has a place for every one of these bots."""
    wanted = {bot.id for bot in bots}
    limit, why = "robots", "so many robots"
    value: object = allowed.max_robots
    if len(bots) > allowed.max_bots:
        limit, value, why = "bots", allowed.max_bots, "so many bots"
    elif any(bot.trading_mode == "live" for bot in bots) and not allowed.live_trading:
        limit, value, why = "live_trading", False, "a live bot"
    elif not all(_may_trade(allowed, bot, own) for bot in bots):
        limit, value, why = "robot_access", allowed.robot_access, "a live bot of this robot"
    plans.refuse_unless(
        lambda plan: _fitting(plan, bots, own) == wanted,
        allowed,
        limit,
        value,
        f"The {allowed.plan_title} plan has no place for {why}.",
    )


def _fitting(
    allowed: Entitlements, bots: Sequence[Bot], own: dict[str, str]
) -> Collection[uuid.UUID]:
    """Of these bots, in their order, those that the plan has places for."""
    placed: list[Bot] = []
    for bot in bots:
        robots = [other.plugin_id for other in placed]
        has_room = len(placed) < allowed.max_bots
        may_run = bot.plugin_id is None or robot_access.may_run(allowed, own, bot.plugin_id, robots)
        if has_room and may_run and _may_trade(allowed, bot, own):
            placed.append(bot)
    return {bot.id for bot in placed}


def _may_trade(plan: Entitlements, bot: Bot, own: dict[str, str]) -> bool:
    """Whether the plan lets the bot trade with what it trades with: real money, or none."""
    if bot.trading_mode != "live":
        return True
    return plan.live_trading and robot_access.may_go_live(plan, own, bot.plugin_id)


def _give_places(
    session: Session, bots: Sequence[Bot], placed: Collection[uuid.UUID], now: datetime
) -> None:
    for bot in bots:
        if bot.id in placed and bot.held_from is not None:
            bot.status, bot.held_from = bot.held_from, None
            _note(session, "let_go", bot, now)
        elif bot.id not in placed and bot.held_from is None:
            bot.held_from = bot.status
            bot.status = "paused" if bot.status == "running" else bot.status
            _note(session, "held", bot, now)


def _note(session: Session, what: str, bot: Bot, now: datetime) -> None:
    bot.updated_at = now
    live.note(session, "bot", bot.user_id, bot.id, bot.id)
    audit.record(
        session, f"bot.{what}", now, user_id=bot.user_id, object_id=bot.id, address="", by="plan"
    )


def _refuse_robot(
    allowed: Entitlements, plugin_id: str, used: Sequence[str | None], own: dict[str, str]
) -> None:
    level = robot_access.level(allowed, own, plugin_id)
    limit, value, sentence = "robots", allowed.max_robots, _sentence(allowed, "robot", 1)
    if level is None:
        limit, sentence = "robot_access", f"The {allowed.plan_title} plan leaves this robot out."
    elif plugin_id in used:
        value, sentence = 1, f"The {allowed.plan_title} plan allows one bot of this robot."
    elif allowed.max_robots is not None:
        sentence = _sentence(allowed, "robot", allowed.max_robots)
    plans.refuse_unless(
        lambda plan: robot_access.may_run(plan, own, plugin_id, used),
        allowed,
        limit,
        None if level is None else value,
        sentence,
    )


def _bots(session: Session, user_id: uuid.UUID) -> Sequence[Bot]:
    """The user's bots as they are now: first those with a place, running, and old."""
    has_place = case((Bot.held_from.is_(None), 0), else_=1)
    runs = case((Bot.status == "running", 0), (Bot.held_from == "running", 0), else_=1)
    return session.scalars(
        select(Bot)
        .where(Bot.user_id == user_id, Bot.deleted_at.is_(None))
        .order_by(has_place, runs, Bot.created_at, Bot.id)
        .execution_options(populate_existing=True)
    ).all()


def _lock(session: Session, user_id: uuid.UUID) -> User:
    """Nobody changes the user's bots, or takes a place; locks in the order in which a bot's copy
    takes them."""
    mine = select(Bot.id).where(Bot.user_id == user_id, Bot.deleted_at.is_(None))
    session.execute(mine.order_by(Bot.id).with_for_update(key_share=True))
    return _locked_user(session, user_id)


def _locked_user(session: Session, user_id: uuid.UUID) -> User:
    return session.scalars(
        select(User).where(User.id == user_id).with_for_update(key_share=True)
    ).one()


def _sentence(allowed: Entitlements, what: str, limit: int | None) -> str:
    return f"The {allowed.plan_title} plan allows {limit} {what if limit == 1 else what + 's'}."
