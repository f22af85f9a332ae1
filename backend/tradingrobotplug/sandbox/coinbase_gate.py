"""What every signed request to Coinbase passes: its token, the rate limit, the key's rights."""

import time
from typing import Any

from flask import Blueprint, Response, abort, g, jsonify, request

from .accounts import CoinbaseKey, coinbase_signer
from .alpaca import market
from .coinbase_book import Book
from .coinbase_faults import faults
from .coinbase_resting import advance

PREFIX = "/api/v3/brokerage"
_PER_SECOND = 30
_READING = ("/orders/preview",)  # posted, but nothing is done


def guard(blueprint: Blueprint) -> Blueprint:
    """Let only signed requests through, and let answers get lost as /sandbox/faults says."""
    blueprint.before_request(_admit)
    blueprint.after_request(_lose)
    return blueprint


def signer() -> CoinbaseKey:
    """The key that signed this request."""
    found = g.coinbase_key
    assert isinstance(found, CoinbaseKey)
    return found


def book() -> Book:
    """Its user's books, as of now. Hold their lock while reading them."""
    found = signer().book
    with found.lock:
        advance(found, market())
    return found


def body() -> dict[str, Any]:
    """The request's JSON object; 400 without one."""
    found = request.get_json(silent=True)
    if not isinstance(found, dict):
        abort(invalid("the body is not a JSON object"))
    return found


def invalid(message: str) -> Response:
    """A request that Coinbase can't read."""
    return error(400, "INVALID_ARGUMENT", message)


def error(status: int, name: str, message: str) -> Response:
    """A refusal in the shape of Coinbase's."""
    answer = jsonify(error=name, error_details=message, message=message)
    answer.status_code = status
    return answer


def _admit() -> Response | tuple[str, int] | None:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    key = coinbase_signer(token, f"{request.method} {request.host}{request.path}")
    if key is None:
        return "Unauthorized\n", 401
    g.coinbase_key = key
    if not _is_within_rate(key.book):
        answer = error(429, "RATE_LIMIT_EXCEEDED", "too many requests")
        answer.headers.update({"x-ratelimit-limit": str(_PER_SECOND), "x-ratelimit-remaining": "0"})
        answer.headers["x-ratelimit-reset"] = "1"
        return answer
    if request.path == f"{PREFIX}/key_permissions":
        return None  # every key may ask what it may do
    is_trade = request.method == "POST" and not request.path.endswith(_READING)
    if key.permissions["can_trade" if is_trade else "can_view"]:
        return None
    return error(403, "PERMISSION_DENIED", "Missing required scopes")


def _is_within_rate(book: Book) -> bool:
    """30 requests in any second, by the wall clock: refused ones count as well."""
    now = time.monotonic()
    with book.lock:
        while book.asked and book.asked[0] <= now - 1:
            book.asked.popleft()
        book.asked.append(now)
        return len(book.asked) <= _PER_SECOND


def _lose(answer: Response) -> Response:
    """What was done stays done; the caller does not hear of it, or late."""
    if answer.status_code != 200:
        return answer
    hang = faults().take("hang_after", request.path)
    if hang is not None:
        time.sleep(hang.seconds)
    status = faults().take("status_after", request.path)
    if status is not None:
        return error(status.status, "INTERNAL", "the sandbox was told to fail")
    html = faults().take("html_after", request.path)
    if html is not None:
        return Response("<html><body>Bad Gateway</body></html>", html.status, mimetype="text/html")
    return answer
