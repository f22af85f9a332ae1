"""HTTP in and out for the second factor."""

from datetime import datetime
from typing import Any

from flask_smorest import Blueprint

from .. import clock
from ..db import transaction
from ..errors import Forbidden, Invalid
from ..models import User, UserSession
from ..web.auth import FRESH_FOR, caller, freshly_proved, needs, signed_in, signed_in_at_all
from ..web.limits import client_address, strictly
from ..web.openapi import guarded
from . import audit, authenticator, backup_codes, edge, enrolment, second_factor, sessions
from .factor_schemas import AppCode, BackupCodes, Enrolment, Fresh, StepUp
from .schemas import Success
from .second_factor import Code

Answer = dict[str, Any]

blueprint = Blueprint(
    "second_factor", __name__, url_prefix="/api/auth", description="The second factor"
)


@blueprint.post("/2fa/enable")
@strictly
@signed_in_at_all
@blueprint.response(200, Enrolment)
@guarded(blueprint, 409, 503)
def enable() -> Answer:
    """A secret for an authenticator app; asking again before it is confirmed replaces it"""
    now, who = clock.now(), caller()
    with transaction() as session:
        enrolment.refuse_enrolled(session, who.user_id)
        _refuse_old(session.get_one(UserSession, who.own_session), now)
        email = session.get_one(User, who.user_id).email
    secret = authenticator.new_secret()
    factor = enrolment.sealed_for(who.user_id, secret)
    with transaction() as session:
        enrolment.enrol(session, factor, client_address(), now)
    url = authenticator.address(secret, email)
    return {"secret": secret, "otpauth_url": url, "qr_code": authenticator.qr_code(url)}


@blueprint.post("/2fa/confirm")
@strictly
@signed_in_at_all
@blueprint.arguments(AppCode)
@blueprint.response(200, BackupCodes)
@guarded(blueprint, 409, 422, 503)
def confirm(fields: Answer) -> Answer:
    """Show a first code: from now on the second factor counts, and is given in this session"""
    now = clock.now()
    with transaction() as session:
        factor = enrolment.unconfirmed(session, caller().user_id, now)
    confirmation = enrolment.examined(factor, Code(fields["totp_code"]), now)
    with transaction() as session:
        refusal = enrolment.confirm(session, factor, confirmation, edge.client(), now)
        if refusal is None:
            sessions.prove(session, caller().own_session, now)
    if refusal:
        raise refusal
    assert confirmation is not None
    return {"backup_codes": confirmation.codes.shown}


@blueprint.post("/2fa/backup-codes")
@strictly
@signed_in
@freshly_proved
@blueprint.response(200, BackupCodes)
@guarded(blueprint, 409)
def renew_backup_codes() -> Answer:
    """Ten new backup codes; the old ones no longer work"""
    codes = backup_codes.make()
    with transaction() as session:
        enrolment.renew_codes(session, caller().user_id, codes, client_address(), clock.now())
    return {"backup_codes": codes.shown}


@blueprint.post("/2fa/disable")
@strictly
@signed_in
@freshly_proved
@blueprint.response(200, Success)
@guarded(blueprint, 409)
def disable() -> Answer:
    """Take the second factor away; every other session ends"""
    with transaction() as session:
        enrolment.disable(
            session, caller().user_id, caller().own_session, edge.client(), clock.now()
        )
    return {"success": True}


@blueprint.post("/step-up")
@strictly
@signed_in_at_all
@blueprint.arguments(StepUp)
@blueprint.response(200, Fresh)
@guarded(blueprint, 409, 422, 503)
def step_up(fields: Answer) -> Answer:
    """Show again who it is: for ten minutes what is risky may be done in this session"""
    now, who, code = clock.now(), caller(), fields["code"]
    with transaction() as session:
        factor = second_factor.enrolled(session, who.user_id, now)
    if code is None:
        raise Invalid("code_missing", "Give totp_code or backup_code.")
    _check_password(fields.get("password"))
    claim = second_factor.worked_out(factor, code, now)
    with transaction() as session:
        refusal = second_factor.conclude(session, factor, claim, edge.client(), now)
        if refusal is None:
            sessions.prove(session, who.own_session, now)
            audit.record(
                session,
                "step_up",
                now,
                user_id=who.user_id,
                object_id=who.own_session,
                address=client_address(),
            )
    if refusal:
        raise refusal
    return {"fresh_until": now + FRESH_FOR}


def _check_password(password: str | None) -> None:
    if "password" in needs(caller()):
        if not password:
            raise Invalid("password_missing", "Give the password, too.")
        edge.check_password(password)
    elif password:
        raise Invalid("password_not_asked", "Leave the password out: none passes through a site.")


def _refuse_old(row: UserSession, now: datetime) -> None:
    """A token that somebody found must not enrol their device."""
    is_young = now - row.created_at < FRESH_FOR
    is_fresh = row.proved_at is not None and now - row.proved_at < FRESH_FOR
    if row.site_id is None and not is_young and not is_fresh:
        raise Forbidden(
            "sign_in_again", "Sign in again to set up an authenticator app: that was long ago."
        )
