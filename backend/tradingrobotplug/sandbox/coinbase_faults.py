"""What is to go wrong at the simulated Coinbase, told by POST /sandbox/faults with
{"venue": "coinbase", "kind": …, "path", "count", "status", "seconds", "part", "word",
"message", "share"}: `share` of the requests that could meet it do."""

import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app

KINDS = {
    "status_after": "the request is done, then answered with `status` (504)",
    "html_after": "the same with a page of HTML (502)",
    "hang_after": "the request is done, its answer comes after `seconds`",
    "unknown_status": "orders are shown in a state called `word`",
    "refuse": "an order is refused: status 200, success false, error `word`, saying `message`",
    "duplicate_id": "a client_order_id that is known is refused by name: no order is answered",
    "unsupported": "configurations whose name starts with `word` are refused, in previews too",
    "fail": "an order is accepted, then FAILED",
    "wait": "an order stays in the state `word` (PENDING, QUEUED) for `seconds`",
    "late": "an order can't be seen for `seconds`",
    "late_fills": "an order's fills can't be seen for `seconds`, though it counts them",
    "partial_cancel": "an order trades `part` of its size, then is CANCELLED by Coinbase",
    "partial_rest": "an order trades `part` of its size and nothing more for `seconds`",
    "slow_cancel": "a cancelled order stays CANCEL_QUEUED, and may trade, for `seconds`",
    "refuse_cancel": "a cancellation is refused with `word`, in an answer with status 200",
    "stream_close": "a stream is closed with code `status` (1000)",
    "stream_silence": "a stream stays open and says nothing any more, not even to pings",
    "stream_replay": "a stream sends its last message about orders again",
    "stream_gap": "a stream leaves out its next message about orders",
}
_ORDERS = "/api/v3/brokerage/orders"
_STATUS = {"status_after": 504, "html_after": 502, "stream_close": 1000}
_WORDS = {
    "unknown_status": "EDIT_PENDING_REVIEW",
    "refuse": "UNKNOWN_FAILURE_REASON",
    "unsupported": "trigger_bracket",
    "wait": "PENDING",
    "refuse_cancel": "UNKNOWN_CANCEL_FAILURE_REASON",
}


@dataclass(slots=True)
class CoinbaseFault:
    """One kind of fault, for the next `count` times that it could be met at `path`, or below it
    if it ends with a slash."""

    kind: str
    path: str
    count: int
    status: int
    seconds: float
    part: str
    word: str
    message: str
    share: float


class CoinbaseFaults:
    """The faults that are still to be met."""

    def __init__(self) -> None:
        self._faults: list[CoinbaseFault] = []
        self._lock = threading.Lock()
        self._random = random.Random(1)  # nosec B311  # draws faults, the same in every run

    def __len__(self) -> int:
        return len(self._faults)

    def forget(self) -> None:
        """All of them."""
        with self._lock:
            self._faults.clear()

    def add(self, given: Mapping[str, Any]) -> bool:
        """Set a fault; False if there is no such kind."""
        kind = str(given.get("kind"))
        if kind not in KINDS:
            return False
        fault = CoinbaseFault(
            kind=kind,
            path=str(given.get("path", _ORDERS if kind.endswith("_after") else "/")),
            count=int(given.get("count", 1)),
            status=int(given.get("status", _STATUS.get(kind, 0))),
            seconds=float(given.get("seconds", 5)),
            part=str(given.get("part", "0.5")),
            word=str(given.get("word", _WORDS.get(kind, ""))),
            message=str(given.get("message", "Refused as told")),
            share=float(given.get("share", 1)),
        )
        with self._lock:
            self._faults.append(fault)
        return True

    def take(self, kind: str, path: str = "/", word: str = "") -> CoinbaseFault | None:
        """The first fault of this kind for this path, counted down. With `word`: one whose word
        it starts with."""
        with self._lock:
            for fault in self._faults:
                is_there = fault.path in (path, "/") or (
                    fault.path.endswith("/") and path.startswith(fault.path)
                )
                is_meant = is_there and (not word or word.startswith(fault.word))
                if fault.kind != kind or fault.count < 1 or not is_meant:
                    continue
                if self._random.random() < fault.share:
                    fault.count -= 1
                    return fault
        return None


def faults() -> CoinbaseFaults:
    """The faults of this application."""
    found = current_app.config["COINBASE_FAULTS"]
    assert isinstance(found, CoinbaseFaults)
    return found
