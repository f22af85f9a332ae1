"""What a user may do with a robot, by its terms, the plan, and what was bought or given."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.bots.traders import subscribe
from tests.factories import headers_for, make_bot
from tradingrobotplug import clock, db
from tradingrobotplug.bots import places
from tradingrobotplug.models import Bot, PluginAccess, User
from tradingrobotplug.plans import robot_access
from tradingrobotplug.plans.entitlements import entitlements, of_plan
from tradingrobotplug.robots import catalogue, service
from tradingrobotplug.trading import account

ROBOT = catalogue.robot("tsla_improved_strategy")
NEW = {
    "name": "Robot's",
    "asset_type": "stocks",
    "exchange": "alpaca",
    "signal_source": "robot",
    "plugin_id": ROBOT.id,
    "position_sizing": {"type": "fixed_amount", "value": "100"},
}
DEMO = replace(of_plan(None), robot_access="demo", early_access=False, max_robots=1)
LIMITED = replace(DEMO, robot_access="limited", max_robots=3)
FULL = replace(DEMO, robot_access="full", max_robots=None)
EARLY = replace(FULL, early_access=True)
Offer = Callable[[str], None]


@pytest.fixture
def offered() -> Iterator[Offer]:
    """Offers the one robot there is on these terms."""
    yield lambda terms: robot_access.know({ROBOT.id: terms})
    robot_access.know(catalogue.terms())


def given(user: User, level: str, for_minutes: int | None = None) -> None:
    now = clock.now()
    until = None if for_minutes is None else now + timedelta(minutes=for_minutes)
    with db.transaction() as session:
        session.merge(
            PluginAccess(
                user_id=user.id, plugin_id=ROBOT.id, level=level, source="grant",
                created_at=now - timedelta(days=1), expires_at=until,
            )
        )  # fmt: skip


def make(client: FlaskClient, headers: dict[str, str]) -> Any:
    return client.post("/api/bots", json=NEW, headers=headers)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ("everyone", ["demo", "limited", "full", "full"]),
        ("subscribers", [None, "limited", "full", "full"]),
        ("early", [None, None, None, "full"]),
    ],
)
@pytest.mark.parametrize("own", [None, *robot_access.LEVELS])
def test_the_better_one_of_the_plans_access_and_the_own_counts(
    offered: Offer, terms: str, expected: list[str | None], own: str | None
) -> None:
    offered(terms)
    mine = {ROBOT.id: own} if own else {}
    ranks = [None, *robot_access.LEVELS]
    found = [robot_access.level(plan, mine, ROBOT.id) for plan in (DEMO, LIMITED, FULL, EARLY)]
    assert found == [max(one, own, key=ranks.index) for one in expected]
    live = [robot_access.may_go_live(plan, mine, ROBOT.id) for plan in (DEMO, LIMITED, FULL, EARLY)]
    assert live == [level == "full" for level in found]


@pytest.mark.parametrize(
    ("plan", "own", "used", "expected"),
    [
        (DEMO, {}, [], True),
        (DEMO, {}, ["other"], False),
        (DEMO, {}, [ROBOT.id], False),  # of a demo, one bot
        (DEMO, {ROBOT.id: "demo"}, ["other"], True),  # an own one needs no place
        (DEMO, {ROBOT.id: "limited"}, [ROBOT.id, "other"], True),
        (LIMITED, {}, [ROBOT.id], True),
        (LIMITED, {}, ["a", "b", None], True),
        (LIMITED, {}, ["a", "b", "c"], False),
        (LIMITED, {"c": "full"}, ["a", "b", "c"], True),
        (FULL, {}, ["a", "b", "c", "d"], True),
    ],
)
def test_a_robot_has_a_place_or_needs_none(
    plan: Any, own: dict[str, str], used: list[str | None], expected: bool
) -> None:
    assert robot_access.may_run(plan, own, ROBOT.id, used) is expected


@pytest.mark.parametrize(
    ("terms", "plan_id", "unlocked_by"),
    [
        ("everyone", "free", None),
        ("subscribers", "free", "low"),
        ("subscribers", "low", None),
        ("early", "mid", "premium"),
        ("early", "premium", None),
    ],
)
def test_a_bot_is_made_where_the_plan_includes_its_robot(
    app: Flask, client: FlaskClient, user: User, offered: Offer, terms: str, plan_id: str,
    unlocked_by: str | None,
) -> None:  # fmt: skip
    offered(terms)
    subscribe(user, plan_id)
    answer = make(client, headers_for(app, user))
    assert answer.status_code == (403 if unlocked_by else 201)
    [access] = client.get("/api/robot-access", headers=headers_for(app, user)).json["robots"]
    assert (access["access"] is None) is (unlocked_by is not None)
    if unlocked_by:
        details = answer.json["details"]
        assert details == {
            "limit": "robot_access",
            "allowed": None,
            "plan": plan_id,
            "next_plan": unlocked_by,
        }
        assert access["unlocked_by"] == unlocked_by


def test_what_was_given_lets_a_robot_run_until_it_expires_to_the_second(
    app: Flask, client: FlaskClient, user: User, offered: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered("subscribers")
    given(user, "limited", for_minutes=5)
    headers = headers_for(app, user)
    assert [make(client, headers).status_code for _ in range(2)] == [201, 403]  # one bot's place
    with db.transaction() as session:
        assert len(service.seats(session, ROBOT, clock.now())) == 1
        assert service.seats(session, ROBOT, clock.now() + timedelta(minutes=5)) == []
    given(user, "limited", for_minutes=0)
    with db.transaction() as session:
        session.query(Bot).delete()
    assert make(client, headers).json["details"]["limit"] == "robot_access"


def test_the_house_keeps_its_record_of_a_robot_whatever_its_terms(
    app: Flask, offered: Offer
) -> None:
    offered("early")
    with db.transaction() as session:
        service.ensure_public_records(session, [ROBOT], clock.now())
        assert len(service.seats(session, ROBOT, clock.now())) == 1


def test_a_live_bot_of_a_robot_that_is_for_paper_only_opens_nothing_and_has_no_place(
    app: Flask, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(user, "mid")
    bot = make_bot(user, trading_mode="live", signal_source="robot", plugin_id=ROBOT.id)
    limited = replace(of_plan("mid"), robot_access="limited")
    monkeypatch.setattr("tradingrobotplug.plans.entitlements.entitlements", lambda *_: limited)
    with db.transaction() as session:
        sentence = "The Mid-Tier plan lets this robot trade on paper only."
        assert account.plan_problem(session, bot, limited) == sentence
        places.fit(session, user.id, clock.now())
        assert session.get_one(Bot, bot.id).held_from == "running"
    given(user, "full")
    with db.transaction() as session:
        assert account.plan_problem(session, bot, limited) is None
        places.fit(session, user.id, clock.now())
        assert session.get_one(Bot, bot.id).held_from is None
        assert account.plan_problem(session, bot, entitlements(session, user.id)) is None
