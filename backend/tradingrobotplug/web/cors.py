"""Which pages of other origins may call the API from a browser: none but those in the settings.

It stands ahead of Flask, so that a browser's question beforehand costs no guard, no limit and no
database. Cookies are never allowed: a caller shows a token, which no foreign page has.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Headers = list[tuple[str, str]]

_PREFLIGHT = [
    ("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE"),
    ("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key, X-API-Key"),
    ("Access-Control-Max-Age", "600"),
]
_EXPOSED = (
    "Access-Control-Expose-Headers",
    "Content-Disposition, Idempotent-Replayed, Retry-After, X-Request-Id",
)


def allow(application: "WSGIApplication", origins: str) -> "WSGIApplication":
    """The application, its /api/ open to these origins (separated by commas)."""
    allowed = frozenset(filter(None, origins.split(",")))
    if not allowed:
        return application

    def serve(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith("/api/"):
            return application(environ, start_response)
        origin = environ.get("HTTP_ORIGIN", "")
        granted = [("Access-Control-Allow-Origin", origin)] if origin in allowed else []
        if _is_preflight(environ):
            more = [*granted, *_PREFLIGHT] if granted else []
            start_response("204 No Content", _varying([]) + more)
            return []

        def start(status: str, headers: Headers, *rest: Any) -> Any:
            more = [*granted, _EXPOSED] if granted else []
            return start_response(status, _varying(headers) + more, *rest)

        return application(environ, start)

    return serve


def _is_preflight(environ: "WSGIEnvironment") -> bool:
    asks = "HTTP_ORIGIN" in environ and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ
    return environ["REQUEST_METHOD"] == "OPTIONS" and asks


def _varying(headers: Headers) -> Headers:
    """Also for those who may not: what is kept for one origin must not answer another."""
    kept = [value for name, value in headers if name.lower() == "vary"]
    others = [(name, value) for name, value in headers if name.lower() != "vary"]
    return [*others, ("Vary", ", ".join([*kept, "Origin"]))]
