"""Keys are taken out on the record, and too often raises an alarm."""

import logging
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tradingrobotplug import clock, db
from tradingrobotplug.errors import Conflict
from tradingrobotplug.models import AuditLog, Notification, TradingAccount
from tradingrobotplug.trading_accounts import keys, service


def use(account: dict[str, Any], now: datetime) -> None:
    with db.transaction() as session:
        row = session.get_one(TradingAccount, uuid.UUID(account["id"]))
        taken = keys.take_out(session, row.id, "test", now)
    keys.opened(taken)


def rows(action: str) -> list[AuditLog]:
    with db.transaction() as session:
        return list(session.scalars(select(AuditLog).where(AuditLog.action == action)))


def use_often(account: dict[str, Any], times: int, every: timedelta) -> None:
    start = clock.now()
    for n in range(times):
        use(account, start + n * every)


def test_each_use_is_recorded_with_its_purpose(account: dict[str, Any]) -> None:
    now = clock.now()
    use(account, now)
    (used,) = rows(keys.USED)
    assert (used.object_id, used.at) == (account["id"], now)
    assert used.details == {"purpose": "test"}


def test_a_use_is_recorded_even_if_what_follows_fails(account: dict[str, Any]) -> None:
    with db.transaction() as session:
        row = session.get_one(TradingAccount, uuid.UUID(account["id"]))
        taken = keys.take_out(session, row.id, "test", clock.now())
    assert len(rows(keys.USED)) == 1
    assert taken.binding.account_id == row.id


def test_twenty_uses_a_minute_are_usual(account: dict[str, Any]) -> None:
    use_often(account, 20, timedelta(seconds=1))
    use(account, clock.now() + timedelta(seconds=61))
    assert rows(keys.ALARM) == []


def test_more_raise_one_alarm(account: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    use_often(account, 25, timedelta(seconds=1))
    (alarm,) = rows(keys.ALARM)
    assert (alarm.object_id, alarm.details) == (account["id"], {"opened": 21})
    (line,) = [r for r in caplog.records if r.getMessage() == keys.ALARM]
    assert line.levelno == logging.ERROR


def test_a_lasting_rate_is_said_again(account: dict[str, Any]) -> None:
    use_often(account, 100, timedelta(seconds=1))
    assert len(rows(keys.ALARM)) == 2


def test_revoked_keys_can_t_be_taken_out(account: dict[str, Any]) -> None:
    with db.transaction() as session:
        row = session.get_one(TradingAccount, uuid.UUID(account["id"]))
        service.erase(row, clock.now())
    with pytest.raises(Conflict, match="revoked"):
        use(account, clock.now())


def test_keys_that_can_t_be_read_any_more_are_told_of_once(account: dict[str, Any]) -> None:
    with db.transaction() as session:
        row = session.get_one(TradingAccount, uuid.UUID(account["id"]))
        row.sealed_keys = bytes(reversed(row.sealed_keys or b""))
    for _ in range(2):
        with pytest.raises(Conflict, match="can't be read"):
            use(account, clock.now())
    with db.transaction() as session:
        (told,) = session.scalars(select(Notification))
    assert (told.event, told.channel_id, told.facts["label"]) == ("lost_key", None, "Alpaca")
