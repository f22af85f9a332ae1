"""One intent of one bot in the state of the moment: what its order would be, and may it be."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from .. import db
from ..marketdata import calendar
from ..models import Bot, Order
from ..money import ZERO, round_down
from . import account, halts, holdings, levels, risk, sizing
from .attaching import attach
from .direction import Move
from .intent import Intent
from .market import Market
from .sizing import Facts, Quantity, Sized
from .terms import COLLAR, Terms
from .venue import PAPER, venue_of

_ORDERS = Order.__table__.c
_COUNTED = ("planned", "submitting", "accepted", "partially_filled", "filled", "cancelled")
_ENTRIES = db.as_sql(
    select(
        func.count().filter(_ORDERS.created_at >= bindparam("day_start")),
        func.max(_ORDERS.created_at),
    ).where(
        _ORDERS.bot_id == bindparam("bot_id"),
        _ORDERS.leg == "entry",
        _ORDERS.state.in_(_COUNTED),
        _ORDERS.created_at >= bindparam("since"),
    )
)


@dataclass(frozen=True, slots=True)
class Case:
    """An intent whose direction is decided. `leg` is its order's name within the signal.

    `after`: the signed units of the symbol that an exit is to trade first. In the bot's worth and
    day they still count, at the market's price.
    """

    bot: Bot
    signal_id: uuid.UUID
    intent: Intent
    market: Market
    positions: holdings.Positions
    move: Move
    leg: str
    now: datetime
    after: Decimal = ZERO

    @property
    def held(self) -> Decimal:
        """Units of the symbol held, signed."""
        position = self.positions.get(self.intent.symbol)
        return position.quantity + self.after if position else ZERO

    @property
    def open_positions(self) -> int:
        """In how many symbols the bot is."""
        is_left = self.intent.symbol in self.positions and self.held == 0
        return len(self.positions) - is_left

    @property
    def venue(self) -> str:
        """Where the order goes."""
        return venue_of(self.bot)

    @property
    def price(self) -> Decimal:
        """What a unit costs (or brings) when the order trades."""
        quote = self.market.quote
        asked = self.intent.limit_price or self.intent.stop_price
        return asked or (quote.ask if self.move.side == "buy" else quote.bid)

    @property
    def marks(self) -> dict[str, Decimal]:
        """Prices of everything held."""
        return {**self.market.marks, self.intent.symbol: self.market.quote.mid}

    @property
    def guards(self) -> dict[str, Any]:
        """What guards the entry's fills; nothing of an exit."""
        if self.move.is_exit:
            return {}
        return levels.wanted(self.intent, self.bot.risk_management, self.market.product)

    @property
    def _is_long(self) -> bool:
        return self.move.side == "buy"


def sized(session: Session, case: Case) -> Sized:
    """The order's quantity, or why there is none."""
    intent, bot = case.intent, case.bot
    asked = Quantity(intent.quantity, intent.quantity_kind) if intent.quantity else None
    kind = (asked or sizing.of_bot(bot.position_sizing)).kind
    equity = None
    if kind in sizing.OF_EQUITY:
        equity = holdings.equity(session, bot, case.positions, case.marks)
    facts = Facts(
        price=case.price,
        held=case.held,
        equity=equity,
        stop=levels.stop_price(case.guards, case.price, case._is_long),
        fee_rate=case.market.standing.fee_rate,
    )
    if case.move.is_exit:
        return sizing.size_exit(asked, case.move.whole, facts, case.market.product)
    return sizing.size_entry(bot.position_sizing, asked, facts, case.market.product)


