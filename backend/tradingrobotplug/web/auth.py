"""Who is asking: guards for views.

An access token is checked against its session row on every request. What a session may do depends
on what was given in it: with the policy `required` nothing but to enrol before the second factor
was; what is risky only within ten minutes of it.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Literal, ParamSpec, TypeVar

from flask import current_app, g, request
from sqlalchemy import Select, and_, or_, select, update

from ..clock import now as read_clock
from ..config import Settings
from ..db import transaction
from ..errors import Forbidden, Unauthenticated
from ..models import SecondFactor, Site, User, UserSession
from .tokens import claims

IDLE_LIMIT = timedelta(minutes=30)
SEEN_EVERY = timedelta(minutes=1)
FRESH_FOR = timedelta(minutes=10)
KEY_HEADER = "X-API-Key"

Scope = Literal["read", "trade"]
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Caller:
    """The user of this request, by a session or by an API key."""

    user_id: uuid.UUID
    role: str
    session_id: uuid.UUID | None = None  # None: an API key
    site_id: uuid.UUID | None = None  # the connected site that keeps the session
    proved_at: datetime | None = None  # when the second factor was last given in the session
    key_id: uuid.UUID | None = None  # the API key, where it is one

    @property
    def own_session(self) -> uuid.UUID:
        """The session; only below a guard that takes no API keys."""
        assert self.session_id is not None
        return self.session_id


KeyReader = Callable[[str, Scope, datetime], Caller]
"""Whose API key this is; Unauthenticated, Forbidden or 429 if it may not be used so."""


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Guard: a live session that may do what is not risky. Sets `caller()`. Otherwise 401, 403."""
    return _guard(view, lambda now: _proved(_not_leaving(_by_session(now))))


def signed_in_even_leaving(view: Callable[P, R]) -> Callable[P, R]:
    """Guard like `signed_in`, also for an account in its days of grace before it is erased."""
    return _guard(view, lambda now: _proved(_by_session(now)[0]))


def signed_in_at_all(view: Callable[P, R]) -> Callable[P, R]:
    """Guard: any live session, the second factor given or not, the account leaving or not."""
    return _guard(view, lambda now: _by_session(now)[0])


def with_scope(scope: Scope) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Guard like `signed_in`; an API key with this scope may come in as well."""

    def with_this(view: Callable[P, R]) -> Callable[P, R]:
        return _guard(
            view,
            lambda now: (
                _by_key(scope, now)
                if KEY_HEADER in request.headers
                else _proved(_not_leaving(_by_session(now)))
            ),
        )

    return with_this


def admin_only(view: Callable[P, R]) -> Callable[P, R]:
    """Guard: signed in, and an admin. Otherwise 401 or 403."""

    def identify(now: datetime) -> Caller:
        found = _proved(_not_leaving(_by_session(now)))
        if found.role != "admin":
            raise Forbidden("forbidden", "This is for administrators.")
        return found

    return _guard(view, identify)


def freshly_proved(view: Callable[P, R]) -> Callable[P, R]:
    """Guard, directly below another: the second factor was given in the last ten minutes.

    Otherwise 403 `step_up_required`, or `second_factor_required` where none is set up.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        refuse_stale(caller(), read_clock())
        return view(*args, **kwargs)

    return guarded


def refuse_stale(who: Caller, now: datetime) -> None:
    """What `freshly_proved` does, for views that need it in some cases only."""
    if who.proved_at is not None and now - who.proved_at < FRESH_FOR:
        return
    if who.proved_at is None and not is_enrolled(who.user_id):
        raise _must_enrol()
    raise Forbidden(
        "step_up_required",
        "Confirm with your authenticator app that it is you.",
        {"how": _STEP_UP, "needs": needs(who), "valid_for_seconds": int(FRESH_FOR.total_seconds())},
    )


def session_holds(
    session_id: uuid.UUID, user_id: uuid.UUID, settings: Settings, now: datetime
) -> bool:
    """Whether `signed_in` would let this session in; for what outlives the request it began in."""
    with transaction() as session:
        found = session.execute(_live(session_id, user_id, now)).one_or_none()
    if found is None or found.leaving_at is not None:
        return False
    return found.proved_at is not None or settings.second_factor != "required"


