"""A user's channels: set up, changed, tried out, removed. What leads to them is never shown."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..db import new_id
from ..errors import Conflict, Invalid, NotFound, Unavailable
from ..models import NotificationChannel, User
from ..vault.keyring import Binding, Sealed
from . import outbox, sealed, senders
from .letter import Letter
from .senders import Outcome
from .wording import Message

KINDS = ("telegram", "discord", "slack", "webhook")
MOST = 10
_RECORD = {"telegram": ("bot_token", "chat_id")}  # the others: an address alone
_ADDRESS = ("url",)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A channel's record, checked and sealed. `signing_secret`: a webhook's, to be shown once."""

    binding: Binding
    kind: str
    target: str
    sealed: Sealed
    signing_secret: str | None = field(repr=False)


def channels_of(session: Session, user_id: uuid.UUID) -> Sequence[NotificationChannel]:
    """The user's channels, the oldest first."""
    mine = select(NotificationChannel).where(NotificationChannel.user_id == user_id)
    return session.scalars(mine.order_by(NotificationChannel.created_at)).all()


def channel_for(session: Session, user_id: uuid.UUID, channel_id: uuid.UUID) -> NotificationChannel:
    """The user's channel; NotFound if there is none, or it is someone else's."""
    channel = session.get(NotificationChannel, channel_id)
    if channel is None or channel.user_id != user_id:
        raise NotFound("channel_not_found", "There is no such notification channel.")
    return channel


def prepared(kind: str, given: Mapping[str, Any], binding: Binding) -> Prepared:
    """What is kept of a new or changed channel. May ask a key service: not inside a transaction.

    Invalid `missing_fields`; Invalid `address_not_allowed`; VaultUnavailable.
    """
    record = _record(kind, given)
    senders.refuse_unfit(kind, record)
    secret = f"whsec_{secrets.token_urlsafe(32)}" if kind == "webhook" else None
    target = record["chat_id"] if kind == "telegram" else urlsplit(record["url"]).hostname or ""
    kept = record | ({"secret": secret} if secret else {})
    return Prepared(binding, kind, target[:255], sealed.seal(kept, binding), secret)


def new_binding(user_id: uuid.UUID) -> Binding:
    """Of a channel that is not there yet."""
    return Binding(user_id, new_id(), 1)


def next_binding(channel: NotificationChannel) -> Binding:
    """Of the record that takes the place of this channel's."""
    return Binding(channel.user_id, channel.id, channel.key_version + 1)


def add(session: Session, name: str, made: Prepared, now: datetime) -> NotificationChannel:
    """Store a new channel and write to its owner. Conflict `name_taken`, `too_many_channels`."""
    user = _lock_owner(session, made.binding.user_id)
    _refuse_taken(session, user.id, name, None)
    count = select(func.count()).where(NotificationChannel.user_id == user.id)
    if (session.scalar(count) or 0) >= MOST:
        raise Conflict("too_many_channels", f"You have {MOST} channels already. Remove one.")
    channel = NotificationChannel(id=made.binding.account_id, user_id=user.id, created_at=now)
    channel.kind, channel.name = made.kind, name
    _keep(channel, made)
    session.add(channel)
    _tell_owner(session, user, channel, now)
    session.flush()
    return channel


def change(
    session: Session, seen: NotificationChannel, name: str, made: Prepared | None, now: datetime
) -> NotificationChannel:
    """Store a new name, and a new record if one was made. Conflict `name_taken`; Conflict
    `changed_meanwhile` if the record is no longer the one that was seen."""
    user = _lock_owner(session, seen.user_id)
    _refuse_taken(session, user.id, name, seen.id)
    channel = session.get(NotificationChannel, seen.id, with_for_update=True)
    if channel is None or channel.key_version != seen.key_version:
        raise Conflict("changed_meanwhile", "The channel was changed meanwhile. Try again.")
    channel.name = name
    if made is not None:
        _keep(channel, made)
        channel.last_error = None
        _tell_owner(session, user, channel, now)
    return channel


def hand_over(channel: NotificationChannel, message: Message, now: datetime) -> Outcome:
    """Send one message to the channel. Not inside a transaction: others are waited for."""
    try:
        record = sealed.opened(channel)
    except Unavailable as error:
        return Outcome("later", error.message)
    return senders.send(channel.kind, record, message, now)


def _record(kind: str, given: Mapping[str, Any]) -> dict[str, str]:
    wanted = _RECORD.get(kind, _ADDRESS)
    record = {name: str(value).strip() for name, value in given.items() if name != "name"}
    if set(record) != set(wanted):
        sentence = f"A channel of the kind {kind} takes {' and '.join(wanted)}."
        raise Invalid("missing_fields", sentence, {"fields": list(wanted)})
    return record


def _keep(channel: NotificationChannel, made: Prepared) -> None:
    channel.target = made.target
    channel.key_version = made.binding.key_version
    channel.sealed_record = made.sealed.record
    channel.wrapped_key, channel.wrapped_by = made.sealed.key.blob, made.sealed.key.by


def _lock_owner(session: Session, user_id: uuid.UUID) -> User:
    """Two requests must not both find a name free, or room for one more."""
    return session.scalars(
        select(User).where(User.id == user_id).with_for_update(key_share=True)
    ).one()


def _refuse_taken(
    session: Session, user_id: uuid.UUID, name: str, own_id: uuid.UUID | None
) -> None:
    holder = session.scalar(
        select(NotificationChannel.id).where(
            NotificationChannel.user_id == user_id, NotificationChannel.name == name
        )
    )
    if holder is not None and holder != own_id:
        raise Conflict("name_taken", "You have another channel with this name.")


def _tell_owner(session: Session, user: User, channel: NotificationChannel, now: datetime) -> None:
    """By mail: what bots do is told there from now on, and it may be a thief who asked for it."""
    if outbox.is_usable(user.email):
        letter = Letter(
            kind="channel_set_up",
            subject="A notification channel was set up",
            paragraphs=(
                f"What your bots do is now told to “{channel.name}” as well "
                f"({channel.kind.capitalize()}, {channel.target}).",
            ),
            closing=(
                "If this was not you, remove the channel, set a new password and look through "
                "your bots.",
            ),
        )
        outbox.put(session, letter, user.email, now, user_id=user.id, name=user.username)
