"""Access tokens that were not given out so: the letters and numbers in the names are those of the
security requirements."""

import base64
import json
import socket
from collections.abc import Iterator

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask.testing import FlaskClient

from tests.accounts.signing import log_in
from tests.security.signed_tokens import Claims, ask, claims, trader
from tradingrobotplug.config import Settings
from tradingrobotplug.models import User

__all__ = ["claims", "trader"]


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port that somebody may connect to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.mark.parametrize("algorithm", ["none", "HS512", "HS384"])
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_l1_a_token_of_another_algorithm_is_401(
    client: FlaskClient, claims: Claims, settings: Settings, algorithm: str
) -> None:
    key = {"none": ""}.get(algorithm, settings.jwt_secret)
    assert ask(client, jwt.encode(claims, key, algorithm=algorithm)) == 401


@pytest.mark.parametrize("name", ["None", "NONE", "nOnE", "", None])
def test_l1_an_unsigned_copy_of_a_token_is_401(
    client: FlaskClient, trader: User, name: str | None
) -> None:
    header = base64.urlsafe_b64encode(json.dumps({"alg": name, "typ": "JWT"}).encode())
    _, payload, signature = log_in(client).json["token"].split(".")
    unsigned = f"{header.decode().rstrip('=')}.{payload}"
    assert (ask(client, f"{unsigned}."), ask(client, f"{unsigned}.{signature}")) == (401, 401)


def test_l1_a_key_pair_of_the_senders_own_signs_nothing(
    client: FlaskClient, claims: Claims
) -> None:
    pair = Ed25519PrivateKey.generate()
    public = base64.urlsafe_b64encode(pair.public_key().public_bytes_raw()).decode().rstrip("=")
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": public}
    assert ask(client, jwt.encode(claims, pair, algorithm="EdDSA", headers={"jwk": jwk})) == 401
    assert ask(client, jwt.encode(claims, public, algorithm="HS256", headers={"jwk": jwk})) == 401


def test_l1_no_key_is_looked_for_where_the_token_says(
    client: FlaskClient, claims: Claims, settings: Settings, listener: socket.socket
) -> None:
    away = f"http://127.0.0.1:{listener.getsockname()[1]}/keys"
    hints = {"kid": "../../dev/null", "jku": away, "x5u": away}
    assert ask(client, jwt.encode(claims, "\0" * 32, headers=hints)) == 401
    assert ask(client, jwt.encode(claims, settings.jwt_secret, headers=hints)) == 200
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another-api"},
        {"aud": None},
        {"iss": "another"},
        {"iss": None},
        {"type": "refresh"},
    ],
    ids=str,
)
def test_l2_a_token_for_or_by_another_is_401(
    client: FlaskClient, claims: Claims, settings: Settings, changes: Claims
) -> None:
    changed = {name: value for name, value in (claims | changes).items() if value is not None}
    assert ask(client, jwt.encode(changed, settings.jwt_secret)) == 401
    assert ask(client, jwt.encode(claims, settings.jwt_secret)) == 200


def test_l2_neither_token_serves_as_the_other(client: FlaskClient, trader: User) -> None:
    answer = log_in(client)
    assert ask(client, answer.json["refresh_token"]) == 401
    swapped = {"refresh_token": answer.json["token"]}
    assert client.post("/api/auth/refresh", json=swapped).status_code == 401
