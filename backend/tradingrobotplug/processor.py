"""How much of busy processors a process takes."""

import os
import time
from contextlib import suppress
from pathlib import Path

_TRIES, _PAUSE_SECONDS = 20, 0.1  # Linux takes one change in a tenth of a second from all of us
_SHARE = Path("/proc/self/autogroup")


def stand_back(steps: int) -> None:
    """Take less of busy processors than those who don't stand back: a third with 5 steps, a tenth
    with 10 (nice values, sched(7)).

    Where Linux shares processors among sessions first ("The autogroup feature", ibid.), the nice
    value of a process counts within its session alone: the share of its session is made smaller as
    well, if it has one of its own. A container's share is its orchestrator's to say.
    """
    os.nice(steps)
    if os.getsid(0) == os.getpid():
        with suppress(OSError):  # there are no such shares, or they are not ours to change
            _lessen_share(steps)


def _lessen_share(steps: int) -> None:
    for _ in range(_TRIES):
        with suppress(BlockingIOError):
            _SHARE.write_text(str(steps))
            return
        time.sleep(_PAUSE_SECONDS)
