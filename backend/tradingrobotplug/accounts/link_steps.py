"""What the login page remembers between password and code: a signed value in its form.

A cookie would let any page send a form in the user's name, and would have to be kept apart per
tab. The value says that the right password was given, for this user and this very request of the
site, and is worth nothing without the code that is asked for next. It ends after five minutes, and
with the password it was given for.
"""

import hashlib
import hmac
import uuid
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session

from ..errors import Invalid
from ..models import User
from .linking import Asked

LIFETIME = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Known:
    """Whose password was right, and what it was checked against."""

    user_id: uuid.UUID
    password_hash: str = field(repr=False)


def remember(secret: str, who: Known, asked: Asked, now: datetime) -> str:
    """The password was right: the value for the form that asks for the code."""
    ends_at = (now + LIFETIME).timestamp()
    seal = _seal(secret, who.password_hash, asked)
    value: str = _signer(secret).dumps([str(who.user_id), ends_at, seal])
    return value


def recall(session: Session, secret: str, value: str, asked: Asked, now: datetime) -> User:
    """Whose password was right. Invalid `step_over` if the value is old or for something else."""
    try:
        user_id, ends_at, seal = _signer(secret).loads(value)
    except BadData as error:
        raise _over() from error
    user = session.get(User, uuid.UUID(user_id))
    if user is None or now.timestamp() >= ends_at:
        raise _over()
    here = _seal(secret, user.password_hash or "", asked)
    if user.suspended_at is not None or not hmac.compare_digest(seal, here):
        raise _over()
    return user


def code_of(secret: str, value: str, given: str) -> str:
    """The site's code for this form with this second factor in it: always the same.

    A form that a double click sends twice so leads to the one code that its first sending made,
    although a code of an authenticator counts only once.
    """
    made = _digest(secret, "code", value, "".join(given.split()))
    return urlsafe_b64encode(made).decode().rstrip("=")


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        secret,
        salt="step of the login page",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )


def _seal(secret: str, password_hash: str, asked: Asked) -> str:
    """What the step holds for: this password and this request."""
    request = (str(asked.site_id), asked.redirect_uri, asked.state, asked.challenge)
    return _digest(secret, "seal", password_hash, *request).hex()


def _digest(secret: str, *parts: str) -> bytes:
    key = hmac.digest(secret.encode(), b"login page", hashlib.sha256)
    return hmac.digest(key, "\0".join(parts).encode(), hashlib.sha256)


def _over() -> Invalid:
    return Invalid("step_over", "That took too long, or something has changed. Please start again.")
