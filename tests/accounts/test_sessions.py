"""Sessions opened at the same instant: the lock on the user's row, without HTTP in between."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import make_user
from tradingrobotplug import clock, db
from tradingrobotplug.accounts import site_users
from tradingrobotplug.accounts.assertions import Vouched
from tradingrobotplug.accounts.service import open_session
from tradingrobotplug.models import Site, User, UserSession

THREADS = 8


def at_once(act: Callable[[Session], object]) -> None:
    """Run this in several transactions that are all open before the first one acts."""
    barrier = Barrier(THREADS)

    def one(_: int) -> None:
        with db.transaction() as session:
            session.execute(select(1))
            barrier.wait(10)
            act(session)
            session.flush()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, range(THREADS)))


def live_sessions() -> int:
    with db.transaction() as session:
        query = select(func.count()).select_from(UserSession)
        return session.scalar(query.where(UserSession.revoked_at.is_(None))) or 0


def test_l5_of_sessions_opened_at_once_three_live(user: User) -> None:
    at_once(lambda session: open_session(session, user, clock.now(), "", ""))
    assert live_sessions() == 3


def test_exchanges_of_one_site_session_at_once_share_a_row(clean: None) -> None:
    user, subject, now = make_user(), str(uuid.uuid4()), clock.now()
    with db.transaction() as session:
        site = Site(name="", url="https://x.example", public_key="", scopes=[], created_at=now)
        session.add(site)
        session.flush()
        site_users.link(session, site.id, subject, user.id, now)
    vouched = Vouched(site.id, subject, user.email, "session-1")
    at_once(lambda session: site_users.exchange(session, vouched, "", now))
    assert live_sessions() == 1
