"""What is done to bots: in the audit trail, and on the user's open pages."""

import uuid

from sqlalchemy.orm import Session

from .. import clock, live
from ..accounts import audit
from ..web.auth import caller
from ..web.limits import client_address


def note(session: Session, what: str, bot_id: uuid.UUID, **details: str | int) -> None:
    """Record what the caller did to a bot; pages that show it are told to read it again."""
    live.note(session, "bot", caller().user_id, bot_id, bot_id)
    audit.record(
        session,
        f"bot.{what}",
        clock.now(),
        user_id=caller().user_id,
        object_id=bot_id,
        address=client_address(),
        by="session" if caller().session_id else "api_key",
        **details,
    )
