"""A fill becomes figures: cash, holdings, equity and round trip, for the bot and its user at once.

The work per fill does not depend on how many there were before. Capital flows come in between.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from ..money import ZERO, as_text
from . import aggregator, periods, sums
from .aggregator import Ledger, Sample, Trip
from .periods import Period

BOT_PERIODS = (Period.DAILY, Period.ALL_TIME)
USER_PERIODS = tuple(Period)
_STEP = Decimal("1e-12")  # what the database keeps of an amount


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom figures belong to: a bot, or (bot_id None) a user and robot, plugin_id '' for all."""

    user_id: uuid.UUID
    plugin_id: str
    mode: str
    bot_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class FillFact:
    """What figures need to know of a fill, with the round trip that it closed."""

    seq: int
    symbol: str
    quantity: Decimal  # signed: bought > 0, sold < 0
    price: Decimal
    fee: Decimal
    at: datetime
    trip: Trip | None


@dataclass(frozen=True, slots=True)
class FlowFact:
    """Capital given to a bot (> 0) or taken from it, after its fill of this seq (0: before any)."""

    seq: int
    amount: Decimal
    at: datetime
    after_fill: int


@dataclass(slots=True)
class Book:
    """A bot's cash and holdings as its fills and flows left them, and its figures (None before its
    first fill)."""

    owner: Owner
    asset_type: str
    fill_seq: int
    flow_seq: int
    cash: Decimal
    holdings: dict[str, tuple[Decimal, Decimal]]  # symbol → signed quantity, last known price
    ledger: Ledger | None

    @property
    def equity(self) -> Decimal:
        """Cash and holdings at the last known prices: capital + realised + unrealised − fees."""
        held = sum((quantity * price for quantity, price in self.holdings.values()), ZERO)
        return (self.cash + held).quantize(_STEP)


@dataclass(slots=True)
class Collection:
    """One user's figures in one mode while events are taken in; `journal` and `trips` are to be
    stored."""

    groups: dict[str, Ledger]  # plugin_id → figures; '' for all robots and bots
    journal: list[tuple[Owner, Sample]] = field(default_factory=list)
    trips: sums.Sums = field(default_factory=dict)


def join(taken: Collection, book: Book, at: datetime) -> None:
    """A bot's first event: its capital enters its user's curve as a deposit."""
    if book.ledger is not None:
        return
    day = periods.day_of(book.asset_type, at)
    book.ledger = aggregator.begin(BOT_PERIODS, book.asset_type, at, book.cash, day)
    start = aggregator.sample(book.ledger, "start", at)
    taken.journal.append((book.owner, replace(start, flow=book.cash, flow_seq=book.flow_seq)))
    for name in group_names(book.owner):
        if name not in taken.groups:
            taken.groups[name] = aggregator.begin(USER_PERIODS, book.asset_type, at, ZERO, day)
        owner, group = group_owner(book.owner, name), taken.groups[name]
        if book.asset_type == "crypto":
            group.track.asset_type = "crypto"
        close_days(taken, owner, group, periods.day_of(group.track.asset_type, at))
        aggregator.deposit(group, book.cash)
        start = aggregator.sample(group, "start", group.track.at)
        taken.journal.append((owner, replace(start, flow=book.cash)))


def take_flow(taken: Collection, book: Book, flow: FlowFact) -> None:
    """Take a flow of capital in; before a bot's first fill it is what the bot begins with."""
    book.cash += flow.amount
    book.flow_seq = flow.seq
    if book.ledger is None:
        return
    for owner, ledger in _ledgers(taken, book):
        close_days(taken, owner, ledger, periods.day_of(ledger.track.asset_type, flow.at))
        ledger.track.at = max(ledger.track.at, flow.at)
        aggregator.deposit(ledger, flow.amount)
        point = aggregator.sample(ledger, "flow", ledger.track.at)
        flow_seq = flow.seq if owner.bot_id else None
        taken.journal.append((owner, replace(point, flow=flow.amount, flow_seq=flow_seq)))


