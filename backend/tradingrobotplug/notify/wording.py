"""Events in words: one message for one event, or for all that were summed up."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..db import new_id
from .events import Kind
from .letter import Letter, one_line, one_paragraph

TEST = "test"
_MOST_LINES = 20
_LONGEST_LINE = 300


@dataclass(frozen=True, slots=True)
class Told:
    """One event of a message. The id stays the same when a message is sent again."""

    id: uuid.UUID
    at: datetime
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """What happened to one bot (or to none), all of one kind, in the order it happened."""

    kind: str  # a Kind, or `test`
    bot_id: uuid.UUID | None
    bot_name: str
    told: Sequence[Told]

    @property
    def subject(self) -> str:
        """What it is about, on one line."""
        one, many = _TITLES[self.kind]
        count = len(self.told)
        title = one if count == 1 else f"{count} {many}"
        return one_line(f"{self.bot_name}: {title}" if self.bot_name else title)

    @property
    def lines(self) -> list[str]:
        """A sentence for each event; of very many the latest are left out."""
        sentences = [sentence(self.kind, told.facts) for told in self.told[:_MOST_LINES]]
        left_out = len(self.told) - len(sentences)
        return [*sentences, f"And {left_out} more."] if left_out else sentences


def test_message(now: datetime) -> Message:
    """What shows a user that a channel works."""
    return Message(TEST, None, "", [Told(new_id(), now, {})])


def sentence(kind: str, facts: Mapping[str, Any]) -> str:
    """One event, printable and on one line."""
    return one_paragraph(_SENTENCES[kind](facts))[:_LONGEST_LINE]


def plain(message: Message, longest: int) -> str:
    """For chats: the subject, then the lines, cut to what the chat takes."""
    text = "\n".join([message.subject, *message.lines])
    return text if len(text) <= longest else text[: longest - 1] + "…"


def letter(message: Message) -> Letter:
    """The same as a mail."""
    return Letter(
        kind=f"event_{message.kind}",
        subject=message.subject,
        paragraphs=tuple(message.lines),
        closing=("You choose in the notification settings what you are told, and where.",),
    )


_TITLES: dict[str, tuple[str, str]] = {
    Kind.FILL: ("Order filled", "fills"),
    Kind.REFUSED: ("Alert not carried out", "alerts not carried out"),
    Kind.DEAD: ("Alert given up", "alerts given up"),
    Kind.IN_DOUBT: ("Order in doubt", "orders in doubt"),
    Kind.DAILY_LOSS_LOCK: ("Locked until the next trading day", "locks"),
    Kind.LOST_ALERT: ("An alert may have been lost", "alerts that may have been lost"),
    Kind.UNGUARDED: ("A position is not guarded", "positions are not guarded"),
    Kind.DRIFT: ("Books and broker differ", "differences between books and broker"),
    Kind.LOST_KEY: ("Broker keys can't be used", "lost broker keys"),
    Kind.HALT: ("The operator stopped trading", "stops by the operator"),
    Kind.PAYMENT: ("A payment needs you", "payments that need you"),
    Kind.PLAN: ("Your plan", "changes of your plan"),
    Kind.USAGE: ("The day's alerts", "words on the day's alerts"),
    TEST: ("Test message", "test messages"),
}


def _filled(facts: Mapping[str, Any]) -> str:
    verb = "Bought" if facts["side"] == "buy" else "Sold"
    where = " on paper" if facts["mode"] == "paper" else ""
    return f"{verb} {facts['quantity']} {facts['symbol']} at {facts['price']}{where}."


_STOPPED = {
    "entries": "No new positions are opened; what you hold stays guarded.",
    "cancel": "Open entries are cancelled and no new positions are opened; what you hold stays "
    "guarded.",
    "flatten": "Open entries are cancelled, positions are closed and no new ones are opened.",
}


def _halted(facts: Mapping[str, Any]) -> str:
    why = f" The operator says: {facts['reason']}" if facts["reason"] else ""
    return _STOPPED[facts["level"]] + why


_SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    Kind.FILL: _filled,
    Kind.REFUSED: lambda facts: f"Nothing was ordered: {facts['reason']}",
    Kind.DEAD: lambda facts: (
        f"Given up: {facts['reason']} It is kept with the signals: replay or discard it."
    ),
    Kind.IN_DOUBT: lambda facts: (
        f"The broker may or may not have an order: {facts['reason']} It is being asked again."
    ),
    Kind.DAILY_LOSS_LOCK: lambda facts: f"No new positions are opened today: {facts['reason']}",
    Kind.LOST_ALERT: lambda facts: f"{facts['reason']}",
    Kind.UNGUARDED: lambda facts: f"{facts['symbol']}: {facts['reason']}",
    Kind.DRIFT: lambda facts: f"{facts['symbol']}: {facts['reason']}",
    Kind.LOST_KEY: lambda facts: f"“{facts['label']}”: {facts['reason']}",
    Kind.HALT: _halted,
    Kind.PAYMENT: lambda facts: f"{facts['reason']}",
    Kind.PLAN: lambda facts: f"{facts['reason']}",
    Kind.USAGE: lambda facts: f"{facts['reason']}",
    TEST: lambda _: "This channel works. What your bots do is told here.",
}
