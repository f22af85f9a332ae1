"""What the webhook would answer to an alert now. The decision is intake's own, on a desk of which
nothing is written."""

import uuid
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..models import Bot, BotSequence, Signal
from ..plans.entitlements import entitlements
from ..plans.service import webhooks_today
from .admission import BotState, Desk, Known, admit_all
from .arrival import Arrival, Verdict, arrive
from .door import MAX_BODY

_NOBODY = uuid.UUID(int=0)


def answer_to(
    session: Session, bot: Bot, body: bytes, per_minute: int, now: datetime
) -> Verdict | None:
    """The verdict on this body, sent with the right secret from an address that may send. None
    if it is too large to be looked at."""
    if len(body) > MAX_BODY:
        return None
    arrival = arrive(_NOBODY, bot.id, bot.secret_hash, body, now)
    [verdict] = admit_all([arrival], _desk(session, bot, arrival, per_minute))
    return verdict


def _desk(session: Session, bot: Bot, arrival: Arrival, per_minute: int) -> Desk:
    day = arrival.received_at.astimezone(UTC).date()
    used = webhooks_today(session, bot.user_id, arrival.received_at)
    return Desk(
        per_minute=per_minute,
        bots={bot.id: _state(session, bot, arrival.received_at)},
        known=_known(session, arrival),
        used={(bot.user_id, day): used},
    )


def _state(session: Session, bot: Bot, now: datetime) -> BotState:
    row = session.get(BotSequence, bot.id)
    allowed = entitlements(session, bot.user_id)
    return BotState(
        bot_id=bot.id,
        user_id=bot.user_id,
        secret_hash=bot.secret_hash,
        previous_secret_hash=None,
        previous_secret_until=None,
        status=bot.status,
        execution={k: v for k, v in bot.execution.items() if k != "allowed_senders"},
        webhooks_per_day=allowed.max_webhooks_per_day,
        has_priority=allowed.has_priority,
        last=row.last if row else 0,
        minute=row.minute if row else now.replace(second=0, microsecond=0),
        in_minute=row.in_minute if row else 0,
        in_minute_before=row.in_minute_before if row else 0,
    )


def _known(session: Session, arrival: Arrival) -> dict[tuple[uuid.UUID, str], Known]:
    if arrival.key is None:
        return {}
    held = select(Signal).where(Signal.bot_id == arrival.bot_id, Signal.dedup_key == arrival.key)
    holder = session.scalar(held)
    return {(arrival.bot_id, arrival.key): Known(holder.id, holder.dedup_until)} if holder else {}
