"""Where market data comes from, set once per process; what is cached of it."""

import os
from collections.abc import Callable
from urllib.parse import urlsplit

from ..config import Settings

_settings: Settings | None = None
_forgetters: list[Callable[[], object]] = []


def connect(settings: Settings) -> None:
    """Set this process's addresses and keys, and forget what was cached from others."""
    global _settings
    _settings = settings
    forget()


def connected() -> Settings:
    """The settings in force; RuntimeError before `connect`."""
    if _settings is None:
        raise RuntimeError("marketdata.venue.connect was not called")
    return _settings


def warm() -> None:
    """Import the SDKs and the calendar ahead of the first use: half a second, 60 MB (pandas).

    For processes that trade; a process that never asks for a quote stays light without it.
    """
    from . import alpaca, calendar, coinbase  # noqa: PLC0415 (the cost is what this call is about)

    alpaca.client()
    coinbase.client()
    calendar.sessions()


def is_simulated() -> bool:
    """Whether quotes come from the sandbox on this machine rather than from the venues."""
    host = urlsplit(connected().alpaca_data_url).hostname
    return host in ("127.0.0.1", "localhost", "::1")


def on_forget(clear: Callable[[], object]) -> None:
    """Call `clear` when addresses change, and in a forked child, which must not share sockets."""
    _forgetters.append(clear)


def forget() -> None:
    """Drop every cached client, quote, clock and product."""
    for clear in _forgetters:
        clear()


os.register_at_fork(after_in_child=forget)
