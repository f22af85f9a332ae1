"""What traders are told of their broker keys."""

from datetime import datetime

from sqlalchemy.orm import Session

from ..models import TradingAccount
from ..notify import events


def lost(
    session: Session, row: TradingAccount, reason: str, now: datetime, *, is_mailed: bool = False
) -> None:
    """Tell once that these keys can't be used any more. `is_mailed`: a letter says so already."""
    event = events.Event(
        events.Kind.LOST_KEY,
        f"{row.id}:{row.key_version}",
        row.user_id,
        facts={"label": row.label, "reason": reason},
        is_mailed=is_mailed,
    )
    events.emit(session, event, now)
