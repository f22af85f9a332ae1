"""Single robots: bought for good, or given by the operator for a while."""

import logging
import uuid
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from .. import logs
from ..accounts import audit
from ..models import PluginAccess
from ..plans import robot_access
from . import notices
from .subscriptions import changed


def grant_bought(
    session: Session, user_id: uuid.UUID, robot_id: str, payment_id: str | None, now: datetime
) -> None:
    """Let the user run a robot that is paid for. The same payment counts once."""
    held = session.get(PluginAccess, (user_id, robot_id), with_for_update=True)
    if held is not None and held.payment_id == payment_id and held.source == "purchase":
        return
    if held is not None and held.source == "purchase" and held.ended_at is None:
        logs.event("billing.paid_twice", level=logging.ERROR, robot=robot_id, payment=payment_id)
        return
    row = {
        "level": "full",
        "source": "purchase",
        "payment_id": payment_id,
        "created_at": now,
        "expires_at": None,
        "ended_at": None,
    }
    session.execute(
        insert(PluginAccess)
        .values(user_id=user_id, plugin_id=robot_id, **row)
        .on_conflict_do_update(
            index_elements=[PluginAccess.user_id, PluginAccess.plugin_id], set_=row
        )
    )
    _note(session, "robot.bought", user_id, robot_id, now)
    notices.robot_bought(session, user_id, robot_id, payment_id, now)


def end_refunded(session: Session, payment_id: str, now: datetime) -> None:
    """What was bought with this payment ends: all of the money went back."""
    ended = session.execute(
        update(PluginAccess)
        .where(PluginAccess.payment_id == payment_id, PluginAccess.ended_at.is_(None))
        .values(ended_at=now)
        .returning(PluginAccess.user_id, PluginAccess.plugin_id)
    ).all()
    for user_id, robot_id in ended:
        _note(session, "robot.refunded", user_id, robot_id, now)


def end_expired(session: Session, now: datetime) -> None:
    """Access whose time is over ends; the bots follow."""
    ended = session.execute(
        update(PluginAccess)
        .where(PluginAccess.expires_at <= now, PluginAccess.ended_at.is_(None))
        .values(ended_at=PluginAccess.expires_at)
        .returning(PluginAccess.user_id, PluginAccess.plugin_id)
    ).all()
    for user_id, robot_id in ended:
        _note(session, "robot.expired", user_id, robot_id, now)


def live_access(session: Session, user_id: uuid.UUID, now: datetime) -> dict[str, PluginAccess]:
    """By robot, what the user bought or was given and may still use."""
    rows = session.scalars(
        select(PluginAccess).where(PluginAccess.user_id == user_id, *robot_access.counts(now))
    )
    return {row.plugin_id: row for row in rows}


def _note(session: Session, action: str, user_id: uuid.UUID, robot_id: str, now: datetime) -> None:
    changed(session, user_id, now)
    audit.record(
        session, action, now, user_id=user_id, object_id=user_id, address="", robot=robot_id
    )
