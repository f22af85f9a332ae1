"""More bots than the plan has places for: paused, never deleted, and the user chooses."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import SECRET, headers_for, make_bot, make_user
from tradingrobotplug import clock, db
from tradingrobotplug.bots import jobs
from tradingrobotplug.models import Bot, EntitlementChange, PluginAccess, User

from .traders import PAPER_ONLY, SAFEGUARDED, subscribe

LOW = "low"


def fitted(user: User, plan_id: str) -> None:
    """Change the plan, and let the bots follow."""
    subscribe(user, plan_id)
    with db.transaction() as session:
        session.merge(EntitlementChange(user_id=user.id, changed_at=clock.now()))
    jobs.sweep()


def standing(user: User) -> dict[str, tuple[str, str | None]]:
    """By name: what each bot does, and what it did before it lost its place."""
    with db.transaction() as session:
        rows = session.scalars(select(Bot).where(Bot.user_id == user.id))
        return {bot.name: (bot.status, bot.held_from) for bot in rows}


@pytest.fixture
def bots(user: User) -> dict[str, UUID]:
    """Four, the oldest first; the third stands still by its user's wish."""
    subscribe(user, SAFEGUARDED)
    made = {name: make_bot(user, name=name).id for name in ("a", "b", "c", "d")}
    with db.transaction() as session:
        session.get_one(Bot, made["c"]).status = "stopped"
    return made


@pytest.fixture
def headers(app: Flask, user: User) -> dict[str, str]:
    return headers_for(app, user)


def keep(client: FlaskClient, headers: dict[str, str], *ids: UUID) -> Any:
    body = {"keep": [str(one) for one in ids]}
    return client.put("/api/subscription/bots", json=body, headers=headers)


def run(client: FlaskClient, headers: dict[str, str], bot_id: UUID) -> Any:
    path = f"/api/bots/{bot_id}/status"
    return client.post(path, json={"status": "running"}, headers=headers)


def test_a_smaller_plan_pauses_the_newest_and_a_larger_one_gives_them_back(
    user: User, bots: dict[str, UUID]
) -> None:
    fitted(user, PAPER_ONLY)
    assert standing(user) == {
        "a": ("running", None),
        "b": ("paused", "running"),
        "c": ("stopped", "stopped"),
        "d": ("paused", "running"),
    }
    fitted(user, SAFEGUARDED)
    assert standing(user) == {
        "a": ("running", None),
        "b": ("running", None),
        "c": ("stopped", None),
        "d": ("running", None),
    }


def test_running_it_twice_changes_nothing_more(user: User, bots: dict[str, UUID]) -> None:
    fitted(user, PAPER_ONLY)
    once = standing(user)
    fitted(user, PAPER_ONLY)
    assert standing(user) == once


def test_the_user_chooses_which_stay(
    client: FlaskClient, user: User, bots: dict[str, UUID], headers: dict[str, str]
) -> None:
    fitted(user, PAPER_ONLY)
    answer = keep(client, headers, bots["d"])
    assert answer.status_code == 200
    assert {bot["name"]: bot["held_by_plan"] for bot in answer.json["bots"]} == {
        "a": True,
        "b": True,
        "c": True,
        "d": False,
    }
    assert standing(user)["d"] == ("running", None)
    assert standing(user)["a"] == ("paused", "running")


def test_not_more_than_the_plan_has_places_for(
    client: FlaskClient, user: User, bots: dict[str, UUID], headers: dict[str, str]
) -> None:
    fitted(user, PAPER_ONLY)
    before = standing(user)
    answer = keep(client, headers, bots["a"], bots["d"])
    assert (answer.status_code, answer.json["error"]) == (403, "plan_limit_reached")
    assert answer.json["details"]["next_plan"] == LOW
    assert standing(user) == before


def test_nobody_chooses_the_bots_of_others(
    client: FlaskClient, user: User, bots: dict[str, UUID], headers: dict[str, str]
) -> None:
    foreign = make_bot(make_user("other@example.com"), name="foreign")
    assert keep(client, headers, foreign.id).status_code == 422
    with db.transaction() as session:
        assert session.get_one(Bot, foreign.id).held_from is None


def test_a_bot_without_a_place_does_not_run_and_takes_exits_only(
    client: FlaskClient, user: User, bots: dict[str, UUID], headers: dict[str, str]
) -> None:
    fitted(user, PAPER_ONLY)
    refused = run(client, headers, bots["b"])
    assert (refused.status_code, refused.json["details"]["limit"]) == (403, "bots")
    path = f"/webhook/{bots['b']}/{SECRET}"
    entry = client.post(path, json={"action": "buy", "symbol": "BTC-USD"})
    closing = client.post(path, json={"action": "close", "symbol": "BTC-USD"})
    assert "ignored" in entry.json
    assert "ignored" not in closing.json


def test_a_place_that_is_free_can_be_taken(
    client: FlaskClient, user: User, bots: dict[str, UUID], headers: dict[str, str]
) -> None:
    fitted(user, PAPER_ONLY)
    client.delete(f"/api/bots/{bots['a']}", headers=headers)
    assert standing(user)["b"] == ("paused", "running")  # nothing begins to trade by itself
    assert run(client, headers, bots["d"]).status_code == 200
    assert standing(user)["d"] == ("running", None)
    assert run(client, headers, bots["b"]).status_code == 403


def test_a_live_bot_is_kept_to_exits_where_the_plan_is_for_paper(
    client: FlaskClient, user: User, headers: dict[str, str]
) -> None:
    subscribe(user, SAFEGUARDED)
    live, paper = make_bot(user, name="live", trading_mode="live"), make_bot(user, name="paper")
    fitted(user, LOW)
    assert standing(user) == {"live": ("paused", "running"), "paper": ("running", None)}
    answer = keep(client, headers, live.id, paper.id)
    assert answer.json["details"] == {
        "limit": "live_trading",
        "allowed": False,
        "plan": LOW,
        "next_plan": SAFEGUARDED,
    }


def test_what_was_stopped_meanwhile_does_not_start_with_a_place(
    client: FlaskClient, user: User, bots: dict[str, UUID], headers: dict[str, str]
) -> None:
    fitted(user, PAPER_ONLY)
    client.post(f"/api/bots/{bots['b']}/status", json={"status": "stopped"}, headers=headers)
    client.post(f"/api/bots/{bots['d']}/halt", json={"level": "entries"}, headers=headers)
    fitted(user, SAFEGUARDED)
    assert (standing(user)["b"], standing(user)["d"]) == (("stopped", None), ("paused", None))


def test_robots_that_were_bought_need_no_place_and_lose_it_when_they_expire(user: User) -> None:
    subscribe(user, LOW)
    with db.transaction() as session:
        session.add(
            PluginAccess(
                user_id=user.id, plugin_id="r4", level="full", source="grant",
                created_at=clock.now(),
            )
        )  # fmt: skip
    for name in ("r1", "r2", "r3", "r4"):
        make_bot(user, name=name, signal_source="robot", plugin_id=name)
    fitted(user, LOW)
    assert [status for status, _ in standing(user).values()] == ["running"] * 4
    with db.transaction() as session:
        session.get_one(PluginAccess, (user.id, "r4")).ended_at = clock.now()
    fitted(user, LOW)
    assert standing(user)["r4"] == ("paused", "running")
