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


def test_the_page_for_readers_needs_nothing_from_elsewhere(client: FlaskClient) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert "http" not in page.text.replace("/api/openapi", "")
    assert client.get("/api/docs/swagger-ui-bundle.js").status_code == 200
    assert client.get("/api/docs/start.js").mimetype == "text/javascript"
