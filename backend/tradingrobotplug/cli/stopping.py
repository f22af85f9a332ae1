"""The signals that end a process."""

import signal
from threading import Event


def stopped_by_signal() -> Event:
    """Set by Ctrl-C and SIGTERM. For the main thread."""
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    return stopped
