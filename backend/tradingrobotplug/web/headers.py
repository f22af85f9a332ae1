"""Headers every answer carries, and the request id."""

from flask import Flask, Response, request

from .errors import request_id

_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def register(app: Flask) -> None:
    """Add security and caching headers after every request."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    for name, value in _FIXED.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'")
    response.headers["X-Request-Id"] = request_id()
    # What depends on who asks must not be kept by anything between us and them.
    if "Authorization" in request.headers or request.method != "GET":
        response.headers["Cache-Control"] = "no-store"
        response.headers.add("Vary", "Authorization")
    return response
