"""What goes wrong on demand: before a request is served, after it, or in what it answers."""

import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

BEFORE = frozenset({"status", "html", "hang", "drop"})
_AFTER = frozenset(
    {"status_after", "html_after", "hang_after", "drop_after", "reworded", "late_fills"}
)
_ORDERING = frozenset(
    {"unknown_status", "null_submitted_at", "duplicate_id", "partial_fill", "late_visibility"}
)
_STATUSES = {"html": 502, "html_after": 502, "status_after": 504}


@dataclass(slots=True)
class Fault:
    """What the next `count` requests meet whose path starts with `path` and whose method is
    `method` (any if empty). `share`: the part of them that does. `keep`: fills that show though
    the others are late."""

    path: str
    kind: str
    status: int = 500
    seconds: float = 0.0
    count: int = 1
    method: str = ""
    share: float = 1.0
    keep: int = 0


def read(body: Mapping[str, object]) -> Fault:
    """The fault that was asked for. ValueError if it is none that is known.

    One that concerns placing an order meets POST to a path of orders unless it says otherwise."""
    kind = str(body.get("kind", "status"))
    if kind not in BEFORE | _AFTER | _ORDERING:
        raise ValueError(f"no fault is called {kind}")
    is_ordering = kind in _ORDERING
    usual = "/v2/account/activities" if kind == "late_fills" else "/"
    return Fault(
        path=str(body.get("path", "/v2/orders" if is_ordering else usual)),
        kind=kind,
        status=int(str(body.get("status", _STATUSES.get(kind, 500)))),
        seconds=float(str(body.get("seconds", 0))),
        count=int(str(body.get("count", 1))),
        method=str(body.get("method", "POST" if is_ordering else "")),
        share=float(str(body.get("share", 1))),
        keep=int(str(body.get("keep", 0))),
    )


@dataclass(slots=True)
class Faults:
    """Those that are set now."""

    seed: int = 1
    _set: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # nosec B311  # faults that can be repeated, no secret

    def __len__(self) -> int:
        return len(self._set)

    def add(self, fault: Fault) -> None:
        """From now on."""
        with self._lock:
            self._set.append(fault)

    def clear(self) -> None:
        """None any more; the next shares are drawn as at the start."""
        with self._lock:
            self._set.clear()
            self._random.seed(self.seed)

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that this request meets, counted down."""
        with self._lock:
            for fault in self._set:
                if fault.count < 1 or not path.startswith(fault.path):
                    continue
                if fault.method not in ("", method) or self._random.random() >= fault.share:
                    continue
                fault.count -= 1
                return fault
        return None
