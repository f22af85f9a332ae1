"""Several accounts opened at the same time."""

import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from tests.factories import make_user
from tests.trading.accounts import keep
from tradingrobotplug import clock, db
from tradingrobotplug.accounts import audit
from tradingrobotplug.brokers.keys import BrokerKeys
from tradingrobotplug.errors import Conflict
from tradingrobotplug.models import AuditLog, TradingAccount
from tradingrobotplug.trading_accounts import keys, openings

MANY = 6


@pytest.fixture
def account_ids(app: Flask) -> list[uuid.UUID]:
    users = [make_user(f"user{n}@example.com") for n in range(MANY)]
    kept = [
        keep(user, "alpaca", "paper", BrokerKeys(f"key{n}", "secret"))
        for n, user in enumerate(users)
    ]
    return [account.id for account in kept]


@pytest.fixture
def commits() -> Iterator[list[Session]]:
    """Sessions that committed, from now on."""
    seen: list[Session] = []

    def note(session: Session) -> None:
        seen.append(session)

    event.listen(Session, "after_commit", note)
    yield seen
    event.remove(Session, "after_commit", note)


@contextmanager
def asked_at_once(account_ids: list[uuid.UUID]) -> Iterator[list[Future[keys.TakenOut]]]:
    """While the first is served all others ask."""
    with ThreadPoolExecutor(len(account_ids)) as pool:
        with openings._serving:
            asked = [pool.submit(openings.take_out, one) for one in account_ids]
            while len(openings._asked) < len(account_ids):
                pass
        yield asked


def trail() -> list[AuditLog]:
    with db.transaction() as session:
        return list(session.scalars(select(AuditLog).where(AuditLog.action == keys.USED)))


def test_those_who_ask_together_share_a_transaction(
    account_ids: list[uuid.UUID], commits: list[Session]
) -> None:
    with asked_at_once(account_ids) as asked:
        opened = [keys.opened(one.result(5)).key for one in asked]
    assert opened == [f"key{n}" for n in range(MANY)]
    assert len(commits) == 1
    assert {row.object_id for row in trail()} == {str(one) for one in account_ids}
    with db.transaction() as session:
        assert audit.verify(session).broken_at is None


def test_one_without_keys_keeps_no_other_from_its_own(account_ids: list[uuid.UUID]) -> None:
    with db.transaction() as session:
        revoked = session.get_one(TradingAccount, account_ids[2])
        revoked.sealed_keys = revoked.wrapped_key = None
        revoked.revoked_at = clock.now()
    with asked_at_once(account_ids) as asked:
        refused = asked.pop(2)
        assert len([one.result(5) for one in asked]) == MANY - 1
        with pytest.raises(Conflict, match="revoked"):
            refused.result(5)
    assert len(trail()) == MANY - 1


def test_what_fails_fails_for_all_and_for_nobody_after_them(
    account_ids: list[uuid.UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(session: Session, account_id: uuid.UUID, purpose: str, now: datetime) -> Any:
        raise RuntimeError(str(account_id))

    with monkeypatch.context() as broken:
        broken.setattr(keys, "take_out", fail)
        with asked_at_once(account_ids) as asked:
            for one in asked:
                with pytest.raises(RuntimeError):
                    one.result(5)
    assert openings.take_out(account_ids[0]).binding.account_id == account_ids[0]
    assert clock.now() > trail()[0].at
