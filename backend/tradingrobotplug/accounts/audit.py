"""The trail of who did what, from where. Rows are only ever added."""

import uuid
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from ..models import AuditLog


def record(
    session: Session,
    action: str,
    now: datetime,
    *,
    user_id: uuid.UUID | None = None,
    object_id: object = None,
    address: str = "",
    **details: str | int,
) -> None:
    """Add one row, e.g. record(session, "login.failed", now, address=…)."""
    session.add(
        AuditLog(
            at=now,
            user_id=user_id,
            action=action,
            object_id=None if object_id is None else str(object_id),
            address=address,
            details=dict(details),
        )
    )


def make_anonymous(session: Session, user_id: uuid.UUID) -> None:
    """Of an erased user: what happened and when stays, under an id that nothing leads from."""
    session.execute(
        update(AuditLog).where(AuditLog.user_id == user_id).values(address="", details={})
    )
