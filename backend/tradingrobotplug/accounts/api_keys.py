"""API keys: a program acts for its user, within the key's scopes and the user's plan."""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from ..db import transaction
from ..errors import Conflict, Forbidden, NotFound, Unauthenticated
from ..models import ApiKey, User
from ..notify import outbox
from ..plans.entitlements import entitlements, refuse_unless
from ..web import limits
from ..web.auth import Caller, Scope
from . import audit, letters

MOST_LIVE = 10
USED_EVERY = timedelta(minutes=1)
_RANDOM_BYTES = 32
_SHOWN = 12  # characters, the first four of them the same for all


@dataclass(frozen=True, slots=True)
class NewKey:
    """What its owner asked for."""

    name: str
    scopes: Sequence[Scope]
    lifetime: timedelta


def live_ones(user_id: uuid.UUID, now: datetime) -> Select[ApiKey]:
    """The query for a user's keys that work, newest first."""
    return select(ApiKey).where(ApiKey.user_id == user_id, _is_live(now)).order_by(ApiKey.id.desc())


def create(
    session: Session, user_id: uuid.UUID, asked: NewKey, address: str, device: str, now: datetime
) -> tuple[ApiKey, str]:
    """The new key's row, and the key itself, which is not kept.

    Forbidden `plan_limit_reached`, Conflict `too_many_keys`. The user's row is locked, so that
    parallel requests count one after the other.
    """
    user = session.get_one(User, user_id, with_for_update=True)
    if user.leaving_at is not None:  # since the guard looked
        raise Forbidden("account_leaving", "This account is about to be deleted.")
    _refuse_without_access(session, user_id)
    _refuse_too_many(session, user_id, now)
    key = "trp_" + secrets.token_urlsafe(_RANDOM_BYTES)
    row = ApiKey(
        user_id=user_id,
        name=asked.name,
        prefix=key[:_SHOWN],
        key_hash=_hashed(key),
        scopes=list(asked.scopes),
        created_at=now,
        expires_at=now + asked.lifetime,
    )
    session.add(row)
    session.flush()
    can = " and ".join(asked.scopes)
    letter = letters.api_key_created(asked.name, can, now, address, device)
    outbox.put(session, letter, user.email, now, user_id=user.id, name=user.username)
    _note(session, "api_key.created", user_id, [row.id], address, now, scopes=can)
    return row, key


def revoke(
    session: Session, user_id: uuid.UUID, key_id: uuid.UUID, address: str, now: datetime
) -> None:
    """End one of the user's keys at once. NotFound if there is none with this id."""
    ended = _ended(session, user_id, now, ApiKey.id == key_id)
    if not ended:
        raise NotFound("not_found", "There is no such API key.")
    _note(session, "api_key.revoked", user_id, ended, address, now)


def revoke_all(
    session: Session, user_id: uuid.UUID, address: str, now: datetime, reason: str
) -> None:
    """End every key of the user at once."""
    ended = _ended(session, user_id, now)
    _note(session, "api_key.revoked", user_id, ended, address, now, reason=reason)


def caller_by(key: str, scope: Scope, now: datetime) -> Caller:
    """Who may use this key for this scope; that it was used is kept.

    Unauthenticated `key_not_valid`, Forbidden `plan_limit_reached` or `scope_missing`, 429 over
    the limit of the key. No transaction of the caller's: what a refusal records must stay.
    """
    with transaction() as session:
        found = session.execute(_OWNED.where(ApiKey.key_hash == _hashed(key))).one_or_none()
        is_live = found is not None and _is_in_time(session, found, now)
    if found is None or not is_live:
        raise Unauthenticated("key_not_valid", "This API key is not valid.")
    limits.count_key(found.id)
    with transaction() as session:
        _refuse_without_access(session, found.user_id)
        _refuse_scope(found.scopes, scope)
        _keep_use(session, found.id, now)
    return Caller(found.user_id, found.role, key_id=found.id)


def still_reads(key_id: uuid.UUID, now: datetime) -> bool:
    """Whether a key that was let in to read still would be; for what outlives its request."""
    with transaction() as session:
        found = session.execute(_OWNED.where(ApiKey.id == key_id, _is_live(now))).one_or_none()
        if found is None or "read" not in found.scopes:
            return False
        return entitlements(session, found.user_id).api_access


_OWNED = (
    select(ApiKey.id, ApiKey.user_id, ApiKey.scopes, ApiKey.expires_at, User.role)
    .join(User, User.id == ApiKey.user_id)
    .where(ApiKey.revoked_at.is_(None), User.suspended_at.is_(None), User.leaving_at.is_(None))
)


def _is_in_time(session: Session, found: Row[Any], now: datetime) -> bool:
    if found.expires_at is None or found.expires_at > now:
        return True
    # The first use after its time revokes it, so that this is recorded once, not at every try.
    ended = _ended(session, found.user_id, now, ApiKey.id == found.id)
    address = limits.client_address()
    _note(session, "api_key.refused_expired", found.user_id, ended, address, now)
    return False


def _refuse_scope(scopes: Sequence[str], scope: Scope) -> None:
    if scope not in scopes:
        sentence = f"This API key has not the scope “{scope}”."
        raise Forbidden("scope_missing", sentence, {"scope": scope})


def _keep_use(session: Session, key_id: uuid.UUID, now: datetime) -> None:
    is_due = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at <= now - USED_EVERY)
    session.execute(update(ApiKey).where(ApiKey.id == key_id, is_due).values(last_used_at=now))


def _refuse_without_access(session: Session, user_id: uuid.UUID) -> None:
    allowed = entitlements(session, user_id)
    refuse_unless(
        lambda plan: plan.api_access,
        allowed,
        "api_access",
        False,
        f"The {allowed.plan_title} plan has no API access.",
    )


def _refuse_too_many(session: Session, user_id: uuid.UUID, now: datetime) -> None:
    live = session.scalar(select(func.count()).where(ApiKey.user_id == user_id, _is_live(now)))
    if (live or 0) >= MOST_LIVE:
        sentence = f"An account has at most {MOST_LIVE} API keys. Revoke one first."
        raise Conflict("too_many_keys", sentence, {"allowed": MOST_LIVE})


def _ended(
    session: Session, user_id: uuid.UUID, now: datetime, *which: ColumnElement[bool]
) -> Sequence[uuid.UUID]:
    """Revoke those of the user's keys that are not yet: the ids of those that this call ended."""
    return session.scalars(
        update(ApiKey)
        .where(ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None), *which)
        .values(revoked_at=now)
        .returning(ApiKey.id)
    ).all()


def _note(
    session: Session,
    action: str,
    user_id: uuid.UUID,
    key_ids: Sequence[uuid.UUID],
    address: str,
    now: datetime,
    **details: str,
) -> None:
    for key_id in key_ids:
        audit.record(
            session, action, now, user_id=user_id, object_id=key_id, address=address, **details
        )


def _is_live(now: datetime) -> ColumnElement[bool]:
    in_time = or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now)
    return and_(ApiKey.revoked_at.is_(None), in_time)


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
