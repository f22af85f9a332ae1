"""Settings of a robot on a bot: what fits them, what a plan allows, and what the runner uses."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import headers_for
from tradingrobotplug import clock, db
from tradingrobotplug.bots import tuning
from tradingrobotplug.models import Bot, Subscription, UpgradePrompt, User
from tradingrobotplug.plans import catalogue as plans
from tradingrobotplug.plans.entitlements import of_plan
from tradingrobotplug.robots import catalogue, service

ROBOT = catalogue.robot("tsla_improved_strategy")
BASIC, ADVANCED = {"stop_ranges": "4.5"}, {"fast_length": "12"}
NEW = {
    "name": "Tuned",
    "asset_type": "stocks",
    "exchange": "alpaca",
    "signal_source": "robot",
    "plugin_id": ROBOT.id,
    "position_sizing": {"type": "fixed_amount", "value": "100"},
}
Subscribe = Callable[[str], None]


@pytest.fixture
def headers(app: Flask, user: User) -> dict[str, str]:
    return headers_for(app, user)


@pytest.fixture
def on(user: User) -> Subscribe:
    """Puts the user on a plan."""

    def plan(plan_id: str) -> None:
        with db.transaction() as session:
            session.merge(
                Subscription(
                    user_id=user.id, plan_id=plan_id, status="active", updated_at=clock.now()
                )
            )

    return plan


def make(client: FlaskClient, headers: dict[str, str], parameters: dict[str, Any]) -> Any:
    return client.post("/api/bots", json=NEW | {"robot_parameters": parameters}, headers=headers)


def used() -> dict[str, Decimal]:
    """The settings that the runner gives the strategy for the one bot there is."""
    with db.transaction() as session:
        [seat] = service.seats(session, ROBOT, clock.now())
    return dict(seat.changed)


@pytest.mark.parametrize(
    ("given", "messages"),
    [
        ({"fast_lenght": "9"}, {"fast_lenght": ["The robot has no such setting."]}),
        ({"fast_length": "2"}, {"fast_length": ["Must be from 3 to 20."]}),
        ({"fast_length": "20.5"}, {"fast_length": ["Must be from 3 to 20."]}),
        ({"fast_length": "9.5"}, {"fast_length": ["Must be a whole number."]}),
        (
            {"fast_length": "15", "slow_length": "15"},
            {"slow_length": ["Must be above “Fast average, in bars” (15)."]},
        ),
        (
            {"rsi_entry_low": "60", "rsi_entry_high": "58"},
            {"rsi_entry_high": ["Must be above “Buy above this RSI” (60)."]},
        ),
        ({"rsi_entry_high": "60", "stop_ranges": "1.25", "fast_length": "9.0"}, {}),
    ],
)
def test_each_value_fits_its_setting_and_the_others(
    given: dict[str, str], messages: dict[str, list[str]]
) -> None:
    values = {name: Decimal(value) for name, value in given.items()}
    assert tuning.misfits(ROBOT, values) == messages


def test_a_lower_one_alone_is_named_itself() -> None:
    messages = tuning.misfits(ROBOT, {"slow_length": Decimal(10), "fast_length": Decimal(12)})
    assert list(messages) == ["slow_length"]
    assert list(tuning.misfits(ROBOT, {"rsi_entry_low": Decimal(60)})) == []
    moved = {"slow_length": Decimal(10), "fast_length": Decimal(9)}
    assert tuning.misfits(ROBOT, moved) == {}


def test_what_does_not_fit_is_refused_at_its_field(
    client: FlaskClient, headers: dict[str, str], on: Subscribe
) -> None:
    on("mid")
    answer = make(client, headers, {"fast_length": "99", "slow_length": "x"})
    assert answer.status_code == 422
    assert answer.json["details"]["fields"]["robot_parameters"]["slow_length"]
    answer = make(client, headers, {"fast_length": "99"})
    fields = {"robot_parameters": {"fast_length": ["Must be from 3 to 20."]}}
    assert (answer.status_code, answer.json["details"]["fields"]) == (422, fields)
    crypto = {"asset_type": "crypto", "exchange": "coinbase", "signal_source": "webhook"}
    body = NEW | crypto | {"plugin_id": None, "robot_parameters": BASIC}
    answer = client.post("/api/bots", json=body, headers=headers)
    assert (answer.status_code, list(answer.json["details"]["fields"])) == (
        422,
        ["robot_parameters"],
    )


@pytest.mark.parametrize(
    ("plan_id", "parameters", "unlocked_by"),
    [
        ("free", {}, None),
        ("free", {"stop_ranges": "3.0"}, None),  # the default
        ("free", BASIC, "low"),
        ("free", ADVANCED, "mid"),
        ("low", BASIC, None),
        ("low", BASIC | ADVANCED, "mid"),
        ("mid", BASIC | ADVANCED, None),
        ("premium", BASIC | ADVANCED, None),
    ],
)
def test_a_plan_lets_just_its_settings_be_changed(
    client: FlaskClient,
    headers: dict[str, str],
    on: Subscribe,
    plan_id: str,
    parameters: dict[str, str],
    unlocked_by: str | None,
) -> None:
    on(plan_id)
    answer = make(client, headers, parameters)
    assert answer.status_code == (201 if unlocked_by is None else 403)
    if unlocked_by is None:
        kept = {k: v for k, v in parameters.items() if v != "3.0"}
        assert answer.json["bot"]["robot_parameters"] == kept
        assert used() == {name: Decimal(value) for name, value in kept.items()}
        return
    assert answer.json["error"] == "plan_limit_reached"
    assert answer.json["details"] == {
        "limit": "customisation",
        "allowed": plans.plan_for(plan_id).customisation,
        "plan": plan_id,
        "next_plan": unlocked_by,
    }
    with db.transaction() as session:
        assert session.scalars(select(UpgradePrompt.limit)).all() == ["customisation"]
        assert session.scalars(select(Bot)).all() == []


def test_after_a_downgrade_settings_are_kept_and_not_used_and_come_back(
    client: FlaskClient, headers: dict[str, str], on: Subscribe
) -> None:
    on("mid")
    path = f"/api/bots/{make(client, headers, BASIC | ADVANCED).json['bot']['id']}"
    on("low")
    assert used() == {"stop_ranges": Decimal("4.5")}
    kept = client.get(path, headers=headers).json["bot"]["robot_parameters"]
    assert kept == BASIC | ADVANCED
    stays = client.put(
        path, json={"robot_parameters": kept | {"stop_ranges": "5"}}, headers=headers
    )
    assert stays.status_code == 200
    moved = client.put(path, json={"robot_parameters": {"fast_length": "13"}}, headers=headers)
    assert (moved.status_code, moved.json["details"]["next_plan"]) == (403, "mid")
    on("mid")
    assert used() == {"stop_ranges": Decimal(5), "fast_length": Decimal(12)}
    client.put(path, json={"robot_parameters": {}}, headers=headers)
    assert used() == {}


def test_a_copy_has_the_same_settings(
    client: FlaskClient, headers: dict[str, str], on: Subscribe
) -> None:
    on("low")
    made = make(client, headers, BASIC).json["bot"]
    copy = client.post(f"/api/bots/{made['id']}/clone", headers=headers).json["bot"]
    assert copy["robot_parameters"] == BASIC


def test_settings_that_a_new_version_of_the_robot_refuses_are_not_used() -> None:
    stored = {"fast_length": "25", "stop_ranges": "4", "gone": "1"}
    assert tuning.in_force(ROBOT, stored, of_plan("premium")) == ()
    assert tuning.in_force(ROBOT, stored, of_plan("low")) == (("stop_ranges", Decimal(4)),)


@pytest.mark.parametrize(
    ("plan_id", "expected"),
    [
        ("free", {"basic": (False, "low"), "advanced": (False, "mid")}),
        ("low", {"basic": (True, None), "advanced": (False, "mid")}),
        ("premium", {"basic": (True, None), "advanced": (True, None)}),
    ],
)
def test_robot_access_says_which_settings_may_be_changed(
    client: FlaskClient,
    headers: dict[str, str],
    on: Subscribe,
    plan_id: str,
    expected: dict[str, tuple[bool, str | None]],
) -> None:
    on(plan_id)
    found = client.get("/api/robot-access", headers=headers).json["parameters"]
    assert {key: (one["allowed"], one["unlocked_by"]) for key, one in found.items()} == expected
