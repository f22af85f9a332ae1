"""From a claimed signal to its end: read, planned, sent. No transaction is open during a send."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from .. import clock, db, logs, rows
from ..brokers.broker import NoClearAnswer, NotReached
from ..errors import Invalid, Unavailable
from ..models import Bot, Order, Signal
from ..models.signals import REPLAYS
from ..trading import clearing, submit
from ..trading import service as trading
from ..trading.direction import NO_POSITION
from ..trading.identity import REPAIR
from ..trading.intent import EVERY_SYMBOL, Intent, as_json, summary
from ..trading.market import Market
from ..trading.submit import Marked, Ready
from ..trading.venue import is_exit, trades_on_paper
from . import lost
from .alert import Read
from .reading import Refused
from .turn import Claimed, End, Turn, claim, finish, noted, parse_for, write

TURNS_WITHIN = timedelta(seconds=30)


def work_off(turn: Turn) -> None:
    """Carry out the bot's signals, the oldest first, until none is due."""
    while True:
        claimed = claim(turn)
        if claimed is None:
            return
        with logs.about(signal_id=claimed.signal.id):
            finish(turn, claimed, _attempt(turn, claimed))
        if claimed.is_last:  # what came since is looked for once the lock is let go
            return


def _attempt(turn: Turn, claimed: Claimed) -> End:
    try:
        return _carry_out(turn, claimed)
    except DBAPIError:
        raise  # the lock's connection is gone: whoever takes the bot over goes on
    except Exception as error:
        logging.getLogger("trp").exception("signal.failed")
        return End("retry", f"Something went wrong here ({type(error).__name__}).")


def _carry_out(turn: Turn, claimed: Claimed) -> End:
    signal, bot = claimed.signal, claimed.bot
    early = _reason_to_stop(claimed, clock.now())
    if early:
        return early
    may_turn_round = True
    if claimed.states:
        sent = submit.send(signal.id, clock.now(), turn.begin)
    else:
        planned = _plan(turn, claimed)
        if isinstance(planned, End):
            return planned
        may_turn_round = any(not isinstance(one, Ready) or is_exit(one.order) for one in planned)
        sent = submit.carry_out(bot.id, planned, clock.now(), turn.begin)
    if sent.word == "done" and may_turn_round and _may_turn_round(claimed):
        waits = _wait_for_exit(turn, bot, signal)
        if waits:
            return waits
        sent = _turn_round(turn, bot, signal) or sent
    return End("refused" if sent.word == "rejected" else sent.word, sent.reason, sent.seconds)


def _may_turn_round(claimed: Claimed) -> bool:
    """No alert stands behind a repair; and one that closes opens nothing."""
    signal = claimed.signal
    return signal.source != REPAIR and not _read(signal, claimed.bot).intent.closes


def _wait_for_exit(turn: Turn, bot: Bot, signal: Signal) -> End | None:
    """A strategy that turns round enters once its exit has filled: until then the signal comes
    again every half second, for half a minute at most. An exit that rests longer (the market is
    closed, or its limit far away) ends the signal without the entry."""
    found = _read(signal, bot)
    with db.reading() as session:
        order = trading.awaits_exit(session, signal.id, found.intent)
    if order is None:
        return None
    try:
        clearing.look_up(order.id, clock.now(), turn.begin)
    except (NoClearAnswer, NotReached) as error:
        logs.event("signal.waits", signal_id=str(signal.id), error=type(error).__name__)
    with db.reading() as session:
        order = trading.awaits_exit(session, signal.id, found.intent)
    if order is None:
        return None
    if clock.now() - (order.submitted_at or order.created_at) < TURNS_WITHIN:
        return End("wait", "The exit is being filled; the entry follows it.")
    return End("done", "The exit rests at the venue, so the entry that was to follow was not sent.")


def _reason_to_stop(claimed: Claimed, now: datetime) -> End | None:
    """An order that may have reached a venue is always seen through."""
    signal, bot = claimed.signal, claimed.bot
    if claimed.was_sent:
        return None
    if bot.deleted_at is not None:
        return End("ignored", "The bot was deleted.")
    if not _may_trade_where_it_would(signal, bot):
        return End("refused", "It was meant for paper, and the bot trades elsewhere now.")
    if signal.expires_at is not None and now >= signal.expires_at:
        return End("expired", "The alert was too old to trade when its turn came.")
    return None


def _may_trade_where_it_would(signal: Signal, bot: Bot) -> bool:
    """The bot may have gone live since the signal was stored."""
    if signal.source == "test":
        return bot.trading_mode != "live"
    return signal.source != "paper_replay" or trades_on_paper(bot)


