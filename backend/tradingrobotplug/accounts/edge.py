"""What the routes and pages of accounts share: each opens its own transactions."""

from collections.abc import Callable
from typing import TypeVar

from flask import request
from sqlalchemy.orm import Session

from .. import clock
from ..db import transaction
from ..errors import ServiceError
from ..models import User
from ..web.auth import caller
from ..web.limits import client_address
from . import confirm, login, passwords, recovery
from .second_factor import Client, Code

T = TypeVar("T")


def device() -> str:
    """What the caller says it is."""
    return request.headers.get("User-Agent", "")


def client() -> Client:
    """Who sends this request."""
    return Client(client_address(), device())


def recognise(
    email: str, password: str, code: Code | None, then: Callable[[Session, login.Recognised], T]
) -> T:
    """Whose email, password and code these are; `then` runs in the transaction that counts the try.

    Otherwise 401 `wrong_credentials`, 403 `second_factor_required`, 429, or 503 if the code of an
    authenticator can't be checked now.
    """
    now = clock.now()
    with transaction() as session:
        attempt = login.begin(session, email, client(), now)
    # Hashing takes a quarter of a second: no connection is held meanwhile.
    evidence = login.examine(attempt, password, code, now)
    with transaction() as session:
        found = login.conclude(session, attempt, evidence, now)
        if not isinstance(found, ServiceError):
            return then(session, found)
    raise found  # after the commit, as it had to be counted


def check_password(password: str) -> confirm.Asked:
    """The signed-in user's password is right; otherwise 403, 429, or 422 without one."""
    now = clock.now()
    with transaction() as session:
        asked = confirm.begin(session, caller().user_id, now)
    # Hashing takes a quarter of a second: no connection is held meanwhile.
    is_right = passwords.verify(password, asked.password_hash)
    with transaction() as session:
        refusal = confirm.conclude(session, asked, is_right, client_address(), now)
    if refusal:
        raise refusal
    return asked


def reset_password(token: str, password: str) -> User:
    """Set the password by a mailed link. A weak one leaves the link unused."""
    now = clock.now()
    with transaction() as session:
        recovery.refuse_weak(session, token, password, now)
    password_hash = passwords.hashed(password)
    with transaction() as session:
        return recovery.reset(session, token, password_hash, device(), client_address(), now)
