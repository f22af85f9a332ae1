"""What a user is told, and where: every event for mail and each channel."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..db import new_id
from ..errors import NotFound
from ..models import NotificationPreference
from . import channels
from .events import Kind, is_usual

MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Preference:
    """Whether an event is told through a channel: its id as text, or `mail`."""

    event: str
    channel: str
    is_wanted: bool


def preferences_of(session: Session, user_id: uuid.UUID) -> list[Preference]:
    """Every event with every channel of the user, mail first; what is usual where they said
    nothing."""
    said = _said(session, user_id)
    places: list[uuid.UUID | None] = [None]
    places += [channel.id for channel in channels.channels_of(session, user_id)]
    return [
        Preference(
            kind.value,
            MAIL if place is None else str(place),
            said.get((kind.value, place), is_usual(kind, by_mail=place is None)),
        )
        for kind in Kind
        for place in places
    ]


def choose(session: Session, user_id: uuid.UUID, chosen: Sequence[Preference]) -> None:
    """Keep what the user says; what they do not name stays. NotFound `channel_not_found`."""
    own = {str(channel.id): channel.id for channel in channels.channels_of(session, user_id)}
    for one in chosen:
        if one.channel != MAIL and one.channel not in own:
            raise NotFound("channel_not_found", "There is no such notification channel.")
    # One word each, the last one said: a statement can't touch a row twice.
    words = {(one.event, own.get(one.channel)): one.is_wanted for one in chosen}
    if not words:
        return
    rows = [
        {"id": new_id(), "user_id": user_id, "event": event, "channel_id": place, "is_wanted": word}
        for (event, place), word in words.items()
    ]
    kept = insert(NotificationPreference).values(rows)
    session.execute(
        kept.on_conflict_do_update(
            index_elements=["user_id", "event", "channel_id"],
            set_={"is_wanted": kept.excluded.is_wanted},
        )
    )


def _said(session: Session, user_id: uuid.UUID) -> Mapping[tuple[str, uuid.UUID | None], bool]:
    rows = session.scalars(
        select(NotificationPreference).where(NotificationPreference.user_id == user_id)
    )
    return {(row.event, row.channel_id): row.is_wanted for row in rows}
