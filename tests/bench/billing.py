"""What is asked at every limited action, and what is counted at every use.

An entitlement is asked of PostgreSQL by the product's own function, in the transaction that the
caller has open anyway; 10,000 uses are counted by eight threads at once, for one user and day.
"""

import tempfile
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from tests.factories import make_user
from tradingrobotplug import clock, db
from tradingrobotplug.embedded import start_postgres
from tradingrobotplug.models import Subscription, UsageCounter
from tradingrobotplug.plans.entitlements import entitlements
from tradingrobotplug.plans.service import count_use

from .figure import Figure, percentile

CHECKS, WARM_UP = 5_000, 200
USES, THREADS = 10_000, 8


def run() -> list[Figure]:
    """Milliseconds per check, uses a second, and how many of the uses are missing."""
    with tempfile.TemporaryDirectory(prefix="trp-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        postgres = start_postgres(home)
        try:
            db.Base.metadata.create_all(db.connect(postgres.url, pool_size=THREADS))
            return [*_checks(), *_uses()]
        finally:
            db.dispose()
            postgres.stop()


def _checks() -> list[Figure]:
    user = make_user("subscriber@example.com")
    row = Subscription(user_id=user.id, plan_id="mid", status="active", updated_at=clock.now())
    with db.transaction() as session:
        session.add(row)
    with db.transaction() as session:
        assert entitlements(session, user.id).plan_id == row.plan_id
        floor = _times(lambda: session.execute(text("SELECT 1")).scalar())
        measured = _times(lambda: entitlements(session, user.id))
    return [
        Figure("entitlement check, p50", percentile(measured, 0.5), "ms", 0.5),
        Figure("entitlement check, p99", percentile(measured, 0.99), "ms"),
        Figure("SELECT 1 for comparison, p50", percentile(floor, 0.5), "ms"),
    ]


def _times(act: Callable[[], object]) -> list[float]:
    """Milliseconds of each call."""
    found = []
    for _ in range(WARM_UP + CHECKS):
        started = time.perf_counter()
        act()
        found.append((time.perf_counter() - started) * 1000)
    return found[WARM_UP:]


def _uses() -> list[Figure]:
    user_id, today = make_user("busy@example.com").id, datetime.now(UTC).date()

    def use(_: int) -> bool:
        with db.transaction() as session:
            return count_use(session, user_id, "webhooks", today, 1, USES)

    started = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as threads:
        granted = sum(threads.map(use, range(USES + THREADS)))  # and some that are too many
    seconds = time.perf_counter() - started
    return [
        Figure("parallel uses", (USES + THREADS) / seconds, "uses/s"),
        Figure("uses granted but for the limit", abs(granted - USES), "uses", 1),
        Figure("uses counted but for those granted", abs(_count(user_id) - USES), "uses", 1),
    ]


def _count(user_id: uuid.UUID) -> int:
    with db.transaction() as session:
        return session.query(UsageCounter).filter_by(user_id=user_id).one().count