def caller() -> Caller:
    """The user behind this request; only below a guard."""
    found = g.caller
    assert isinstance(found, Caller)
    return found


def caller_if_any() -> Caller | None:
    """The user of a live session, for a view that visitors may use, too; None for a visitor.

    An access token that is no longer good is refused: 401.
    """
    return _by_session(read_clock())[0] if "Authorization" in request.headers else None


def needs(who: Caller) -> list[str]:
    """What a step-up takes: the code, and the password where the session has had it before.

    No password of ours passes through a connected site, so its sessions give the code alone.
    """
    with transaction() as session:
        has_password = session.get_one(User, who.user_id).password_hash is not None
    return ["password", "totp_code"] if has_password and who.site_id is None else ["totp_code"]


def is_enrolled(user_id: uuid.UUID) -> bool:
    """Whether this user has a confirmed second factor."""
    confirmed = select(SecondFactor.id).where(
        SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None)
    )
    with transaction() as session:
        return session.scalar(confirmed) is not None


_STEP_UP = "POST /api/auth/step-up"


def _must_enrol() -> Forbidden:
    return Forbidden(
        "second_factor_required",
        "Set up an authenticator app first: this account has no second factor yet.",
        {"enrolled": False, "how": "POST /api/auth/2fa/enable"},
    )


def _guard(view: Callable[P, R], identify: Callable[[datetime], Caller]) -> Callable[P, R]:
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        g.caller = identify(read_clock())
        return view(*args, **kwargs)

    return guarded


def _proved(who: Caller) -> Caller:
    if who.proved_at is not None or current_app.config["TRP"].second_factor != "required":
        return who
    if not is_enrolled(who.user_id):
        raise _must_enrol()
    raise Forbidden(
        "second_factor_required",
        "Enter the code of your authenticator app to go on.",
        {"enrolled": True, "how": _STEP_UP, "needs": needs(who)},
    )


def _not_leaving(found: tuple[Caller, bool]) -> Caller:
    who, is_leaving = found
    if is_leaving:
        raise Forbidden(
            "account_leaving", "This account is about to be deleted. Restore it to go on."
        )
    return who


def _by_key(scope: Scope, now: datetime) -> Caller:
    if "Authorization" in request.headers:
        raise Unauthenticated("unauthenticated", f"Send an access token or {KEY_HEADER}, not both.")
    read: KeyReader = current_app.config["API_KEYS"]
    return read(request.headers[KEY_HEADER], scope, now)


def _by_session(now: datetime) -> tuple[Caller, bool]:
    """Who holds this token's live session, and whether the account is about to be deleted."""
    token = claims()
    if token is None:
        raise Unauthenticated("unauthenticated", "Sign in to continue.")
    session_id, user_id = uuid.UUID(token["sid"]), uuid.UUID(token["sub"])
    with transaction() as session:
        # Columns, not objects: this runs on every request.
        found = session.execute(_live(session_id, user_id, now)).one_or_none()
        if found is None:
            raise Unauthenticated("session_ended", "This session has ended. Sign in again.")
        if now - found.seen_at >= SEEN_EVERY:
            session.execute(
                update(UserSession)
                .where(UserSession.id == session_id, UserSession.seen_at < now)
                .values(seen_at=now)
            )
    who = Caller(user_id, found.role, session_id, found.site_id, found.proved_at)
    return who, found.leaving_at is not None


def _live(
    session_id: uuid.UUID, user_id: uuid.UUID, now: datetime
) -> "Select[datetime, uuid.UUID | None, datetime | None, str, datetime | None]":
    return _LIVE.where(
        UserSession.id == session_id,
        UserSession.user_id == user_id,
        UserSession.expires_at > now,
        UserSession.seen_at > now - IDLE_LIMIT,
    )


_LIVE = (
    select(
        UserSession.seen_at,
        UserSession.site_id,
        UserSession.proved_at,
        User.role,
        User.leaving_at,
    )
    .join(User, User.id == UserSession.user_id)
    .outerjoin(Site, Site.id == UserSession.site_id)
    .where(
        UserSession.revoked_at.is_(None),
        User.suspended_at.is_(None),
        or_(UserSession.site_id.is_(None), and_(Site.id.is_not(None), Site.revoked_at.is_(None))),
    )
)
