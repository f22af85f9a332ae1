"""The webhook ahead of Flask: one WSGI callable that answers the one path that comes in floods.

Routing, contexts, rate limits for people and response objects cost more than storing the alert
does; an alert needs none of them. Every other request passes on to the application.
"""

import hashlib
import json
import logging
import re
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from .. import clock, db
from ..config import Settings
from ..errors import ServiceError
from ..web.headers import FIXED
from ..web.meter import Meter
from ..web.request_ids import id_of
from .arrival import Verdict, arrive
from .intake import intake

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MAX_BODY = 64 * 1024
ROUTE = "/webhook/<bot_id>/<secret>"
_PATH = re.compile(r"/webhook/([^/]+)/([^/]+)")
_HEADERS = [
    *FIXED.items(),
    ("Content-Type", "application/json"),
    ("Content-Security-Policy", "default-src 'none'"),
    ("Cache-Control", "no-store"),
]
_FAILURES = {
    "unknown": (404, "not_found"),
    "wrong_sender": (403, "sender_not_allowed"),
    "refused": (422, "unreadable_alert"),
    "rate_limited": (429, "rate_limited"),
}

Answer = tuple[int, dict[str, object]]


def guard(application: "WSGIApplication", settings: Settings, meter: Meter) -> "WSGIApplication":
    """The application with the webhook in front of it."""

    def serve(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        found = _PATH.fullmatch(environ["PATH_INFO"])
        if found is None or environ["REQUEST_METHOD"] != "POST":
            return application(environ, start_response)
        began = time.perf_counter()
        answer = _answer(found[1], found[2], environ, settings)
        meter.count("POST", ROUTE, answer[0], began)
        return _send(answer, id_of(environ), start_response)

    return serve


def _answer(bot_id: str, secret: str, environ: "WSGIEnvironment", settings: Settings) -> Answer:
    try:
        body = _body(environ)
        if not isinstance(body, bytes):
            return body
        hashed = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
        arrival = arrive(db.new_id(), _uuid(bot_id), hashed, body, clock.now())
        arrival = replace(arrival, sender=environ.get("REMOTE_ADDR"))
        return _as_answer(intake(settings).accept(arrival))
    except ServiceError as error:
        return _failure(503, error.code, error.message)
    except Exception:
        logging.getLogger("trp").exception("webhook.failed")
        return _failure(500, "internal_error", "Something went wrong here. It has been recorded.")


def _body(environ: "WSGIEnvironment") -> bytes | Answer:
    """The raw bytes, whatever content type the sender claims: senders often claim the wrong one."""
    if environ.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
        return _failure(415, "unsupported_media_type", "Send the alert uncompressed.")
    length = environ.get("CONTENT_LENGTH") or str(MAX_BODY + 1)  # without one: until the end
    if not length.isdigit():
        return _failure(400, "bad_request", "Content-Length is not a number.")
    too_large = _failure(413, "request_entity_too_large", f"At most {MAX_BODY} bytes.")
    if int(length) > MAX_BODY and "HTTP_TRANSFER_ENCODING" not in environ:
        return too_large if environ.get("CONTENT_LENGTH") else b""
    body: bytes = environ["wsgi.input"].read(min(int(length), MAX_BODY + 1))
    return too_large if len(body) > MAX_BODY else body


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)


def _as_answer(verdict: Verdict) -> Answer:
    if verdict.word in _FAILURES:
        status, code = _FAILURES[verdict.word]
        details = {"signal_id": str(verdict.signal_id)} if verdict.signal_id else {}
        return _failure(status, code, verdict.reason or "There is nothing here.", details)
    answer: dict[str, object] = {"received": True, "signal_id": str(verdict.signal_id)}
    if verdict.word == "duplicate":
        answer["duplicate"] = True
    if verdict.word == "ignored":
        answer["ignored"] = verdict.reason
    return 200, answer


def _failure(status: int, code: str, message: str, details: Any = None) -> Answer:
    return status, {"error": code, "message": message, "details": details or {}}


def _send(answer: Answer, request_id: str, start_response: Callable[..., Any]) -> list[bytes]:
    status, content = answer
    if "error" in content:
        content["request_id"] = request_id
    body = json.dumps(content).encode()
    headers = [*_HEADERS, ("Content-Length", str(len(body)))]
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [body]
