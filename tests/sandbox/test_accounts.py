"""The keys that the sandbox accepts for traders' accounts."""

import time
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.venues import HEADERS, Sandbox

PATH = "/api/v3/brokerage/key_permissions"
PRIVATE = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(autouse=True)
def first_state(sandbox: Sandbox) -> None:
    sandbox.reset()
    public = PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    sandbox.tell(
        "keys", broker="coinbase", key="known", public_key=public.decode(), can_trade=False
    )


def ask(sandbox: Sandbox, kid: str = "known", key: Any = PRIVATE, **claims: Any) -> Any:
    now = int(time.time())
    host = sandbox.url.removeprefix("http://")
    fields = {
        "sub": "known",
        "iss": "cdp",
        "nbf": now,
        "exp": now + 120,
        "uri": f"GET {host}{PATH}",
    } | claims
    token = jwt.encode(fields, key, algorithm="ES256", headers={"kid": kid})
    signed = {"Authorization": f"Bearer {token}"}
    return requests.get(sandbox.url + PATH, headers=signed, timeout=5)


def test_a_registered_key_reads_its_permissions(sandbox: Sandbox) -> None:
    answer = ask(sandbox).json()
    assert (answer["can_view"], answer["can_trade"], answer["can_transfer"]) == (True, False, False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kid": "unknown"},
        {"key": ec.generate_private_key(ec.SECP256R1())},
        {"sub": "another"},
        {"iss": "someone"},
        {"uri": f"GET api.coinbase.com{PATH}"},
        {"uri": "GET /"},
        {"exp": 1},
        {"exp": int(time.time()) + 3_600},
        {"nbf": int(time.time()) + 60},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_token_that_was_not_made_for_this_request_is_refused(
    sandbox: Sandbox, wrong: dict[str, Any]
) -> None:
    assert ask(sandbox, **wrong).status_code == 401


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/v2/account", HEADERS, 200),
        ("/live/v2/account", HEADERS, 401),
        ("/v2/account", {}, 401),
        ("/v2/account", HEADERS | {"APCA-API-SECRET-KEY": "wrong"}, 401),
        (PATH, {}, 401),
        (PATH, {"Authorization": "Bearer x.y.z"}, 401),
    ],
)
def test_accounts_open_to_their_own_keys(
    sandbox: Sandbox, path: str, headers: dict[str, str], status: int
) -> None:
    assert requests.get(sandbox.url + path, headers=headers, timeout=5).status_code == status


@pytest.mark.parametrize(
    "body", [{"broker": "alpaca"}, {"broker": "coinbase", "key": "k", "public_key": "x"}, {"x": 1}]
)
def test_half_a_key_is_not_registered(sandbox: Sandbox, body: dict[str, Any]) -> None:
    answer = requests.post(f"{sandbox.url}/sandbox/keys", json=body, headers=HEADERS, timeout=5)
    assert answer.status_code == 400
