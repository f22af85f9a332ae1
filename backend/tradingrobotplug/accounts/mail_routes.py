"""HTTP in and out for what goes by mail: confirmed addresses, forgotten and changed passwords."""

from typing import Any

from flask_smorest import Blueprint

from .. import clock
from ..db import transaction
from ..models import User
from ..web.auth import caller, freshly_proved, signed_in, signed_in_at_all
from ..web.limits import client_address, strictly
from ..web.openapi import guarded, refuses
from . import edge, new_address, passwords, recovery, verification
from .mail_schemas import EmailChange, Forgotten, LinkToken, PasswordChange, PasswordReset
from .schemas import Success

Answer = dict[str, Any]
DONE = {"success": True}

blueprint = Blueprint(
    "passwords", __name__, url_prefix="/api/auth", description="Addresses and passwords"
)


@blueprint.post("/verify-email")
@strictly
@blueprint.arguments(LinkToken)
@blueprint.response(200, Success)
@refuses(blueprint, 422, 429)
def verify_email(fields: Answer) -> Answer:
    """Confirm the account's email address with the token of the mailed link"""
    with transaction() as session:
        verification.confirm(session, fields["token"], clock.now())
    return DONE


@blueprint.post("/verify-email/resend")
@strictly
@signed_in_at_all
@blueprint.response(200, Success)
@guarded(blueprint, 409)
def resend_verification() -> Answer:
    """Mail the link again; at most three an hour"""
    with transaction() as session:
        user = session.get_one(User, caller().user_id, with_for_update=True)
        verification.send_again(session, user, clock.now())
    return DONE


@blueprint.post("/password/forgot")
@strictly
@blueprint.arguments(Forgotten)
@blueprint.response(200, Success)
@refuses(blueprint, 422, 429)
def forgot_password(fields: Answer) -> Answer:
    """Mail a link for a new password, if there is such an account; the answer is always the same"""
    with transaction() as session:
        recovery.ask(session, fields["email"], client_address(), clock.now())
    return DONE


@blueprint.post("/password/reset")
@strictly
@blueprint.arguments(PasswordReset)
@blueprint.response(200, Success)
@refuses(blueprint, 422, 429)
def reset_password(fields: Answer) -> Answer:
    """Set a new password with the token of the mailed link; every session ends"""
    edge.reset_password(fields["token"], fields["password"])
    return DONE


@blueprint.post("/password/change")
@strictly
@signed_in
@freshly_proved
@blueprint.arguments(PasswordChange)
@blueprint.response(200, Success)
@guarded(blueprint, 409, 422)
def change_password(fields: Answer) -> Answer:
    """Set a new password; every other session ends"""
    asked = edge.check_password(fields["current_password"])
    with transaction() as session:
        user = session.get_one(User, caller().user_id)
    passwords.refuse_weak(fields["password"], user.email, user.username)
    new_hash = passwords.hashed(fields["password"])
    with transaction() as session:
        recovery.change(
            session,
            caller().user_id,
            asked.password_hash,
            new_hash,
            kept=caller().own_session,
            device=edge.device(),
            address=client_address(),
            now=clock.now(),
        )
    return DONE


@blueprint.post("/email/change")
@strictly
@signed_in
@freshly_proved
@blueprint.arguments(EmailChange)
@blueprint.response(200, Success)
@guarded(blueprint, 422)
def change_email(fields: Answer) -> Answer:
    """Mail a link to the new address; it counts once the link is followed"""
    with transaction() as session:
        new_address.ask(
            session,
            caller().user_id,
            fields["email"],
            edge.device(),
            client_address(),
            clock.now(),
        )
    return DONE
