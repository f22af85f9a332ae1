"""Signing in on the page that connects a site: the password, then the code of the second factor.

No session is opened here: what comes out is the code that the site trades for one.
"""

import re
import secrets
from dataclasses import dataclass, field

from flask import current_app
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from .. import clock
from ..db import transaction
from ..errors import Forbidden, Invalid, ServiceError, Unauthenticated
from . import edge, link_steps, linking, login, service
from .linking import Asked
from .schemas import Login
from .second_factor import Code

_LONGEST_CODE = 32
_DIGITS = re.compile(r"\d{6}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class CodeWanted:
    """The password was right; the second factor is asked for, with this in the form."""

    step: str = field(repr=False)


def by_password(asked: Asked, email: str, password: str) -> str | CodeWanted:
    """The code for the site, or what asks for the second factor of an account that has one.

    Refuses and counts like a login; Invalid without an address or password.
    """
    given, code = _checked(email, password), secrets.token_urlsafe(32)

    def keep(session: Session, found: login.Recognised) -> str:
        now = clock.now()
        linking.keep_code(session, code, asked, found.user.id, found.proved_at, now)
        return code

    try:
        return edge.recognise(given["email"], given["password"], None, keep)
    except Forbidden as refusal:
        if refusal.code != "second_factor_required":
            raise
    return _code_wanted(asked, given["email"])


def by_code(asked: Asked, step: str, typed: str) -> str:
    """The code for the site. Refuses and counts like a login; Invalid `step_over`."""
    now, secret = clock.now(), _secret()
    with transaction() as session:
        user = link_steps.recall(session, secret, step, asked, now)
        attempt = login.begin(session, user.email, edge.client(), now)
    evidence = login.examine_code(attempt, _code(typed), now)
    code = link_steps.code_of(secret, step, typed)
    with transaction() as session:
        if linking.is_kept(session, code, now):
            return code
        found = login.conclude(session, attempt, evidence, now)
        if not isinstance(found, ServiceError):
            linking.keep_code(session, code, asked, user.id, found.proved_at, now)
            return code
    if isinstance(found, Unauthenticated):
        raise Unauthenticated("wrong_code", "The code is wrong, or was used already.")
    raise found


def _checked(email: str, password: str) -> dict[str, str]:
    try:
        given: dict[str, str] = Login().load({"email": email, "password": password})
    except ValidationError as error:
        raise Invalid("invalid_input", "Enter your email address and password.") from error
    return given


def _code_wanted(asked: Asked, email: str) -> CodeWanted:
    with transaction() as session:
        user = service.by_email(session, email)
        if user is None:
            raise Invalid("step_over", "This account has just been changed. Please start again.")
        return CodeWanted(link_steps.remember(_secret(), user, asked, clock.now()))


def _code(typed: str) -> Code:
    text = "".join(typed.split())
    if not 1 <= len(text) <= _LONGEST_CODE:
        raise Invalid("invalid_input", "Enter the code.")
    return Code(text, is_backup=not _DIGITS.match(text))


def _secret() -> str:
    secret: str = current_app.config["TRP"].jwt_secret
    return secret
