"""Who takes part in the leaderboard, and by which name. Taking part is each user's own choice."""

import secrets
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..models import LeaderboardEntry, LeaderboardMember
from .leaderboard_board import MIN_DAYS, MIN_TRADES

_QUALITIES = (
    "amber", "azure", "brisk", "calm", "candid", "clear", "copper", "coral", "crisp", "deep",
    "eager", "early", "fair", "fleet", "gentle", "golden", "grand", "hardy", "ivory", "jade",
    "keen", "late", "light", "lucid", "mild", "misty", "noble", "north", "pale", "patient",
    "plain", "prime", "quick", "quiet", "rapid", "ruby", "rural", "sage", "silver", "sleek",
    "sober", "solid", "south", "spry", "steady", "still", "stone", "sunny", "swift", "true",
    "vivid", "warm", "west", "wide", "winter", "wise",
)  # fmt: skip
_ANIMALS = (
    "badger", "bear", "beaver", "bison", "boar", "bobcat", "crane", "crow", "deer", "dolphin",
    "eagle", "egret", "elk", "falcon", "ferret", "finch", "fox", "gecko", "goose", "hare",
    "hawk", "heron", "horse", "ibex", "jackal", "jay", "kestrel", "lark", "lynx", "magpie",
    "marten", "mole", "moose", "newt", "orca", "otter", "owl", "panther", "pelican", "pike",
    "puffin", "quail", "raven", "robin", "salmon", "seal", "shrike", "sparrow", "stoat",
    "stork", "swan", "tern", "trout", "viper", "vole", "walrus", "wolf", "wren", "yak",
)  # fmt: skip


def join(session: Session, user_id: uuid.UUID, now: datetime) -> bool:
    """Take part; False if the user does already. A name that was given once stays the same."""
    back = session.execute(
        update(LeaderboardMember)
        .where(LeaderboardMember.user_id == user_id, LeaderboardMember.left_at.is_not(None))
        .values(joined_at=now, left_at=None)
        .returning(LeaderboardMember.user_id)
    )
    if back.first() is not None:
        return True
    while session.get(LeaderboardMember, user_id) is None:
        row = insert(LeaderboardMember).values(user_id=user_id, handle=_handle(), joined_at=now)
        made = row.on_conflict_do_nothing().returning(LeaderboardMember.user_id)
        if session.scalar(made) is not None:
            return True
    return False


def leave(session: Session, user_id: uuid.UUID, now: datetime) -> bool:
    """Take part no longer; False if the user did not. The board forgets at once, while days that
    were published stay published, under the name that leads to nobody."""
    left = session.execute(
        update(LeaderboardMember)
        .where(LeaderboardMember.user_id == user_id, LeaderboardMember.left_at.is_(None))
        .values(left_at=now)
        .returning(LeaderboardMember.user_id)
    )
    if left.first() is None:
        return False
    for row in session.scalars(_places(user_id)):
        session.delete(row)
    return True


def membership(session: Session, user_id: uuid.UUID) -> dict[str, Any]:
    """Whether a user takes part, by which name, and at which places."""
    member = session.get(LeaderboardMember, user_id, populate_existing=True)
    return {
        "listed": member is not None and member.left_at is None,
        "handle": member.handle if member else None,
        "joined_at": member.joined_at if member else None,
        "left_at": member.left_at if member else None,
        "places": [
            {
                "mode": row.mode,
                "period": row.period,
                "rank": row.position if row.is_ranked else None,
                "trade_count": row.trade_count,
                "days": row.days,
            }
            for row in session.scalars(_places(user_id))
        ],
        "minimum_trades": MIN_TRADES,
        "minimum_days": MIN_DAYS,
    }


def _places(user_id: uuid.UUID) -> Any:
    entry = LeaderboardEntry
    chosen = select(entry).where(entry.user_id == user_id, entry.kind == "user")
    return chosen.order_by(entry.mode, entry.period)


def _handle() -> str:
    words = secrets.choice(_QUALITIES), secrets.choice(_ANIMALS)
    return f"{'-'.join(words)}-{secrets.randbelow(9_000) + 1_000}"
