"""Signals go first: whoever looks after what was sent holds back while many of them wait.

With more to do than processors, news of two hundred orders would be asked for while half of the
orders still wait to be sent.
"""

import time

from .. import queues

MANY = 8  # signals that wait for a worker
LONGEST_SECONDS = 2.0  # what was filled wants to be guarded, whatever else there is to do
_LOOK_EVERY = 0.1


def after_signals() -> None:
    """Return once few signals wait for a worker, at once as nearly always; or after two seconds."""
    until = time.monotonic() + LONGEST_SECONDS
    while queues.waiting(queues.SIGNALS) > MANY and time.monotonic() < until:
        time.sleep(_LOOK_EVERY)
