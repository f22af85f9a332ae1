"""Headers every answer carries."""

from flask import Flask, Response, request

from .auth import KEY_HEADER

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# The documentation page: our own scripts and styles, and the OpenAPI file it reads.
_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def register(app: Flask) -> None:
    """Add security and caching headers after every request."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    for name, value in FIXED.items():
        response.headers.setdefault(name, value)
    policy = _PAGE if response.mimetype == "text/html" else _NOTHING
    response.headers.setdefault("Content-Security-Policy", policy)
    response.vary.update(("Authorization", KEY_HEADER))
    if _is_personal(response) or "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def _is_personal(response: Response) -> bool:
    """What depends on who asks, or on the moment, must not be kept by anything in between."""
    return (
        "Authorization" in request.headers
        or KEY_HEADER in request.headers
        or request.method not in ("GET", "HEAD")
        or response.status_code >= 400
    )
