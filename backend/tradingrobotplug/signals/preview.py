"""What an alert would do at this moment, by the code that does it. Nothing is sent and nothing is
stored: PostgreSQL itself is told to refuse writes meanwhile."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ..bots.service import bot_for
from ..brokers.broker import NoClearAnswer, NotReached
from ..errors import Invalid, Unavailable
from ..models import Bot, Order
from ..trading import clearing, holdings, submit
from ..trading.ahead import Ahead, ahead
from ..trading.clearing import Way
from ..trading.direction import NO_POSITION
from ..trading.intent import EVERY_SYMBOL, Intent
from ..trading.locks import Begin
from ..trading.market import Market
from . import doorstep, shown
from .alert import Read
from .arrival import Verdict
from .reading import Refused
from .turn import parse_for

_NO_SIGNAL = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class _Scene:
    """The bot and what it is asked, before the market is known. `cancels`: orders that would go
    first."""

    bot: Bot
    found: Read
    answer: Verdict | None
    held: frozenset[str]
    intents: tuple[Intent, ...]
    ways: tuple[Way, ...]  # of each intent
    cancels: tuple[Order, ...]


def preview(
    begin: Begin, user_id: uuid.UUID, bot_id: uuid.UUID, body: bytes, per_minute: int, now: datetime
) -> dict[str, Any]:
    """The alert in every step: reading, webhook, symbol, size, rules, orders.

    NotFound; Unavailable if the market or the account can't be asked at present.
    """
    with _reading(begin) as session:
        bot = bot_for(session, user_id, bot_id)
        is_reached = bot.signal_source == "webhook"
        answer = doorstep.answer_to(session, bot, body, per_minute, now) if is_reached else None
        if is_reached and answer is None:
            return shown.too_large()
        try:
            scene = _scene(session, bot, parse_for(bot, body), answer)
        except Refused as error:
            return shown.unreadable(error.reason, answer)
    if scene.found.intent.action == "cancel":
        return shown.cancel(scene.found, answer, scene.cancels)
    try:
        markets = _markets(scene, now)
    except Invalid as error:
        return shown.untradable(scene.found, answer, error.message)
    return _decided(begin, scene, markets, now)


@contextmanager
def _reading(begin: Begin) -> Iterator[Session]:
    with begin() as session:
        session.execute(text("SET TRANSACTION READ ONLY"))
        yield session


def _scene(session: Session, bot: Bot, found: Read, answer: Verdict | None) -> _Scene:
    positions = holdings.positions_of(session, bot.id)
    intent = found.intent
    symbols = sorted(positions) if intent.symbol == EVERY_SYMBOL else [intent.symbol]
    intents = tuple(replace(intent, symbol=symbol) for symbol in symbols)
    ways = tuple(clearing.way_of(session, bot, _NO_SIGNAL, one, positions) for one in intents)
    first = [order_id for way in ways for order_id in way.blocked_by]
    if intent.action == "cancel":
        first = clearing.resting_entries(session, bot.id, intent.symbol)
    wanted = select(Order).where(Order.id.in_(first)).order_by(Order.created_at, Order.id)
    cancels = tuple(session.scalars(wanted))
    return _Scene(bot, found, answer, frozenset(positions), intents, ways, cancels)


def _markets(scene: _Scene, now: datetime) -> list[Market]:
    try:
        return [
            submit.market_of(scene.bot, one, scene.held, now, is_exit=way.is_exit)
            for one, way in zip(scene.intents, scene.ways, strict=True)
        ]
    except Unavailable as error:
        raise Unavailable(
            error.code, f"There is no preview without the market's present price: {error.message}"
        ) from error
    except (NotReached, NoClearAnswer) as error:
        raise Unavailable(
            "account_unavailable", f"The trading account can't be asked at present: {error}"
        ) from error


def _decided(
    begin: Begin, scene: _Scene, markets: Sequence[Market], now: datetime
) -> dict[str, Any]:
    of_many = scene.found.intent.symbol == EVERY_SYMBOL
    found: list[Ahead] = []
    with _reading(begin) as session:
        for intent, market in zip(scene.intents, markets, strict=True):
            found += ahead(session, scene.bot, intent, market, now, of_many=of_many)
    if not found:
        return shown.untradable(scene.found, scene.answer, NO_POSITION, "ignored")
    quote = markets[0].quote
    return shown.decided(scene.found, scene.answer, found, scene.cancels, quote, scene.bot)
