"""Rings workers for bots' signals: the one place that says whose go ahead of those that wait."""

import logging
import uuid
from collections.abc import Collection, Mapping

from sqlalchemy import and_, select
from sqlalchemy.exc import DBAPIError

from .. import db, logs, queues
from ..models import Bot, Subscription
from .entitlements import is_in_force, of_plan


def ring(*bot_ids: uuid.UUID) -> bool:
    """Have workers look at these bots' signals soon, after the commit that stored them.

    False if database or Redis did not answer: nothing is lost, the sweeper finds the signals.
    """
    if not bot_ids:
        return True
    try:
        return ring_known(_standing(bot_ids))
    except DBAPIError as error:
        logs.event("ring.failed", level=logging.WARNING, error=type(error.orig).__name__)
        return False


def ring_known(bots: Mapping[uuid.UUID, bool]) -> bool:
    """The same where it is known which of the bots go ahead (True), and which don't."""
    for is_ahead in (True, False):
        calls = [(str(bot_id),) for bot_id, goes_ahead in bots.items() if goes_ahead is is_ahead]
        if calls and not queues.enqueue_all(queues.PROCESS_SIGNALS, calls, at_front=is_ahead):
            return False
    return True


def _standing(bot_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, bool]:
    """By bot, whether its user's plan has priority."""
    query = (
        select(Bot.id, Subscription.plan_id)
        .outerjoin(Subscription, and_(Subscription.user_id == Bot.user_id, is_in_force()))
        .where(Bot.id.in_(bot_ids))
    )
    with db.reading() as session:
        return {row.id: of_plan(row.plan_id).has_priority for row in session.execute(query)}
