"""What leads to a user's channel (tokens, addresses, signing secrets), sealed where it is kept."""

import json
import logging
from collections.abc import Mapping

from .. import logs
from ..errors import Unavailable
from ..models import NotificationChannel
from ..vault import envelope
from ..vault.keyring import Binding, Sealed, Tampered, WrappedKey


def seal(record: Mapping[str, str], binding: Binding) -> Sealed:
    """Encrypt a record for its channel. May ask a key service: not inside a transaction."""
    return envelope.seal(json.dumps(record).encode(), binding)


def opened(channel: NotificationChannel) -> dict[str, str]:
    """The record in plain. May ask a key service: not inside a transaction.

    Unavailable `channel_unreadable` if the row was changed or moved; VaultUnavailable.
    """
    kept = Sealed(channel.sealed_record, WrappedKey(channel.wrapped_key, channel.wrapped_by))
    try:
        record: dict[str, str] = json.loads(envelope.unseal(kept, binding_of(channel)))
    except Tampered as error:
        logs.event("channel.tampered", level=logging.ERROR, channel_id=channel.id)
        raise Unavailable(
            "channel_unreadable", "This channel can't be read any more. Set it up anew."
        ) from error
    return record


def binding_of(channel: NotificationChannel) -> Binding:
    """What this row's record belongs to."""
    return Binding(channel.user_id, channel.id, channel.key_version)
