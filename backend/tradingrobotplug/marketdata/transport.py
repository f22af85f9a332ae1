"""What both SDKs' HTTP sessions lack: time-outs, no proxy from the environment, plain http to a
sandbox on this machine."""

from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import NewConnectionError

# (connect, read) in seconds. A quote that takes longer is of no use to a waiting order, and an
# order that takes longer is asked for again by its id, before its worker is taken for stuck.
TIMEOUT = (1.0, 2.0)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class _Bounded(HTTPAdapter):
    """Every request gets a time-out; none is repeated behind the caller's back."""

    def __init__(self) -> None:
        super().__init__(pool_connections=4, pool_maxsize=32, max_retries=0)

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        options["timeout"] = options.get("timeout") or TIMEOUT
        return super().send(request, **options)


class _PlainOnLoopback(_Bounded):
    """coinbase-advanced-py writes https:// before every address; a sandbox speaks http."""

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        if is_loopback(request.url or ""):
            request.url = (request.url or "").replace("https://", "http://", 1)
        return super().send(request, **options)


def is_loopback(url: str) -> bool:
    """Whether the address is on this machine."""
    return urlsplit(url).hostname in _LOOPBACK


def was_never_sent(error: Exception) -> bool:
    """Whether there was not even a connection: refused, no such name, no answer to the knock.

    Everything else may have happened after the request arrived.
    """
    cause = error.args[0] if error.args else None
    is_unconnected = isinstance(getattr(cause, "reason", None), NewConnectionError)
    return is_unconnected or isinstance(error, requests.ConnectTimeout)


def fit(session: requests.Session) -> None:
    """Fit an SDK's session with bounded adapters."""
    session.trust_env = False
    session.mount("https://", _PlainOnLoopback())
    session.mount("http://", _Bounded())