def proposal(session: Session, case: Case, wanted: Terms, quantity: Decimal) -> risk.Proposal:
    """The order and all that the rules look at."""
    bot, intent, move, limits = case.bot, case.intent, case.move, case.bot.risk_management
    today, last_at = (0, None) if move.is_exit else _entries(session, bot, case.now)
    return risk.Proposal(
        bot_status=bot.status,
        asset_type=bot.asset_type,
        symbols=tuple(bot.symbols),
        symbol=intent.symbol,
        side=move.side,
        is_exit=move.is_exit,
        adds=intent.adds,
        order_type=wanted.type,
        time_in_force=wanted.time_in_force,
        venue=case.venue,
        buying_power=case.market.standing.buying_power,
        fee_rate=case.market.standing.fee_rate,
        quantity=quantity,
        price=case.price,
        market_price=case.market.quote.mid,
        is_open=case.market.is_open,
        extended_hours=wanted.extended_hours,
        held=case.held,
        open_positions=case.open_positions,
        day_result=_day_result(session, case),
        halted=halts.sentence(halts.in_force(session, bot.user_id)),
        locked_until=bot.locked_until,
        entries_today=today,
        last_entry_at=last_at,
        sent_at=intent.sent_at,
        now=case.now,
        max_signal_age_seconds=_oldest(bot, intent),
        stop_loss=levels.stop_price(case.guards, case.price, case._is_long),
        take_profits=tuple(levels.target_prices(case.guards, case.price, case._is_long)),
        limits=limits,
        execution=bot.execution,
        permit=account.permit(session, bot, intent.symbol, move),
    )


def terms(case: Case, quantity: Decimal) -> Terms:
    """The part of the order that the venue reads, and what guards it."""
    intent, step = case.intent, case.market.product.price_step
    kind, limit, extended = _kind(case)
    duration = _time_in_force(case, kind, quantity)
    trail = intent.trail
    wanted = Terms(
        symbol=intent.symbol,
        side=case.move.side,
        type=kind,
        time_in_force=duration,
        extended_hours=extended,
        limit_price=_on_grid(limit, step),
        stop_price=_on_grid(intent.stop_price, step),
        trail_percent=trail.value if trail and trail.unit == "percent" else None,
        trail_amount=trail.value if trail and trail.unit == "amount" else None,
        reference_price=intent.price or case.price,
        protection=case.guards,
    )
    return attach(wanted, case.venue, quantity, case.market.standing.unsupported)


def _kind(case: Case) -> tuple[str, Decimal | None, bool]:
    """Order type, limit price, and whether it may trade outside the regular session.

    A broker takes limit orders only outside of it: a market order becomes one near the quote.
    """
    intent = case.intent
    wanted = intent.extended_hours
    extended = bool(case.bot.execution.get("extended_hours")) if wanted is None else wanted
    if case.venue == PAPER or intent.order_type != "market" or not extended:
        return intent.order_type, intent.limit_price, extended
    if case.market.session != "extended":
        return "market", None, False
    away = 1 + COLLAR if case._is_long else 1 - COLLAR
    return "limit", case.price * away, True


def _time_in_force(case: Case, kind: str, quantity: Decimal) -> str:
    """The alert's own; else a market order is for today, and a price that was asked for rests
    until it is met. A broker takes parts of a share, and what trades in extended hours, for a day.
    """
    if case.intent.time_in_force is not None:
        return case.intent.time_in_force
    if case.bot.asset_type == "crypto":
        return "ioc" if kind == "market" else "gtc"
    if case.venue != PAPER and (quantity % 1 or case.intent.order_type == "market"):
        return "day"
    return "day" if kind == "market" else "gtc"


def _day_result(session: Session, case: Case) -> Decimal | None:
    """None where no rule asks for it."""
    if case.move.is_exit or case.bot.risk_management.get("max_daily_loss") is None:
        return None
    return holdings.day_result(session, case.bot, case.positions, case.marks, case.now)


def _entries(session: Session, bot: Bot, now: datetime) -> tuple[int, datetime | None]:
    """How many entries the trading day has seen, and when the last one of all was planned."""
    day = calendar.trading_day(bot.asset_type, now)
    start, _ = calendar.day_bounds(bot.asset_type, day)
    since = min(start, now - timedelta(days=1))
    (found,) = db.rows(session, _ENTRIES, bot_id=bot.id, day_start=start, since=since)
    count, last_at = found
    return count, last_at


def _oldest(bot: Bot, intent: Intent) -> int:
    """Seconds that the alert may be old: the bot's limit or the sender's, and the wait it asked."""
    limit = int(bot.execution.get("max_signal_age_seconds", 120))
    if intent.max_age_seconds is not None:
        limit = min(limit, intent.max_age_seconds)
    return limit + intent.delay_seconds


def _on_grid(price: Decimal | None, step: Decimal) -> Decimal | None:
    return None if price is None else round_down(price, step)
