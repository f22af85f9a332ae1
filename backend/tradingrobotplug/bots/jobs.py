"""Worker entry points for bots."""

import uuid

from sqlalchemy import delete, select

from .. import clock, logs
from ..db import transaction
from ..models import EntitlementChange
from . import places

_AT_ONCE = 100


def fit_to_plan(user_id: str) -> None:
    """Give the user's bots the places that the plan has for them now. Twice is harmless."""
    with transaction() as session:
        change = session.get(EntitlementChange, uuid.UUID(user_id))
        if change is None:
            return
        places.fit(session, change.user_id, clock.now())
        # One that came meanwhile stays, and brings another run.
        done = EntitlementChange.user_id == change.user_id
        session.execute(
            delete(EntitlementChange).where(done, EntitlementChange.changed_at <= change.changed_at)
        )


def sweep() -> None:
    """Fit the bots whose ring was lost. Run by the scheduler."""
    with transaction() as session:
        waiting = session.scalars(
            select(EntitlementChange.user_id).order_by(EntitlementChange.changed_at).limit(_AT_ONCE)
        ).all()
    for user_id in waiting:
        with logs.apart("plan.not_fitted", user_id=user_id):
            fit_to_plan(str(user_id))
