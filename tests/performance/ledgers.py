"""A bot's figures in memory: fills, flows and hours taken in without a database."""

import itertools
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from tradingrobotplug.performance import collector, metrics, periods
from tradingrobotplug.performance.aggregator import Sample, Trip, Window
from tradingrobotplug.performance.collector import Book, Collection, FillFact, FlowFact, Owner
from tradingrobotplug.performance.periods import Period

_seqs = itertools.count(1)


@dataclass
class Record:
    """A bot of a user who has no other, with this capital."""

    asset_type: str = "crypto"
    capital: str = "1000"
    book: Book = field(init=False)
    taken: Collection = field(default_factory=lambda: Collection({}))

    def __post_init__(self) -> None:
        owner = Owner(uuid.uuid4(), "", "paper", uuid.uuid4())
        self.book = Book(owner, self.asset_type, 0, 0, Decimal(self.capital), {}, None)

    def trip(self, at: datetime, pnl: str, size: str = "100", opened: datetime | None = None):
        """A round trip of one unit that ends at this moment."""
        price, out = Decimal(size), Decimal(size) + Decimal(pnl)
        self._fill(opened or at, Decimal(1), price, None)
        held = max(at - (opened or at), at - at)
        closed = Trip(Decimal(pnl), price, held, "BTC-USD", "long", at)
        self._fill(at, Decimal(-1), out, closed)

    def flow(self, at: datetime, amount: str) -> None:
        flow = FlowFact(next(_seqs), Decimal(amount), at, self.book.fill_seq)
        collector.take_flow(self.taken, self.book, flow)

    def hour(self, at: datetime) -> None:
        """The hourly sample; prices stay where they are."""
        collector.take_marks(self.taken, self.book, {}, at)

    def up_to(self, now: datetime) -> None:
        """What the scheduler closes at this moment."""
        assert self.book.ledger is not None
        day = periods.day_of(self.asset_type, now)
        collector.close_days(self.taken, self.book.owner, self.book.ledger, day)
        group = self.taken.groups[""]
        collector.close_days(self.taken, collector.group_owner(self.book.owner, ""), group, day)

    def windows(self, period: Period) -> list[Window]:
        """The user's windows of this period, the one in progress last."""
        group = self.taken.groups[""]
        return [w for p, w in group.closed if p is period] + [group.windows[period]]

    def figures(self, period: Period = Period.ALL_TIME, place: int = -1):
        """Of a window, the last one first."""
        yearly = periods.periods_per_year(period, self.asset_type)
        return metrics.figures(self.windows(period)[place].totals, yearly)[0]

    def journal(self, kind: str) -> list[Sample]:
        """The bot's samples of a kind."""
        return [s for owner, s in self.taken.journal if owner.bot_id and s.kind == kind]

    def _fill(self, at: datetime, quantity: Decimal, price: Decimal, trip: Trip | None) -> None:
        fill = FillFact(next(_seqs), "BTC-USD", quantity, price, Decimal(0), at, trip)
        collector.take_fill(self.taken, self.book, fill)
