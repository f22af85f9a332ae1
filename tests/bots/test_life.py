from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tradingrobotplug import clock, db
from tradingrobotplug.bots.service import verify_secret
from tradingrobotplug.models import Bot

from .conftest import NEW_BOT

Headers = dict[str, str]
Json = dict[str, Any]


def row(bot: Json) -> Bot:
    with db.transaction() as session:
        return session.get_one(Bot, UUID(bot["id"]))


def secret_of(answer: Any) -> str:
    return str(answer.json["webhook_url"]).rpartition("/")[2]


def test_a_new_bot_runs_and_shows_its_address_once(client: FlaskClient, headers: Headers) -> None:
    made = client.post("/api/bots", json=NEW_BOT, headers=headers)

    assert made.status_code == 201
    assert made.json is not None
    bot, url = made.json["bot"], made.json["webhook_url"]
    assert url.startswith(f"http://127.0.0.1:8000/webhook/{bot['id']}/")
    assert (bot["status"], bot["signal_source"], bot["plugin_id"]) == ("running", "webhook", None)
    assert bot["performance"] == {
        "total_pnl": 0.0,
        "trade_count": 0,
        "win_rate": None,
        "equity": 100_000.0,
    }
    assert bot["open_positions"] == 0
    assert verify_secret(row(bot), secret_of(made), clock.now())
    shown = client.get(f"/api/bots/{bot['id']}", headers=headers)
    assert shown.json == {"bot": bot}


def test_the_secret_is_stored_nowhere(client: FlaskClient, headers: Headers) -> None:
    made = client.post("/api/bots", json=NEW_BOT, headers=headers)

    assert made.json is not None
    stored = row(made.json["bot"])
    columns = [str(getattr(stored, column.name)) for column in Bot.__table__.columns]
    assert len(secret_of(made)) >= 43
    assert not any(secret_of(made) in value for value in columns)


def test_a_robot_s_bot_has_no_address(client: FlaskClient, headers: Headers) -> None:
    config = NEW_BOT | {
        "asset_type": "stocks",
        "exchange": "alpaca",
        "signal_source": "robot",
        "plugin_id": "tsla_improved_strategy",
    }

    made = client.post("/api/bots", json=config, headers=headers)

    assert made.status_code == 201
    assert made.json is not None
    assert made.json["webhook_url"] is None
    path = f"/api/bots/{made.json['bot']['id']}/rotate-secret"
    rotated = client.post(path, json={}, headers=headers)
    assert (rotated.status_code, rotated.json and rotated.json["error"]) == (409, "no_webhook")


def test_a_repeated_creation_with_one_key_makes_one_bot(
    client: FlaskClient, headers: Headers
) -> None:
    keyed = headers | {"Idempotency-Key": "the-same"}

    first = client.post("/api/bots", json=NEW_BOT, headers=keyed)
    second = client.post("/api/bots", json=NEW_BOT, headers=keyed)

    assert first.json == second.json
    listed = client.get("/api/bots", headers=headers)
    assert listed.json is not None
    assert listed.json["total"] == 1


def test_a_part_that_is_given_replaces_the_old_one(
    client: FlaskClient, headers: Headers, bot: Json
) -> None:
    changes = {"name": "Other", "risk_management": {"max_daily_loss": "100"}}

    answer = client.put(f"/api/bots/{bot['id']}", json=changes, headers=headers)

    assert answer.json is not None
    changed = answer.json["bot"]
    assert (changed["name"], changed["risk_management"]) == ("Other", {"max_daily_loss": "100"})
    assert changed["position_sizing"] == bot["position_sizing"]
    assert changed["updated_at"] > bot["updated_at"]


@pytest.mark.parametrize("change", [{"asset_type": "stocks"}, {"status": "paused"}, {"name": ""}])
def test_what_makes_a_bot_what_it_is_can_t_be_changed(
    client: FlaskClient, headers: Headers, bot: Json, change: Json
) -> None:
    answer = client.put(f"/api/bots/{bot['id']}", json=change, headers=headers)

    assert answer.status_code == 422


def test_a_change_is_checked_against_what_the_bot_trades(
    client: FlaskClient, headers: Headers, bot: Json
) -> None:
    answer = client.put(f"/api/bots/{bot['id']}", json={"symbols": ["AAPL"]}, headers=headers)

    assert answer.status_code == 422


