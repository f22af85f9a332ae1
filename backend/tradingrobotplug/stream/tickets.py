"""Tickets for the stream: a browser can't send a header with a WebSocket, and an access token must
not be in an address. A ticket may: it is good once, for half a minute, and only hashed here."""

import hashlib
import json
import secrets
import uuid
from dataclasses import dataclass

from redis.exceptions import RedisError

from .. import queues
from ..errors import Unavailable

LIFETIME_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose ticket it is, and the session or API key that it was asked for with."""

    user_id: uuid.UUID
    session_id: uuid.UUID | None
    key_id: uuid.UUID | None


def issue(holder: Holder) -> str:
    """A new ticket. Unavailable without Redis."""
    ticket = secrets.token_urlsafe(32)
    kept = [str(part) if part else None for part in _parts(holder)]
    try:
        queues.redis().set(_name(ticket), json.dumps(kept), ex=LIFETIME_SECONDS)
    except RedisError as error:
        raise Unavailable("stream_unavailable", "Live updates are not available now.") from error
    return ticket


def redeem(ticket: str) -> Holder | None:
    """Use a ticket up: of parallel tries one gets it. None if it is unknown, used or too old.
    RedisError if Redis is away."""
    kept = queues.redis().getdel(_name(ticket))
    if kept is None:
        return None
    user_id, *opened_by = (part and uuid.UUID(part) for part in json.loads(kept))
    return Holder(user_id, *opened_by)


def _parts(holder: Holder) -> tuple[uuid.UUID | None, ...]:
    return holder.user_id, holder.session_id, holder.key_id


def _name(ticket: str) -> str:
    return f"stream:ticket:{hashlib.sha256(ticket.encode('utf-8', 'surrogatepass')).hexdigest()}"
