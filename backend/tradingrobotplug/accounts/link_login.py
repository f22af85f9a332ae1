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
from ..errors import Invalid, ServiceError, Unauthenticated
from . import edge, link_steps, linking, login
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
    given, code, now = _checked(email, password), secrets.token_urlsafe(32), clock.now()
    with transaction() as session:
        attempt = login.begin(session, given["email"], edge.client(), now)
    evidence = login.examine(attempt, given["password"], None, now)
    with transaction() as session:
        refusal = _settle(session, attempt, evidence, asked, code)
    if refusal is None:
        return code
    if refusal.code == "second_factor_required" and attempt.user_id:
        who = link_steps.Known(attempt.user_id, attempt.password_hash or "")
        return CodeWanted(link_steps.remember(_secret(), who, asked, now))
    # After the commit, as it had to be counted.
    if isinstance(refusal, Unauthenticated):
        raise Unauthenticated(refusal.code, "The email address or password is wrong.")
    raise refusal


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
        refusal = _settle(session, attempt, evidence, asked, code)
    if isinstance(refusal, Unauthenticated):
        raise Unauthenticated("wrong_code", "The code is wrong, or was used already.")
    if refusal:
        raise refusal
    return code


def _settle(
    session: Session, attempt: login.Attempt, evidence: login.Evidence, asked: Asked, code: str
) -> ServiceError | None:
    """Keep the code if the login is right; else the refusal."""
    now = clock.now()
    found = login.conclude(session, attempt, evidence, now)
    if isinstance(found, ServiceError):
        return found
    linking.keep_code(session, code, asked, found.user.id, found.proved_at, now)
    return None


def _checked(email: str, password: str) -> dict[str, str]:
    wanted = Invalid("invalid_input", "Enter your email address and password.")
    if not email.strip() or not password:
        raise wanted
    try:
        given: dict[str, str] = Login().load({"email": email, "password": password})
    except ValidationError as error:
        raise wanted from error
    return given


def _code(typed: str) -> Code:
    text = "".join(typed.split())
    if not 1 <= len(text) <= _LONGEST_CODE:
        raise Invalid("invalid_input", "Enter the code.")
    return Code(text, is_backup=not _DIGITS.match(text))


def _secret() -> str:
    secret: str = current_app.config["TRP"].jwt_secret
    return secret
