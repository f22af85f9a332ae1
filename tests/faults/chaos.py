"""Everything breaks in an order that a seed decides, while alerts come in and are traded.

Two hands work side by side. One kills and freezes processes and engines, the other makes bad
weather on the connections to the brokers and to Redis.
"""

import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from typing import Literal, TypeVar

from tests.faults.plant import Plant, Process
from tests.faults.proxy import WEATHERS, Proxy
from tests.venues import Sandbox

T = TypeVar("T")
Way = Literal["kill", "freeze"]
ROLES = ("api", "worker", "general", "sweeper", "scheduler")
PARTS = ("api", "api", "worker", "worker", "general", "sweeper", "sweeper", "scheduler")
ENGINES = ("redis", "postgres")
SHARE = 0.1
# A signal is tried four times in about ten seconds: brokers are away for less, and not soon again.
LONGEST_AWAY_SECONDS, BETWEEN_AWAY_SECONDS = 0.5, 10.0
FAULTS: tuple[dict[str, object], ...] = (
    {"kind": "status", "path": "/v2/orders", "method": "POST", "status": 503},
    {"kind": "status_after", "path": "/v2/orders", "method": "POST"},
    {"kind": "hang_after", "path": "/v2/orders", "method": "POST", "seconds": 2.5},
    {"venue": "coinbase", "kind": "status_after"},
    {"venue": "coinbase", "kind": "html_after"},
    {"venue": "coinbase", "kind": "hang_after", "seconds": 2.5},
)


@dataclass(frozen=True, slots=True)
class Frozen:
    """An API that stood still, and could answer nobody, from when to when (monotonic)."""

    port: int
    began: float
    ended: float


@dataclass(slots=True)
class Chaos:
    """What a seed does to a plant. `done` tells it line by line; `frozen`: the APIs' pauses."""

    plant: Plant
    links: dict[str, Proxy]
    seed: int
    done: list[str] = field(default_factory=list)
    frozen: list[Frozen] = field(default_factory=list)
    _turn: Iterator[int] = field(default_factory=count)
    _over: threading.Event = field(default_factory=threading.Event)
    _began: float = field(default_factory=time.monotonic)

    def next_api(self) -> int:
        """The port of an API, each in its turn."""
        apis = self._of("api")
        return apis[next(self._turn) % len(apis)].port

    def _of(self, role: str) -> list[Process]:
        return [process for process in self.plant.running if process.role == role]

    def rage_during(self, work: Callable[[], None]) -> None:
        """Until the work is done; then everything runs, and the weather is fair.

        This thread starts the engines anew: they would end with a thread that ends before them."""
        with ThreadPoolExecutor(2) as pool:
            working = pool.submit(work)
            working.add_done_callback(lambda _: self._over.set())
            blowing = pool.submit(self._blow, random.Random(f"{self.seed} weather"))
            self._hit(random.Random(f"{self.seed} processes"))
            blowing.result()
            working.result()

    def _hit(self, chance: random.Random) -> None:
        ways: tuple[Way, ...] = ("kill", "freeze")
        for victim, way in _for_ever([(v, w) for v in (*ROLES, *ENGINES) for w in ways], chance):
            if self._over.wait(chance.uniform(0.2, 0.8)):
                return
            self._keep_up()
            seconds = chance.uniform(0.3, 1.5)
            if way == "freeze" and victim == "worker":
                seconds = 4.0  # longer than the watchdog lets a signal be held
            self._note(f"{way} {victim} {seconds:.1f} s")
            if victim in ENGINES:
                self._hit_engine(victim, way, seconds)
            else:
                self._hit_process(chance.choice(self._of(victim)), way, seconds)

    def _keep_up(self) -> None:
        """A worker that Redis has left for seconds ends by itself; `trp up` starts it again."""
        for ended in [p for p in self.plant.running if not p.running.is_alive()]:
            self._note(f"{ended.name} had ended by itself")
            self.plant.relaunch(ended)

    def _hit_process(self, process: Process, way: Way, seconds: float) -> None:
        began = time.monotonic()
        if way == "kill":
            process.kill()
            self.plant.relaunch(process)
            return
        process.send_group(signal.SIGSTOP)
        self._over.wait(seconds)
        process.send_group(signal.SIGCONT)
        if process.port:
            self.frozen.append(Frozen(process.port, began, time.monotonic()))

    def _hit_engine(self, victim: str, way: Way, seconds: float) -> None:
        plant = self.plant
        kill, restart, freeze = {
            "redis": (plant.kill_redis, plant.restart_redis, plant.freeze_redis),
            "postgres": (plant.kill_postgres, plant.restart_postgres, plant.freeze_postgres),
        }[victim]
        if way == "kill":
            kill()
            self._over.wait(seconds)
            restart()
        else:
            freeze()
            self._over.wait(seconds)
            freeze(signal.SIGCONT)

    def _blow(self, chance: random.Random) -> None:
        pairs = [(name, weather) for name in self.links for weather in WEATHERS]
        last_away = 0.0
        for name, weather in _for_ever(pairs, chance):
            is_broker = name == "broker"
            rest = last_away + BETWEEN_AWAY_SECONDS - time.monotonic() if is_broker else 0.0
            if self._over.wait(max(rest, chance.uniform(0.2, 0.8))):
                return
            seconds = chance.uniform(0.2, LONGEST_AWAY_SECONDS if is_broker else 2.0)
            self._note(f"{weather} to {name} {seconds:.1f} s")
            self.links[name].be(weather)
            self._over.wait(seconds)
            self.links[name].be("fair")
            last_away = time.monotonic() if is_broker else last_away

    def _note(self, what: str) -> None:
        self.done.append(f"{time.monotonic() - self._began:5.1f} s  {what}")


def _for_ever(what: list[T], chance: random.Random) -> Iterator[T]:
    """Each once in any order, then each again."""
    while True:
        yield from chance.sample(what, len(what))


def break_brokers(sandbox: Sandbox) -> None:
    """A tenth of what is asked of each broker when an order is placed meets a fault."""
    for fault in FAULTS:
        sandbox.tell("faults", count=100_000, share=SHARE / 3, **fault)


def start_all(plant: Plant) -> None:
    """The product's processes, the way `trp up` has them, the API and the sweeper twice."""
    plant.start(*PARTS)
