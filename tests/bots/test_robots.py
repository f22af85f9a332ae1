"""Bots that a robot drives: there is such a robot, it trades what the bot trades, and the plan
allows it."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tradingrobotplug.models import User
from tradingrobotplug.plans import entitlements as plans

from ..factories import headers_for
from .conftest import NEW_BOT

Headers = dict[str, str]


@dataclass(frozen=True)
class Listed:
    """What bots know of a robot."""

    asset_type: str
    symbols: tuple[str, ...]
    parameters: tuple[Any, ...] = ()
    ordered: tuple[tuple[str, str], ...] = ()


ROBOTS = {
    "swing": Listed("stocks", ("TSLA", "AAPL")),
    "coins": Listed("crypto", ("BTC-USD",)),
}
SWING = NEW_BOT | {
    "asset_type": "stocks",
    "exchange": "alpaca",
    "signal_source": "robot",
    "plugin_id": "swing",
}
COINS = NEW_BOT | {"signal_source": "robot", "plugin_id": "coins"}


@pytest.fixture(autouse=True)
def robots(app: Flask) -> None:
    app.config["ROBOTS"] = ROBOTS


def make(client: FlaskClient, headers: Headers, body: dict[str, Any]) -> Any:
    return client.post("/api/bots", json=body, headers=headers)


def test_without_symbols_a_bot_trades_what_its_robot_trades(
    client: FlaskClient, headers: Headers
) -> None:
    answer = make(client, headers, SWING)

    assert answer.status_code == 201
    assert answer.json["bot"]["symbols"] == ["TSLA", "AAPL"]
    assert answer.json["webhook_url"] is None


def test_a_bot_may_trade_a_part_of_it(client: FlaskClient, headers: Headers) -> None:
    answer = make(client, headers, SWING | {"symbols": ["nasdaq:aapl"]})

    assert answer.json["bot"]["symbols"] == ["AAPL"]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (SWING | {"plugin_id": "nobody"}, {"plugin_id": ["There is no such robot."]}),
        (SWING | {"plugin_id": "coins"}, {"plugin_id": ["This robot trades crypto."]}),
        (
            SWING | {"symbols": ["TSLA", "MSFT"]},
            {"symbols": ["The robot does not trade MSFT."]},
        ),
    ],
)
def test_what_does_not_fit_the_robot_is_refused_by_field(
    client: FlaskClient, headers: Headers, body: dict[str, Any], fields: dict[str, Any]
) -> None:
    answer = make(client, headers, body)

    assert answer.status_code == 422
    assert answer.json["details"]["fields"] == fields


@pytest.mark.parametrize(
    ("changes", "status", "symbols"),
    [
        ({"symbols": ["AAPL"]}, 200, ["AAPL"]),
        ({"symbols": []}, 200, ["TSLA", "AAPL"]),
        ({"symbols": ["MSFT"]}, 422, ["TSLA"]),
        ({"name": "Renamed"}, 200, ["TSLA"]),
    ],
)
def test_a_change_keeps_to_what_the_robot_trades(
    client: FlaskClient,
    headers: Headers,
    changes: dict[str, Any],
    status: int,
    symbols: list[str],
) -> None:
    made = make(client, headers, SWING | {"symbols": ["TSLA"]}).json["bot"]
    path = f"/api/bots/{made['id']}"

    assert client.put(path, json=changes, headers=headers).status_code == status
    assert client.get(path, headers=headers).json["bot"]["symbols"] == symbols


def test_a_plan_limits_how_many_robots_are_used(
    app: Flask, client: FlaskClient, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = plans.entitlements
    monkeypatch.setattr(
        plans, "entitlements", lambda *a: replace(real(*a), max_bots=5, robot_access="limited")
    )
    headers = headers_for(app, user)
    first = make(client, headers, SWING)
    again = make(client, headers, SWING)
    webhook = make(client, headers, NEW_BOT)
    second = make(client, headers, COINS)

    assert [a.status_code for a in (first, again, webhook, second)] == [201, 201, 201, 403]
    assert second.json["error"] == "plan_limit_reached"
    assert second.json["details"] == {
        "limit": "robots",
        "allowed": 1,
        "plan": "free",
        "next_plan": "low",
    }


def test_a_plan_without_a_limit_allows_every_robot(client: FlaskClient, headers: Headers) -> None:
    answers = [make(client, headers, body).status_code for body in (SWING, COINS)]

    assert answers == [201, 201]
