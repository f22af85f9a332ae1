"""Idempotency-Key: a POST that creates or spends takes effect once, however often it is sent.

The answer is kept for a day, so that a client that lost it gets the same one again. It may hold a
secret that is shown once (a webhook's address), and without it the repeat would be worthless, so it
is kept, but encrypted: AES-256-GCM under a key derived from the token secret, bound to its user,
route and key. A copy of the database alone does not reveal it.
"""

import hashlib
import os
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import ParamSpec

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Response, current_app, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, and_, delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from ..clock import now as read_clock
from ..db import transaction
from ..errors import Conflict, Invalid, ServiceError
from ..models import IdempotencyKey
from .auth import caller

KEPT_FOR = timedelta(hours=24)
_WAIT_SECONDS, _LOOK_EVERY = 3.0, 0.05

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class _Request:
    """What makes two requests the same."""

    user_id: uuid.UUID
    key: str
    route: str
    hash: str


def idempotent(
    view: Callable[P, ResponseReturnValue],
) -> Callable[P, ResponseReturnValue]:
    """Honour the header Idempotency-Key. Goes directly below `@signed_in`, above the rest.

    A repeat gets the first one's answer; the same key with another body 409
    `idempotency_key_reused`; one that is still running is waited for. Refusals are not kept, as
    they had no effect. If the first was cut off, nobody can know whether it took effect: 409
    `outcome_unknown`, never a second try.
    """

    @wraps(view)
    def once(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return view(*args, **kwargs)
        asked = _asked(key)
        if not _claimed(asked, read_clock()):
            return _first_answer(asked)
        try:
            response = make_response(view(*args, **kwargs))
        except (ServiceError, HTTPException):
            _forget(asked)
            raise
        _keep(asked, response)
        return response

    return once


def prune(session: Session, now: datetime) -> None:
    """Delete what is older than a day."""
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < now - KEPT_FOR))


def _asked(key: str) -> _Request:
    if not (1 <= len(key) <= 255 and key.isascii() and key.isprintable()):
        sentence = "Idempotency-Key must be 1 to 255 printable ASCII characters."
        raise Invalid("invalid_idempotency_key", sentence)
    route = f"{request.method} {request.path}"[:255]
    body = hashlib.sha256(request.get_data(cache=True)).hexdigest()
    return _Request(caller().user_id, key, route, body)


def _claimed(asked: _Request, now: datetime) -> bool:
    """Whether this request is the first; the row's insert decides among parallel ones."""
    claim = insert(IdempotencyKey).values(
        user_id=asked.user_id,
        key=asked.key,
        route=asked.route,
        request_hash=asked.hash,
        created_at=now,
    )
    taken_over = {
        "request_hash": asked.hash,
        "created_at": now,
        "status": None,
        "body": None,
    }
    with transaction() as session:
        mine = session.scalar(
            claim.on_conflict_do_update(
                index_elements=[
                    IdempotencyKey.user_id,
                    IdempotencyKey.key,
                    IdempotencyKey.route,
                ],
                set_=taken_over,
                where=IdempotencyKey.created_at < now - KEPT_FOR,
            ).returning(IdempotencyKey.key)
        )
    return mine is not None


def _first_answer(asked: _Request) -> Response:
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        with transaction() as session:
            row = session.get(IdempotencyKey, (asked.user_id, asked.key, asked.route))
        if row is None:
            raise Conflict("try_again", "The first request with this key was refused. Try again.")
        if row.request_hash != asked.hash:
            sentence = "This Idempotency-Key was used for a different request."
            raise Conflict("idempotency_key_reused", sentence)
        if row.status is not None and row.body is not None:
            return _replayed(asked, row.status, row.body)
        if time.monotonic() > deadline:
            raise Conflict(
                "outcome_unknown",
                "An earlier request with this key has not ended. Check whether it took effect "
                "before you use a new key.",
            )
        time.sleep(_LOOK_EVERY)


def _replayed(asked: _Request, status: int, body: bytes) -> Response:
    nonce, sealed = body[:12], body[12:]
    plain = AESGCM(_secret()).decrypt(nonce, sealed, _bound_to(asked))
    response = Response(plain, status, mimetype="application/json")
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _keep(asked: _Request, response: Response) -> None:
    if response.status_code >= 400:
        _forget(asked)
        return
    nonce = os.urandom(12)
    body = nonce + AESGCM(_secret()).encrypt(nonce, response.get_data(), _bound_to(asked))
    answered = update(IdempotencyKey).where(_is(asked))
    with transaction() as session:
        session.execute(answered.values(status=response.status_code, body=body))


def _forget(asked: _Request) -> None:
    with transaction() as session:
        session.execute(delete(IdempotencyKey).where(_is(asked)))


def _is(asked: _Request) -> ColumnElement[bool]:
    return and_(
        IdempotencyKey.user_id == asked.user_id,
        IdempotencyKey.key == asked.key,
        IdempotencyKey.route == asked.route,
    )


def _secret() -> bytes:
    secret = current_app.config["TRP"].jwt_secret.encode()
    return HKDF(SHA256(), 32, salt=None, info=b"idempotency answers").derive(secret)


def _bound_to(asked: _Request) -> bytes:
    return f"{asked.user_id}|{asked.route}|{asked.key}".encode()
