"""Work on accounts that nobody waits for."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from .. import clock, logs
from ..db import transaction
from ..models import LoginAttempt, SiteAssertion, SiteCode, UserSession
from ..web import idempotency
from . import leaving, linking, recovery, tokens
from .counters import LOCKED_FOR, PER_ACCOUNT
from .login import KNOWN_FOR


def answer_forgotten(request_id: str) -> None:
    """Mail a reset link, if the address that was asked for has an account."""
    with transaction() as session:
        recovery.answer(session, uuid.UUID(request_id), clock.now())


def sweep() -> None:
    """Answer requests for a reset link whose ring was lost. Run by the scheduler."""
    with transaction() as session:
        waiting = recovery.unanswered(session, clock.now())
    for request_id in waiting:
        with logs.apart("recovery.not_answered", request_id=request_id):
            answer_forgotten(str(request_id))


def erase() -> None:
    """Erase the accounts whose days of grace are over, each by itself. Run hourly."""
    with transaction() as session:
        leavers = leaving.due(session, clock.now())
    for user_id in leavers:
        with logs.apart("account.not_erased", user_id=user_id), transaction() as session:
            leaving.erase(session, user_id, clock.now())


def prune() -> None:
    """Delete rows that no longer decide anything. To be run now and then, hourly at most."""
    now = clock.now()
    with transaction() as session:
        _prune_sign_in(session, now)
        session.execute(delete(SiteAssertion).where(SiteAssertion.expires_at < now))
        session.execute(delete(SiteCode).where(SiteCode.expires_at < now - timedelta(days=1)))
        idempotency.prune(session, now)
        tokens.prune(session, now)
        linking.prune(session, now)
        recovery.prune(session, now)


def _prune_sign_in(session: Session, now: datetime) -> None:
    counted_since = now - PER_ACCOUNT.within - LOCKED_FOR
    session.execute(delete(LoginAttempt).where(LoginAttempt.first_failed_at < counted_since))
    # A session that is long over still tells which addresses its account is used from.
    session.execute(delete(UserSession).where(UserSession.expires_at < now - KNOWN_FOR))