def take_fill(taken: Collection, book: Book, fill: FillFact) -> None:
    """Take one fill into the figures of the bot, its user, and its user's robot."""
    join(taken, book, fill.at)
    for owner, ledger in _ledgers(taken, book):
        close_days(taken, owner, ledger, periods.day_of(ledger.track.asset_type, fill.at))
        if fill.trip:
            aggregator.count(ledger, fill.trip)
    if fill.trip:
        _add_up(taken, book, fill.trip)
    before = book.equity
    _settle(book, fill)
    for owner, ledger in _ledgers(taken, book):
        aggregator.move(ledger, book.equity - before, fill.at)
        point = aggregator.sample(ledger, "fill", ledger.track.at)
        fill_seq = fill.seq if owner.bot_id else None
        taken.journal.append((owner, replace(point, fill_seq=fill_seq)))


def take_marks(taken: Collection, book: Book, marks: Mapping[str, Decimal], at: datetime) -> None:
    """Value a bot's holdings at these prices: its hourly sample."""
    known = {s: p for s, p in marks.items() if s in book.holdings}
    for owner, ledger in _ledgers(taken, book):
        day = periods.day_of_sample(ledger.track.asset_type, at)
        close_days(taken, owner, ledger, day)
    before = book.equity
    book.holdings |= {s: (book.holdings[s][0], price) for s, price in known.items()}
    for _owner, ledger in _ledgers(taken, book):
        aggregator.move(ledger, book.equity - before, at)
    assert book.ledger is not None
    aggregator.close_hour(book.ledger, at)
    texts = {symbol: as_text(price) for symbol, price in known.items()}
    point = aggregator.sample(book.ledger, "hourly", at)
    taken.journal.append((book.owner, replace(point, marks=texts)))


def take_hour(taken: Collection, owner: Owner, at: datetime) -> None:
    """A user's hourly sample, after those of the bots."""
    ledger = taken.groups[owner.plugin_id]
    day = periods.day_of_sample(ledger.track.asset_type, at)
    close_days(taken, owner, ledger, day)
    aggregator.move(ledger, ZERO, at)
    aggregator.close_hour(ledger, at)
    taken.journal.append((owner, aggregator.sample(ledger, "hourly", at)))


def close_days(taken: Collection, owner: Owner, ledger: Ledger, day: date) -> None:
    """Close an owner's trading days before `day`."""
    taken.journal += [(owner, closing) for closing in aggregator.close_days(ledger, day)]


def group_owner(owner: Owner, plugin_id: str) -> Owner:
    """The user behind a bot, for all robots ('') or for one."""
    return Owner(owner.user_id, plugin_id, owner.mode)


def group_names(owner: Owner) -> tuple[str, ...]:
    """The groups that a bot counts in: all, and its robot."""
    return ("", owner.plugin_id) if owner.plugin_id else ("",)


def _ledgers(taken: Collection, book: Book) -> list[tuple[Owner, Ledger]]:
    assert book.ledger is not None
    groups = [
        (group_owner(book.owner, name), taken.groups[name]) for name in group_names(book.owner)
    ]
    return [(book.owner, book.ledger), *groups]


def _add_up(taken: Collection, book: Book, trip: Trip) -> None:
    assert book.ledger is not None
    assert book.owner.bot_id is not None
    day = book.ledger.track.day
    for cell in sums.cells_of(book.owner.bot_id, book.asset_type, day, trip):
        sums.add(taken.trips, cell, trip)


def _settle(book: Book, fill: FillFact) -> None:
    book.cash -= (fill.quantity * fill.price + fill.fee).quantize(_STEP)
    held = book.holdings.pop(fill.symbol, (ZERO, ZERO))[0] + fill.quantity
    if held:
        book.holdings[fill.symbol] = (held, fill.price)
    book.fill_seq = fill.seq
