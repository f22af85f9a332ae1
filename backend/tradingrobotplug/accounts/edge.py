"""What the routes and pages of accounts share: each opens its own transactions."""

from flask import request

from .. import clock
from ..db import transaction
from ..models import User
from ..web.auth import caller
from ..web.limits import client_address
from . import confirm, passwords, recovery


def device() -> str:
    """What the caller says it is."""
    return request.headers.get("User-Agent", "")


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
