"""A connected site ends its own registration, and nobody else's."""

import uuid
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask.testing import FlaskClient

from .test_sites import assertion, exchange, make_code, me, register


@pytest.fixture
def site_id(client: FlaskClient) -> str:
    return str(register(client, make_code()).json["site_id"])


def unregister(client: FlaskClient, text: str) -> Any:
    return client.post("/api/sites/unregister", json={"assertion": text})


def test_a_site_disconnects_itself_and_its_tokens_die(client: FlaskClient, site_id: str) -> None:
    answer = exchange(client, assertion(site_id))
    assert unregister(client, assertion(site_id, sub=site_id)).json == {"success": True}
    assert me(client, answer) == 401
    assert exchange(client, assertion(site_id)).status_code == 401
    assert unregister(client, assertion(site_id, sub=site_id)).status_code == 401


@pytest.mark.parametrize("wrong", [{}, {"sub": str(uuid.uuid4())}])
def test_what_a_site_signs_for_a_user_does_not_disconnect_it(
    client: FlaskClient, site_id: str, wrong: dict[str, str]
) -> None:
    assert unregister(client, assertion(site_id, **wrong)).status_code == 401
    assert exchange(client, assertion(site_id)).status_code == 200


def test_no_key_disconnects_another_site(client: FlaskClient, site_id: str) -> None:
    text = assertion(site_id, key=Ed25519PrivateKey.generate(), sub=site_id)
    assert unregister(client, text).status_code == 401
    assert exchange(client, assertion(site_id)).status_code == 200