def _plan(turn: Turn, claimed: Claimed) -> End | list[Marked]:
    """Read the alert, ask the market, store the orders that are about to be sent."""
    signal, bot = claimed.signal, claimed.bot
    try:
        found = _read(signal, bot)
        if found.intent.action == "cancel":
            return _cancel(turn, bot, signal, found)
        if found.intent.previous is not None:
            _look_for_lost(turn, signal, found.intent)
        intents = [
            replace(found.intent, symbol=one) for one in submit.symbols_of(bot, found.intent)
        ]
        markets = [_market(turn, bot, signal, intent) for intent in intents]
    except Refused as error:
        return End("refused", error.reason)
    except Invalid as error:
        return End("refused", error.message)
    except Unavailable as error:
        return End("retry", error.message)
    except NotReached as error:
        return End("retry", f"The venue can't be reached: {error}", error.seconds)
    except NoClearAnswer as error:
        return End("retry", f"The venue gives no clear answer: {error}")
    wanted = list(zip(intents, markets, strict=True))
    plans, marked = _store_plans(turn, signal, found, wanted, is_first=True)
    if marked:
        return marked
    first = plans[0] if plans else trading.Plan("ignored", NO_POSITION)
    return End("refused" if first.status == "refused" else "ignored", first.reason)


def _look_for_lost(turn: Turn, signal: Signal, intent: Intent) -> None:
    with turn.begin() as session:
        session.add(signal)
        lost.compare(session, session.get_one(Bot, turn.bot_id), signal, intent, clock.now())


def _market(turn: Turn, bot: Bot, signal: Signal, intent: Intent) -> Market:
    return submit.prepare(bot, signal.id, intent, clock.now(), turn.begin)


def _cancel(turn: Turn, bot: Bot, signal: Signal, found: Read) -> End:
    count = clearing.cancel_entries(bot, found.intent.symbol, clock.now(), turn.begin)
    with turn.begin() as session:
        write(session, signal, {"parser": found.parser, "intent": as_json(found.intent)})
    return End("done", f"{count} open {'entry was' if count == 1 else 'entries were'} cancelled.")


def _turn_round(turn: Turn, bot: Bot, signal: Signal) -> submit.Sent | None:
    """A strategy that turns from one side to the other: its exit has filled, now the entry.

    What sending it came to; None if nothing was sent, and why is in the signal's log.
    """
    try:
        found = _read(signal, bot)
        with db.reading() as session:
            rest = trading.left_to_open(session, signal.id, found.intent)
        if rest is None:
            return None
        market = _market(turn, bot, signal, rest)
    except (Refused, Invalid, Unavailable, NoClearAnswer, NotReached) as error:
        logs.event("signal.not_turned", signal_id=str(signal.id), error=type(error).__name__)
        return None
    _, marked = _store_plans(turn, signal, replace(found, intent=rest), [(rest, market)])
    return submit.carry_out(bot.id, marked, clock.now(), turn.begin) if marked else None


def _read(signal: Signal, bot: Bot) -> Read:
    found = parse_for(bot, signal.body)
    if signal.source in REPLAYS:
        # Repeated by hand: it is meant now, whenever the alert was first sent.
        return replace(found, intent=replace(found.intent, sent_at=None))
    return found


def _store_plans(
    turn: Turn,
    signal: Signal,
    found: Read,
    wanted: Sequence[tuple[Intent, Market]],
    *,
    is_first: bool = False,
) -> tuple[list[trading.Plan], list[Marked]]:
    """Plan everything the signal asks for in one transaction, and note it in its log; the orders
    are marked as about to be sent."""
    now, plans, marked = clock.now(), [], []
    how = {"of_many": found.intent.symbol == EVERY_SYMBOL, "is_first": is_first}
    unused = {"detail": found.left_aside} if found.left_aside else {}
    steps = [("read", {"parser": found.parser, "summary": summary(found.intent)} | unused)]
    with turn.begin() as session, session.no_autoflush:
        bot = rows.get(session, Bot, turn.bot_id)
        for intent, market in wanted:
            plan = trading.plan(session, bot, signal.id, intent, market, now, **how)
            for order in plan.orders:
                marked.append(submit.mark(order, bot, now))
                rows.store(session, order)
            steps.append((plan.status, _facts(plan)))
            plans.append(plan)
        _note_plans(session, signal, found, steps)
    return plans, marked


def _note_plans(
    session: Session, signal: Signal, found: Read, steps: Sequence[tuple[str, dict[str, Any]]]
) -> None:
    now, log = clock.now(), list(signal.log)
    for step, facts in steps:
        log += noted(signal, step, now, **facts)[-1:]
    columns = {"parser": found.parser, "intent": as_json(found.intent), "claimed_at": now}
    write(session, signal, columns | {"log": log})


def _facts(plan: trading.Plan) -> dict[str, Any]:
    reason = {"reason": plan.reason} if plan.reason else {}
    return reason | {
        "rules": list(plan.verdicts),
        "sizing": dict(plan.arithmetic),
        "orders": [_order_words(order) for order in plan.orders],
    }


def _order_words(order: Order) -> str:
    return f"{order.side} {order.quantity.normalize():f} {order.symbol} ({order.type})"
