"""Accounts that are about to be deleted: nothing renews for them."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..db import transaction
from ..models import Subscription, User
from . import changes
from .subscriptions import OVER


def leaving(session: Session) -> list[uuid.UUID]:
    """Who leaves with a subscription that would renew."""
    return list(
        session.scalars(
            select(Subscription.user_id)
            .join(User, User.id == Subscription.user_id)
            .where(
                User.leaving_at.is_not(None),
                Subscription.stripe_subscription_id.is_not(None),
                Subscription.status.not_in(OVER),
                Subscription.cancel_at.is_(None),
            )
        )
    )


def end_with_period(user_id: uuid.UUID, now: datetime) -> None:
    """Let the subscription end with its period, if the user still leaves."""
    with transaction() as session:
        user = session.get(User, user_id)
    if user is not None and user.leaving_at is not None:
        changes.cancel(user_id, now)