@pytest.mark.parametrize("status", ["paused", "stopped", "running"])
def test_a_bot_s_status_is_set(
    client: FlaskClient, headers: Headers, bot: Json, status: str
) -> None:
    path = f"/api/bots/{bot['id']}/status"

    answer = client.post(path, json={"status": status}, headers=headers)

    assert answer.json is not None
    assert answer.json["bot"]["status"] == status


def test_an_unknown_status_is_refused(client: FlaskClient, headers: Headers, bot: Json) -> None:
    path = f"/api/bots/{bot['id']}/status"

    assert client.post(path, json={"status": "broken"}, headers=headers).status_code == 422


def test_a_copy_has_the_configuration_and_an_address_of_its_own(
    client: FlaskClient, headers: Headers, bot: Json
) -> None:
    answer = client.post(f"/api/bots/{bot['id']}/clone", json={}, headers=headers)

    assert answer.status_code == 201
    assert answer.json is not None
    copy = answer.json["bot"]
    own = {"id", "name", "created_at", "updated_at"}
    assert {k: v for k, v in copy.items() if k not in own} == {
        k: v for k, v in bot.items() if k not in own
    }
    assert copy["name"] == "Copy of Momentum"
    assert verify_secret(row(copy), secret_of(answer), clock.now())
    assert not verify_secret(row(bot), secret_of(answer), clock.now())


def test_a_rotated_secret_replaces_the_old_one_at_once(
    client: FlaskClient, headers: Headers
) -> None:
    made = client.post("/api/bots", json=NEW_BOT, headers=headers)
    assert made.json is not None
    bot = made.json["bot"]

    rotated = client.post(f"/api/bots/{bot['id']}/rotate-secret", json={}, headers=headers)

    assert rotated.json is not None
    assert rotated.json["previous_valid_until"] is None
    assert verify_secret(row(bot), secret_of(rotated), clock.now())
    assert not verify_secret(row(bot), secret_of(made), clock.now())


def test_with_an_overlap_both_secrets_work_until_it_ends(
    client: FlaskClient, headers: Headers
) -> None:
    made = client.post("/api/bots", json=NEW_BOT, headers=headers)
    assert made.json is not None
    bot = made.json["bot"]

    path = f"/api/bots/{bot['id']}/rotate-secret"
    rotated = client.post(path, json={"overlap_seconds": 60}, headers=headers)

    soon, later = clock.now() + timedelta(seconds=50), clock.now() + timedelta(seconds=70)
    assert verify_secret(row(bot), secret_of(made), soon)
    assert verify_secret(row(bot), secret_of(rotated), soon)
    assert not verify_secret(row(bot), secret_of(made), later)
    assert verify_secret(row(bot), secret_of(rotated), later)


def test_a_deleted_bot_is_gone_and_frees_its_place(
    client: FlaskClient, headers: Headers, bot: Json
) -> None:
    answer = client.delete(f"/api/bots/{bot['id']}", headers=headers)

    assert answer.json == {"success": True}
    assert client.get(f"/api/bots/{bot['id']}", headers=headers).status_code == 404
    listed = client.get("/api/bots", headers=headers)
    assert listed.json is not None
    assert listed.json == {"bots": [], "total": 0, "page": 1, "limit": 50}
    assert row(bot).deleted_at is not None


def test_bots_come_in_pages_newest_first(client: FlaskClient, headers: Headers) -> None:
    client.post("/api/bots", json=NEW_BOT | {"name": "A"}, headers=headers)
    client.post("/api/bots", json=NEW_BOT | {"name": "B"}, headers=headers)
    client.post("/api/bots", json=NEW_BOT | {"name": "C"}, headers=headers)

    answer = client.get("/api/bots?page=2&limit=2", headers=headers)

    assert answer.json is not None
    assert [bot["name"] for bot in answer.json["bots"]] == ["A"]
    assert (answer.json["total"], answer.json["page"], answer.json["limit"]) == (3, 2, 2)


def test_a_bot_s_address_is_not_shown_to_strangers(app: Flask, client: FlaskClient) -> None:
    assert client.get("/api/bots").status_code == 401
