"""The account's books: every object by its id, the clock, and what is due when."""

import copy
import heapq
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import refusals
from .delivery import Outbox
from .things import Thing, new_id


@dataclass(frozen=True, slots=True)
class Answered:
    """What a request with an idempotency key was, and what it was answered."""

    asked: tuple[str, str]  # address, parameters
    request: str
    status: int
    body: str


@dataclass(slots=True, weakref_slot=True)
class Account:
    """One account in test mode. Hold `lock` while reading or changing it."""

    secret_key: str
    address: str = "http://127.0.0.1"  # where browsers find the pages of this sandbox
    after_retries: str = "cancel"  # cancel | unpaid | past_due: when retries have failed
    offset_seconds: float = 0.0
    lock: threading.RLock = field(default_factory=threading.RLock)
    objects: dict[str, Thing] = field(default_factory=dict)
    events: dict[str, Thing] = field(default_factory=dict)
    alarms: list[tuple[int, int, str]] = field(default_factory=list)
    answered: dict[str, Answered] = field(default_factory=dict)  # by idempotency key
    outbox: Outbox = field(default_factory=Outbox)
    kept_in: Path | None = None  # the file of these books, if there is one
    is_changed: bool = False  # since they were written
    is_rehearsing: bool = False
    is_living: bool = False
    rung: int = 0  # how many alarms were set: two at one moment ring in their order
    cause: Thing = field(default_factory=lambda: {"id": None, "idempotency_key": None})
    _moment: int | None = None

    def now(self) -> int:
        """Seconds since 1970; inside `at` the moment that is being lived through."""
        return self._moment or int(time.time() + self.offset_seconds)

    @contextmanager
    def at(self, moment: int) -> Iterator[None]:
        """What is done now is done at that moment."""
        kept, self._moment = self._moment, moment
        try:
            yield
        finally:
            self._moment = kept

    def add(self, prefix: str, kind: str, **fields: Any) -> Thing:
        """A new object of this kind, in the books from now on."""
        thing: Thing = {
            "id": new_id(prefix),
            "object": kind,
            "created": self.now(),
            "livemode": False,
        }
        thing |= fields
        self.objects[thing["id"]] = thing
        return thing

    def get(self, kind: str, key: str, *, param: str = "id") -> Thing:
        """Refusal if there is none of this kind with this id."""
        found = self.objects.get(key)
        if found is None or found["object"] != kind:
            raise refusals.missing(kind.rpartition(".")[2], key, param=param)
        return found

    def of(self, kind: str) -> list[Thing]:
        """All of one kind, the newest first."""
        return [thing for thing in reversed(self.objects.values()) if thing["object"] == kind]

    def wake(self, moment: int, key: str) -> None:
        """Look at this object again at that moment."""
        self.rung += 1
        heapq.heappush(self.alarms, (moment, self.rung, key))

    def due(self, until: int) -> tuple[int, str] | None:
        """The next alarm that is to ring by then, taken off."""
        if not self.alarms or self.alarms[0][0] > until:
            return None
        moment, _, key = heapq.heappop(self.alarms)
        return moment, key

    def forget(self) -> None:
        """Begin anew, in real time; an endpoint that was there from the start stays."""
        self.objects = {k: thing for k, thing in self.objects.items() if "_is_lasting" in thing}
        self.events, self.alarms = {}, []
        self.offset_seconds, self.after_retries = 0.0, "cancel"
        self.answered = {}
        self.outbox.forget()

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Whatever is done inside has not happened afterwards, and nobody is told of it."""
        kept = (self.objects, self.alarms)
        self.objects, self.alarms = copy.deepcopy(kept)
        self.is_rehearsing = True
        try:
            yield
        finally:
            self.objects, self.alarms = kept
            self.is_rehearsing = False
