"""Another email address for an account: it counts once its mailbox has confirmed it."""

import uuid
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..errors import Conflict, Invalid
from ..models import User
from ..notify import outbox
from . import audit, letters, tokens, verification
from .service import normalise_email


def ask(
    session: Session, user_id: uuid.UUID, email: str, device: str, address: str, now: datetime
) -> None:
    """Mail a link to the new address and a notice to the present one.

    Whether the new address belongs to another account is not said here; only its owner learns it.
    """
    user = session.get_one(User, user_id, with_for_update=True)
    email = normalise_email(email)
    if email == user.email:
        raise Invalid("same_email", "This is the address of your account already.")
    verification.refuse_too_many(session, user, "new_email", now)
    link = tokens.issue(session, user, "email", email, now)
    letter = letters.new_email(link)
    outbox.put(session, letter, email, now, user_id=user.id, name=user.username)
    notice = letters.email_change_asked(email, now, address, device)
    outbox.put(session, notice, user.email, now, user_id=user.id, name=user.username)
    audit.record(session, "email.change_asked", now, user_id=user.id, address=address)


def confirm(session: Session, token: str, now: datetime) -> User:
    """From now on the account has the new address, which is thereby verified.

    Invalid `link_not_valid`; Conflict `email_taken`.
    """
    user, email = tokens.use(session, token, "email", now)
    old = user.email
    user.email, user.email_verified_at = email, now
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(
            "email_taken", "There is already another account with this email address."
        ) from error
    tokens.void(session, user.id, "verify", "reset", "email", "delete")
    letter = letters.email_changed(email)
    outbox.put(session, letter, old, now, user_id=user.id, name=user.username)
    audit.record(session, "email.changed", now, user_id=user.id)
    return user
