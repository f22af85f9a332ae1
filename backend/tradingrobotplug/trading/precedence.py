"""Signals go first: whoever looks after what was sent holds back while many of them wait.

With more to do than processors, news of two hundred orders would be asked for while half of the
orders still wait to be sent.
"""

import threading
import time

from .. import queues

MANY = 8  # signals that wait for a worker
NEWS = 2.0  # seconds: what was filled wants to be guarded, whatever else there is to do
ROUNDS = 10.0  # what is asked in case that no news came, and what is compared now and then
_LOOK_EVERY = 0.1

_lock = threading.Lock()
_looked_at = 0.0
_since: float | None = None  # when this process found that a flood had begun


def after_signals(longest: float) -> None:
    """Return once few signals wait for a worker, at once as nearly always.

    Of a flood of signals the first `longest` seconds count, for all who hold back: it delays nobody
    for longer, however many they are and however long it lasts.
    """
    while (began := _began()) is not None and time.monotonic() - began < longest:
        time.sleep(_LOOK_EVERY)


def _began() -> float | None:
    """When the flood began that lasts, None if there is none; Redis is asked once for all who want
    to know at a time."""
    global _looked_at, _since
    with _lock:
        now = time.monotonic()
        if now - _looked_at >= _LOOK_EVERY:
            _looked_at = now
            is_flood = queues.waiting(queues.SIGNALS) > MANY
            _since = (_since or now) if is_flood else None
        return _since
