"""shared-schemas/openapi.json is what the API says of itself now."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

PUBLISHED = Path(__file__).parents[2] / "shared-schemas" / "openapi.json"
PUBLIC = r"/webhook/|/api/(?!docs|openapi)"


@pytest.mark.filterwarnings("error:Multiple schemas")
def test_the_published_file_is_what_the_api_serves(client: FlaskClient) -> None:
    """Stale? Run `make openapi`."""
    assert json.loads(PUBLISHED.read_text()) == client.get("/api/openapi.json").json


def test_every_route_of_the_api_is_in_the_file(app: Flask) -> None:
    described = set(json.loads(PUBLISHED.read_text())["paths"])
    rules = [rule.rule for rule in app.url_map.iter_rules()]
    served = {re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", r) for r in rules if re.match(PUBLIC, r)}
    assert served == described


def described() -> dict[str, set[str]]:
    """Of each operation, which statuses the file names."""
    paths = json.loads(PUBLISHED.read_text())["paths"]
    return {
        f"{method} {path}": set(what["responses"])
        for path, methods in paths.items()
        for method, what in methods.items()
        if method != "parameters"
    }


@pytest.mark.parametrize(("operation", "statuses"), described().items(), ids=list(described()))
def test_each_operation_names_what_any_may_answer(operation: str, statuses: set[str]) -> None:
    assert {"429", "503"} <= statuses


@pytest.mark.parametrize(
    ("operation", "statuses"),
    [
        ("post /api/auth/login", {"400", "413"}),
        ("post /api/bots", {"400", "409", "413"}),
        ("post /api/bots/{bot_id}/clone", {"409"}),
        ("get /api/bots/{bot_id}/signals", {"401", "403", "404"}),
        ("get /api/signals/{signal_id}", {"401", "403", "404"}),
        ("post /api/signals/{signal_id}/replay", {"401", "403", "404", "409"}),
        ("post /api/signals/{signal_id}/discard", {"401", "403", "404", "409"}),
        ("post /webhook/{bot_id}/{secret}", {"400", "404", "413", "415", "422"}),
    ],
)
def test_how_an_operation_refuses_is_in_the_file(operation: str, statuses: set[str]) -> None:
    assert statuses <= described()[operation]


def test_the_page_for_readers_needs_nothing_from_elsewhere(client: FlaskClient) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert "http" not in page.text.replace("/api/openapi", "")
    assert client.get("/api/docs/swagger-ui-bundle.js").status_code == 200
    assert client.get("/api/docs/start.js").mimetype == "text/javascript"
