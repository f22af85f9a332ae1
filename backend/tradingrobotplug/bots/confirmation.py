"""What a user confirms when a bot is to trade with real money: a signed value, good for minutes.

It is bound to the user, the bot, and everything that was shown; it holds no more than what the
next request must repeat. Once the bot went live it fits nothing any more.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from itsdangerous import BadData, URLSafeSerializer

from ..errors import Conflict, Invalid
from ..money import as_text

LIFETIME = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The account and capital that were asked for, and the hash of what was shown."""

    account_id: uuid.UUID
    capital: Decimal
    fingerprint: str


def signed(
    secret: str, user_id: uuid.UUID, bot_id: uuid.UUID, what: Confirmed, now: datetime
) -> str:
    """The value that the user sends back to agree."""
    ends_at = (now + LIFETIME).timestamp()
    terms = [str(what.account_id), as_text(what.capital), what.fingerprint]
    value: str = _signer(secret).dumps([str(user_id), str(bot_id), ends_at, *terms])
    return value


def read(
    secret: str, value: str, user_id: uuid.UUID, bot_id: uuid.UUID, now: datetime
) -> Confirmed:
    """What the user agrees to. Invalid `confirmation_not_valid` for a value that we did not sign
    for this user and bot; Conflict `confirmation_expired`."""
    try:
        whose, which, ends_at, account_id, capital, fingerprint = _signer(secret).loads(value)
    except BadData as error:
        raise _not_valid() from error
    if (whose, which) != (str(user_id), str(bot_id)):
        raise _not_valid()
    if now.timestamp() >= ends_at:
        raise Conflict(
            "confirmation_expired", "That took more than five minutes. Look at the terms again."
        )
    return Confirmed(uuid.UUID(account_id), Decimal(capital), fingerprint)


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        secret,
        salt="a bot goes live",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )


def _not_valid() -> Invalid:
    return Invalid("confirmation_not_valid", "This confirmation is not for this bot of yours.")
