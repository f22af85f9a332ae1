"""Jobs that do something for many: what fails for one does not keep the others waiting."""

from contextlib import suppress
from types import ModuleType
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisError

from tests.factories import make_user
from tradingrobotplug import clock, db, queues
from tradingrobotplug.accounts import jobs as accounts
from tradingrobotplug.billing import jobs as billing
from tradingrobotplug.bots import jobs as bots
from tradingrobotplug.models import EntitlementChange
from tradingrobotplug.notify import jobs as notify
from tradingrobotplug.performance import leaderboard_jobs as boards
from tradingrobotplug.performance.periods import Period
from tradingrobotplug.robots import jobs as robots

pytestmark = pytest.mark.usefixtures("clean")

# The job, what lists whom it is for, and what it does for each.
JOBS = [
    (accounts, "sweep", "recovery.unanswered", "answer_forgotten"),
    (accounts, "erase", "leaving.due", "leaving.erase"),
    (billing, "sweep", "inbox.due", "process"),
    (billing, "let_go", "leavers.leaving", "leavers.end_with_period"),
    (billing, "let_go", "customers.abandoned", "pages.delete_customer"),
    (notify, "send_due", "outbox.due", "send"),
    (notify, "deliver_due", "delivery.due", "deliver"),
]


def replace(monkeypatch: pytest.MonkeyPatch, module: ModuleType, path: str, function: Any) -> None:
    *where, name = path.split(".")
    monkeypatch.setattr(getattr(module, *where) if where else module, name, function)


@pytest.mark.parametrize(("module", "job", "lists", "acts"), JOBS)
def test_what_fails_for_one_is_done_for_the_others(
    module: ModuleType,
    job: str,
    lists: str,
    acts: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    done = []

    def act(*arguments: object) -> None:
        (one,) = {"one", "two", "three"} & {str(argument) for argument in arguments}
        done.append(one)
        if one != "three":
            raise RuntimeError(one)

    monkeypatch.setattr(billing.stripe_api, "mode", lambda: "test")
    replace(monkeypatch, module, lists, lambda *_: ["one", "two", "three"])
    replace(monkeypatch, module, acts, act)
    getattr(module, job)()
    assert done == ["one", "two", "three"]
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]


def test_a_user_whose_bots_cant_be_fitted_keeps_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    users = [make_user(f"{name}@example.com") for name in ("one", "two")]
    with db.transaction() as session:
        session.add_all(EntitlementChange(user_id=u.id, changed_at=clock.now()) for u in users)
    done = []

    def fit(user_id: str) -> None:
        done.append(user_id)
        raise RuntimeError

    monkeypatch.setattr(bots, "fit_to_plan", fit)
    bots.sweep()
    assert sorted(done) == sorted(str(user.id) for user in users)


@pytest.mark.parametrize(("error", "tried"), [(RuntimeError(), 8), (RedisError(), 1)])
def test_boards_that_fail_keep_no_other_and_the_next_refresh_comes(
    error: Exception, tried: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = []

    def refresh(mode: str, period: Period) -> None:
        done.append((mode, period))
        raise error

    boards.ask()
    monkeypatch.setattr(boards, "_refresh", refresh)
    with suppress(RedisError):
        boards.refresh()
    assert len(done) == tried
    assert queues.redis().pttl(boards._BUSY) < 60_000


def test_a_robot_that_fails_keeps_no_other_from_its_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    done = []

    def run(robot: Any, symbol: str, now: object) -> None:
        done.append(symbol)
        raise RuntimeError

    wanted = [symbol for robot in robots.catalogue.robots().values() for symbol in robot.symbols]
    monkeypatch.setattr(robots, "_run", run)
    robots.run_due()
    assert done == wanted
