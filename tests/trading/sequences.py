"""Anything that can happen to a bot at an account, as steps, and how it is brought to rest."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import strategies as st

from tests.trading.accounts import AccountDesk
from tests.trading.conftest import rows
from tests.venues import Sandbox
from tradingrobotplug import clock, db, queues
from tradingrobotplug.brokers.broker import NoClearAnswer, NotReached
from tradingrobotplug.errors import Unavailable
from tradingrobotplug.models import Order
from tradingrobotplug.trading import clearing, submit
from tradingrobotplug.trading.intent import Intent, Level, StopLoss, TakeProfit

D = Decimal
_ROUNDS, _APART = 20, timedelta(seconds=4)


@dataclass(frozen=True)
class Buy:
    """An entry, or an addition; `below` the market by so many percent it is a limit order."""

    units: str
    guard: str = "none"
    below: int = 0


@dataclass(frozen=True)
class Sell:
    """A part of what is held, or all of it."""

    units: str


@dataclass(frozen=True)
class Close:
    """All that is held."""


@dataclass(frozen=True)
class Price:
    """The market moves by so many percent."""

    percent: int


@dataclass(frozen=True)
class Fault:
    """What the venue does to the next request, or order, of this kind."""

    kind: str
    given: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Second:
    """The sweeper's next run, a second later."""


Step = Buy | Sell | Close | Price | Fault | Second


def steps(units: Sequence[str], faults: Sequence[Fault]) -> st.SearchStrategy[list[Step]]:
    """Sequences that begin with an entry."""
    size, guard = st.sampled_from(units), st.sampled_from(GUARDS)
    buys = st.builds(Buy, size, guard, st.sampled_from((0, 0, 0, 3)))
    moves = st.builds(Price, st.sampled_from((-12, -6, -1, 1, 6, 12)))
    others = st.one_of(
        buys,
        st.builds(Sell, size),
        st.just(Close()),
        moves,
        st.sampled_from(faults),
        st.just(Second()),
    )
    return st.tuples(buys, st.lists(others, min_size=3, max_size=7)).map(lambda t: [t[0], *t[1]])


GUARDS = ("none", "stop", "stop and target", "trailing", "prices")


def guards(kind: str, price: Decimal) -> dict[str, Any]:
    """Fields of an intent: 5 % below, 10 % above."""
    five, ten = Level(D(5), "percent"), Level(D(10), "percent")
    at = {name: Level((price * D(share)).quantize(D(1))) for name, share in _PRICES.items()}
    return {
        "none": {},
        "stop": {"stop_loss": StopLoss(five)},
        "stop and target": {"stop_loss": StopLoss(five), "take_profits": (TakeProfit(ten),)},
        "trailing": {"stop_loss": StopLoss(five, "trailing_stop")},
        "prices": {"stop_loss": StopLoss(at["stop"]), "take_profits": (TakeProfit(at["target"]),)},
    }[kind]


_PRICES = {"stop": "0.95", "target": "1.1"}


@dataclass
class Run:
    """One bot's way through a sequence. Signals that the venue gave no answer to come again, as
    they do in the product."""

    desk: AccountDesk
    market: Sandbox
    patch: pytest.MonkeyPatch
    at: Decimal
    ahead: timedelta = timedelta(0)
    pending: dict[uuid.UUID, Intent] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.patch.setattr(clock, "now", self._now)

    def take(self, step: Step) -> None:
        """One step."""
        match step:
            case Buy(units, guard, below):
                limit = self._round(self.at * (100 - below) / 100) if below else None
                kind = {"order_type": "limit", "limit_price": limit} if below else {}
                self._signal(Intent("buy", self._symbol, D(units), **kind, **self._guards(guard)))
            case Sell(units):
                self._signal(Intent("sell", self._symbol, D(units)))
            case Close():
                self._signal(Intent("close", self._symbol))
            case Price(percent):
                self.at = self._round(self.at * (100 + percent) / 100)
                self.desk.price(str(self.at), symbol=self._symbol)
            case Fault(kind, given):
                self.market.tell("faults", kind=kind, **dict(given))
            case Second():
                self._second(timedelta(seconds=1))

    def come_to_rest(self) -> None:
        """The faults end, and time goes on until nothing is left to do."""
        self.market.tell("faults")
        for _ in range(_ROUNDS):
            queues.redis().flushall()  # requests that were used up are there again
            self._second(_APART)
            if not self.pending and not self._unsent() and self._is_quiet():
                return
        raise AssertionError(f"It does not come to rest: {self.pending} {self.desk.orders()}")

    def told(self) -> list[str]:
        """Every order of ours, for a person to read."""
        return [
            f"{o.leg} {o.side} {o.filled_quantity} of {o.quantity} {o.type} {o.state}: {o.reason}"
            for o in self._orders()
        ]

    def _second(self, passes: timedelta) -> None:
        self.ahead += passes
        self.market.tell("clock", at=clock.now().isoformat())
        for signal_id, intent in list(self.pending.items()):
            self._attempt(signal_id, intent)
        self.desk.settle()

    def _is_quiet(self) -> bool:
        """Whether another second changes nothing."""
        before = self._states()
        self._second(_APART)
        self._second(_APART)
        return before == self._states()

    def _states(self) -> Mapping[uuid.UUID, object]:
        return {o.id: (o.state, o.filled_quantity) for o in self._orders()}

    def _unsent(self) -> list[Order]:
        return [order for order in self._orders() if order.state in clearing.UNSENT]

    def _orders(self) -> list[Order]:
        return rows(Order, Order.bot_id == self.desk.bot.id)

    def _signal(self, intent: Intent) -> None:
        self._attempt(self.desk.signal(), intent)

    def _attempt(self, signal_id: uuid.UUID, intent: Intent) -> None:
        """What the worker does with a signal."""
        self.pending[signal_id] = intent
        try:
            with db.transaction() as session:
                is_planned = session.query(Order).filter_by(signal_id=signal_id).count()
            if not is_planned and self.desk.plan(signal_id, intent).status != "planned":
                del self.pending[signal_id]
                return
        except (Unavailable, NotReached, NoClearAnswer):
            return
        if submit.send(signal_id, clock.now()).word in ("done", "rejected"):
            del self.pending[signal_id]

    def _guards(self, kind: str) -> dict[str, Any]:
        return guards(kind, self.at)

    @property
    def _symbol(self) -> str:
        return self.desk.symbol

    def _round(self, price: Decimal) -> Decimal:
        return price.quantize(D("0.01"))

    def _now(self) -> datetime:
        return datetime.now(UTC) + self.ahead
