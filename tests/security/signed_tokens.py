"""A trader's live session, and whether a token opens it."""

from typing import Any

import jwt
import pytest
from flask.testing import FlaskClient

from tests.accounts.signing import log_in, make_trader
from tradingrobotplug.models import User

Claims = dict[str, Any]


@pytest.fixture
def trader(clean: None) -> User:
    return make_trader()


@pytest.fixture
def claims(client: FlaskClient, trader: User) -> Claims:
    """What stands in the token of a live session."""
    found: Claims = jwt.decode(log_in(client).json["token"], options={"verify_signature": False})
    return found


def ask(client: FlaskClient, token: str) -> int:
    return client.get("/api/users/me", headers={"Authorization": f"Bearer {token}"}).status_code
