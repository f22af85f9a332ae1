"""What became of every accepted alert, by the brokers' own books."""

import json
import uuid
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from tests.faults.chaos import Frozen
from tests.faults.desks import Desk, Seen
from tests.faults.plant import ANSWER_BAR_MS, ENDED, Ledger, compare
from tests.faults.sender import Post, Sender
from tradingrobotplug import db
from tradingrobotplug.models import Order, Position, Signal

FINAL = ("filled", "cancelled", "rejected", "failed")


@dataclass(frozen=True, slots=True)
class Books:
    """One bot's book beside its broker's: units, and each order's fills."""

    ours: tuple[Decimal, dict[str, tuple[Decimal, Decimal]]]
    theirs: tuple[Decimal, dict[str, tuple[Decimal, Decimal]]]

    @property
    def agree(self) -> bool:
        return self.ours == self.theirs

    def __str__(self) -> str:
        if self.agree:
            return "books agree"
        ours, theirs = set(self.ours[1].items()), set(self.theirs[1].items())
        units = f"{self.ours[0]} units here, {self.theirs[0]} there"
        return f"{units}; here only {sorted(ours - theirs)}; there only {sorted(theirs - ours)}"


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The ledger of a run. `late`: answers of an API that was not frozen, above the bar."""

    ledgers: dict[str, Ledger]
    books: dict[str, Books]
    late: tuple[float, ...]
    answers: Counter[int]
    unanswered: int
    ends: Counter[tuple[str, str | None]]
    orders: Counter[tuple[str, str | None]]

    @property
    def is_clean(self) -> bool:
        """Nothing lost, doubled or out of order, nobody waited, and every book agrees."""
        clean = all(ledger.is_clean for ledger in self.ledgers.values())
        return clean and not self.late and all(books.agree for books in self.books.values())

    def __str__(self) -> str:
        lines = [f"answers {dict(self.answers)}, {self.unanswered} attempts without one"]
        lines += [
            f"late answers (ms) {[round(ms) for ms in self.late]}",
            f"signals {dict(self.ends)}",
        ]
        lines += [f"orders {dict(self.orders)}"]
        for name, ledger in self.ledgers.items():
            words = f"lost {ledger.lost}, doubled {ledger.doubled}, inverted {ledger.inverted}"
            lines.append(f"{name}: {words}; {self.books.get(name, '')}")
        return "\n".join(lines)


def have_settled(desks: list[Desk]) -> bool:
    """Whether every signal of these bots has ended, and every order has its final state."""
    bots = [desk.bot.id for desk in desks]
    signals = select(Signal.id).where(Signal.bot_id.in_(bots), Signal.status.not_in(ENDED))
    orders = select(Order.id).where(Order.bot_id.in_(bots), Order.state.not_in(FINAL))
    with db.transaction() as session:
        return not session.scalars(signals).all() and not session.scalars(orders).all()


def traded(desk: Desk) -> list[str]:
    """The alerts behind the broker's orders, in the order in which it took them."""
    with db.transaction() as session:
        rows = session.execute(
            select(Order.client_order_id, Signal.body).join(Signal, Signal.id == Order.signal_id)
        ).all()
    name_of = {row.client_order_id: str(json.loads(row.body)["orderId"]) for row in rows}
    return [name_of.get(seen.client_order_id, "unknown") for seen in desk.orders()]


def books_of(desk: Desk) -> Books:
    """The bot's book and its broker's."""
    with db.transaction() as session:
        orders = session.scalars(select(Order).where(Order.bot_id == desk.bot.id)).all()
        held = session.scalars(
            select(Position.quantity).where(Position.bot_id == desk.bot.id)
        ).all()
    ours = {order.client_order_id: _fills(order) for order in orders}
    theirs = {seen.client_order_id: _seen(seen) for seen in desk.orders()}
    return Books((sum(held, Decimal(0)), ours), (desk.holds(), theirs))


def reckon(desks: list[Desk], sender: Sender, frozen: list[Frozen]) -> Reckoning:
    """Compare what was answered with 200, our books and the brokers'."""
    bots = [desk.bot.id for desk in desks]
    with db.transaction() as session:
        signals = session.scalars(select(Signal).where(Signal.bot_id.in_(bots))).all()
        orders = session.scalars(select(Order).where(Order.bot_id.in_(bots))).all()
    name_of = {signal.id: str(json.loads(signal.body)["orderId"]) for signal in signals}
    seq_of = {signal.id: signal.seq for signal in signals}
    signal_of = {order.client_order_id: order.signal_id for order in orders}
    ledgers, books = {}, {}
    for desk in desks:
        own = [name_of[s.id] for s in signals if s.bot_id == desk.bot.id]
        taken = desk.orders()
        behind = [signal_of.get(seen.client_order_id, uuid.UUID(int=0)) for seen in taken]
        ledgers[desk.bot.name] = compare(
            [name for name in own if name in sender.accepted],
            [name_of.get(signal_id, "unknown") for signal_id in behind],
            [seq_of.get(signal_id, 0) for signal_id in behind],
            0,
        )
        books[desk.bot.name] = books_of(desk)
    missing = sender.accepted - set(name_of.values())
    if missing:  # accepted, and not even a signal
        ledgers["no bot"] = Ledger(len(missing), 0, 0, 0)
    late = tuple(ms for post in sender.posts if (ms := _late_ms(post, frozen)) is not None)
    answers = Counter(post.status for post in sender.posts)
    ends = Counter((signal.status, signal.last_error) for signal in signals)
    states = Counter((order.state, order.reason) for order in orders)
    return Reckoning(ledgers, books, late, answers, sender.unanswered, ends, states)


def _fills(order: Order) -> tuple[Decimal, Decimal]:
    return order.filled_quantity.normalize(), round(order.average_price or Decimal(0), 2)


def _seen(seen: Seen) -> tuple[Decimal, Decimal]:
    return seen.quantity.normalize(), round(seen.average_price, 2)


def _late_ms(post: Post, frozen: list[Frozen]) -> float | None:
    ms = (post.ended - post.began) * 1000
    was_frozen = any(
        pause.port == post.port and pause.began < post.ended and post.began < pause.ended
        for pause in frozen
    )
    return None if was_frozen or ms <= ANSWER_BAR_MS else ms
