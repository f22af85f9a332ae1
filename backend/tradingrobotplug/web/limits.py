"""Rate limits: counted in Redis, or per process in memory while Redis is away.

A caller is the user of a genuine access token, else the address. The webhook has its own limit per
bot, and what watches the service must always get through.
"""

import ipaddress
import time
import uuid
from math import ceil

from flask import Flask, Response, g, request
from flask_limiter import Limiter, RequestLimit

from ..config import Settings
from .errors import failure
from .tokens import claimed_user

_UNLIMITED = ("/webhook/", "/health", "/ready", "/metrics")
_TIMEOUT = 0.15


def _caller() -> str:
    return claimed_user() or client_address()


def client_address() -> str:
    """The caller's address; of IPv6 the first 64 bits, which is what one customer gets."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return request.remote_addr or "unknown"
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)


def _answer(limit: RequestLimit) -> Response:
    wait = max(1, limit.reset_at - ceil(time.time()))
    answer = failure(
        429,
        "too_many_requests",
        "Too many requests. Please slow down.",
        {"limit": str(limit.limit), "retry_after_seconds": wait},
    )
    assert isinstance(answer, Response)
    return answer


# Everywhere: per caller and route, a sliding counter.
_everywhere = Limiter(
    _caller,
    strategy="sliding-window-counter",
    default_limits=["600 per minute"],
    key_prefix="all",
    on_breach=_answer,
    in_memory_fallback_enabled=True,
    swallow_errors=True,  # two threads that both find Redis gone must not fail the second's request
)
# On top, for what guesses or costs much: per address, exact to the request.
_strict = Limiter(
    client_address,
    strategy="moving-window",
    key_prefix="strict",
    on_breach=_answer,
    in_memory_fallback_enabled=True,
    swallow_errors=True,
)
_everywhere.request_filter(lambda: request.path.startswith(_UNLIMITED))

strictly = _strict.shared_limit("20 per minute", scope=lambda endpoint: endpoint)
"""Guard for a view: 20 requests a minute from one address. Goes outermost, before any parsing."""

rarely = _strict.shared_limit(
    "10 per hour", scope=lambda endpoint: f"rarely:{endpoint}", key_func=_caller
)
"""Guard for a view that costs much: ten an hour per caller. Goes outermost."""

costly = _strict.shared_limit(
    "30 per hour", scope=lambda endpoint: f"costly:{endpoint}", key_func=_caller
)
"""Guard for a view that keeps a thread for long, or writes to the operator: thirty an hour per
caller. Goes outermost."""


def count_key(key_id: uuid.UUID) -> None:
    """Count a request with this genuine API key; the 121st of a minute over all routes is 429."""
    g.api_key_id = str(key_id)
    _counted_per_key()


@_strict.shared_limit("120 per minute", scope="api key", key_func=lambda: str(g.api_key_id))
def _counted_per_key() -> None:
    """Has a limit, and nothing else."""


def register(app: Flask, settings: Settings) -> None:
    """Limit every route of the application."""
    app.config.update(
        RATELIMIT_STORAGE_URI=settings.redis_url.replace("unix://", "redis+unix://", 1),
        RATELIMIT_STORAGE_OPTIONS={"socket_timeout": _TIMEOUT, "socket_connect_timeout": _TIMEOUT},
    )
    _everywhere.init_app(app)
    _strict.init_app(app)
