"""What is pruned, and what must stay."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tradingrobotplug import clock, db
from tradingrobotplug.accounts.jobs import prune
from tradingrobotplug.models import (
    IdempotencyKey,
    LoginAttempt,
    SiteAssertion,
    SiteCode,
    User,
    UserSession,
)

NOW = clock.now()


def rows_of(user: User, age: timedelta) -> list[Any]:
    """One row of each kind whose use ended this long ago (or ends in the future)."""
    ended: datetime = NOW - age
    key = {"user_id": user.id, "route": "POST /", "request_hash": ""}
    return [
        LoginAttempt(key=str(age), failures=1, first_failed_at=ended - timedelta(hours=24.25)),
        SiteAssertion(jti=str(age), expires_at=ended),
        SiteCode(
            code_hash=str(age),
            scopes=[],
            created_at=ended,
            expires_at=ended - timedelta(days=1),
            used_at=None,
        ),
        IdempotencyKey(key=str(age), created_at=ended - timedelta(days=1), **key),
        UserSession(
            user_id=user.id,
            created_at=ended,
            seen_at=ended,
            expires_at=ended - timedelta(days=30),
        ),
    ]


@pytest.mark.parametrize(
    ("age", "left"), [(timedelta(minutes=1), 0), (timedelta(minutes=-5), 1)], ids=["over", "in use"]
)
def test_a_row_goes_when_it_no_longer_decides_anything(
    user: User, age: timedelta, left: int
) -> None:
    with db.transaction() as session:
        session.add_all(rows_of(user, age))
    prune()
    with db.transaction() as session:
        counts = [
            session.scalar(select(func.count()).select_from(table))
            for table in (LoginAttempt, SiteAssertion, SiteCode, IdempotencyKey, UserSession)
        ]
    assert counts == [left] * 5
