"""`trp stop` and `trp resume`."""

import argparse
import uuid
from collections.abc import Callable

from sqlalchemy.orm import Session

from .. import clock, db, logs, queues
from ..accounts import service as accounts
from ..models import Bot
from ..plans import priority
from ..plans.entitlements import PlanLimitReached
from ..signals import halting
from . import running
from .problem import Problem

_DOES = {
    "entries": "No new positions are opened.",
    "cancel": "Open entries are cancelled and no new positions are opened; protection stays.",
    "flatten": "Open entries are cancelled, positions closed, and no new ones opened.",
}


def stop(given: argparse.Namespace) -> int:
    """Stop everybody, a user or a bot. The row is what stops entries; signals follow by a worker,
    or by the sweeper where Redis does not take the ring."""
    _connect(given)
    if given.level == "flatten" and not (given.user or given.bot or given.yes):
        _ask("Close every position of every bot on this platform?")
    command = halting.Command(None, clock.now(), reason=given.reason)

    def for_bot(session: Session, bot: Bot) -> None:
        halting.stop_bot(session, bot, given.level, command)

    def for_all(session: Session, user_id: uuid.UUID | None) -> None:
        halt = halting.stop(session, user_id, given.level, command)
        if halt.level != given.level:
            raise Problem(f"Stopped already, and further: at the level {halt.level}.")

    whose = _act(given, for_bot, for_all)
    if given.bot:
        priority.ring(uuid.UUID(given.bot))
    else:
        queues.enqueue(queues.CARRY_OUT_HALTS)
    print(f"Stopped {whose}. {_DOES[given.level]}")
    return 0


def resume(given: argparse.Namespace) -> int:
    """Let everybody, a user or a bot open positions again."""
    _connect(given)
    command = halting.Command(None, clock.now())

    def for_bot(session: Session, bot: Bot) -> None:
        try:
            halting.resume_bot(session, bot, command)
        except PlanLimitReached as refusal:
            raise Problem(refusal.message) from refusal

    def for_all(session: Session, user_id: uuid.UUID | None) -> None:
        if not halting.resume(session, user_id, command):
            raise Problem("Nobody has stopped that.")

    whose = _act(given, for_bot, for_all)
    print(f"Resumed {whose}." + ("" if given.bot else " Paused bots stay paused."))
    return 0


def _act(
    given: argparse.Namespace,
    for_bot: Callable[[Session, Bot], None],
    for_all: Callable[[Session, uuid.UUID | None], None],
) -> str:
    """Do it to the one that was named; in words, who that is."""
    with db.transaction() as session:
        if given.bot:
            for_bot(session, _bot(session, given.bot))
            return f"the bot {given.bot}"
        user = accounts.by_email(session, given.user) if given.user else None
        if given.user and user is None:
            raise Problem(f"There is no account with the address {given.user}.")
        for_all(session, user.id if user else None)
        return f"the bots of {user.email}" if user else "every bot of this platform"


def _bot(session: Session, text: str) -> Bot:
    try:
        bot = session.get(Bot, uuid.UUID(text))
    except ValueError:
        bot = None
    if bot is None or bot.deleted_at is not None:
        raise Problem(f"There is no bot {text}.")
    return bot


def _ask(question: str) -> None:
    try:
        answer = input(f"{question} Type yes: ")
    except EOFError:
        answer = ""
    if answer.strip().lower() != "yes":
        raise Problem("Nothing was stopped. Without a keyboard, say --yes.")


def _connect(given: argparse.Namespace) -> None:
    settings = running.settings(given.home)
    logs.configure(settings.log_level)
    db.connect(settings.database_url, pool_size=1)
    queues.connect(settings.redis_url)
