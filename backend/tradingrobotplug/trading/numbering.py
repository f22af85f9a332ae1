"""A bot's signals stand in one order, whoever stores them."""

import uuid
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..models import BotSequence


def next_seq(session: Session, bot_id: uuid.UUID, now: datetime) -> int:
    """Next in the bot's order; locks the bot's intake until the commit."""
    row = insert(BotSequence).values(
        bot_id=bot_id, last=1, minute=now, in_minute=0, in_minute_before=0
    )
    counted = row.on_conflict_do_update(
        index_elements=[BotSequence.bot_id], set_={"last": BotSequence.last + 1}
    )
    return session.execute(counted.returning(BotSequence.last)).scalar_one()
