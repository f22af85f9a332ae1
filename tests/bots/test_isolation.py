from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ..factories import headers_for, make_user

ROUTES = [
    ("GET", "", None),
    ("PUT", "", {"name": "Mine now"}),
    ("DELETE", "", None),
    ("POST", "/status", {"status": "stopped"}),
    ("POST", "/clone", {}),
    ("POST", "/rotate-secret", {}),
    ("GET", "/trades", None),
    ("GET", "/positions", None),
]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_someone_else_s_bot_is_not_there(
    app: Flask, client: FlaskClient, bot: dict[str, Any], method: str, path: str, body: Any
) -> None:
    stranger = headers_for(app, make_user("stranger@example.com"))

    foreign = client.open(
        f"/api/bots/{bot['id']}{path}", method=method, json=body, headers=stranger
    )
    missing = client.open(f"/api/bots/{uuid4()}{path}", method=method, json=body, headers=stranger)

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.json is not None
    assert missing.json is not None
    assert foreign.json["message"] == missing.json["message"]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_without_a_token_nothing_is_said(
    client: FlaskClient, bot: dict[str, Any], method: str, path: str, body: Any
) -> None:
    answer = client.open(f"/api/bots/{bot['id']}{path}", method=method, json=body)

    assert answer.status_code == 401


def test_a_list_holds_one_s_own_bots_only(
    app: Flask, client: FlaskClient, bot: dict[str, Any]
) -> None:
    answer = client.get("/api/bots", headers=headers_for(app, make_user("stranger@example.com")))

    assert answer.json is not None
    assert answer.json["bots"] == []
