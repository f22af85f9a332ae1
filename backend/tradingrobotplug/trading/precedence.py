"""Signals go first: whoever looks after what was sent holds back while many of them wait.

With more to do than processors, news of two hundred orders would be asked for while half of the
orders still wait to be sent.
"""

import time

from .. import queues

MANY = 8  # signals that wait for a worker
LONGEST_SECONDS = 2.0  # what was filled wants to be guarded, whatever else there is to do
_LOOK_EVERY = 0.1

_since: float | None = None  # when somebody of this process first held back for this flood


def after_signals() -> None:
    """Return once few signals wait for a worker, at once as nearly always.

    Of a flood of signals the first two seconds count, for all who hold back: it delays nobody for
    longer, however many they are and however long it lasts.
    """
    global _since
    while queues.waiting(queues.SIGNALS) > MANY:
        _since = _since or time.monotonic()
        if time.monotonic() - _since >= LONGEST_SECONDS:
            return
        time.sleep(_LOOK_EVERY)
    _since = None
