"""What traders are told of their alerts."""

from datetime import datetime

from sqlalchemy.orm import Session

from ..models import Bot, Signal
from ..notify import events
from ..notify.events import Kind

_TOLD = {"refused": Kind.REFUSED, "expired": Kind.REFUSED, "dead": Kind.DEAD}


def tell(session: Session, signal: Signal, word: str, now: datetime) -> None:
    """Tell of an alert that was not carried out, and once of an order nobody has answered for.

    `word` is what the latest attempt came to; an alert is told as dead when none follows.
    """
    kinds = [_TOLD.get(signal.status), Kind.IN_DOUBT if word == "in_doubt" else None]
    for kind in filter(None, kinds):
        owner = session.get_one(Bot, signal.bot_id).user_id
        facts = {"reason": signal.last_error or "no reason was given."}
        event = events.Event(kind, str(signal.id), owner, signal.bot_id, facts)
        events.emit(session, event, now)
