"""Keys that the sandbox accepts, and what a user posts to keep them."""

from base64 import b64encode
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.venues import Sandbox

KEY, SECRET = "PKTESTKEY0000000ABCD", "alpaca-secret-0123456789-0123456789"
COINBASE_KEY = "organizations/0a1b/apiKeys/2c3d4e5f-WXYZ"


def alpaca(sandbox: Sandbox, environment: str = "paper", **flags: bool) -> dict[str, Any]:
    """The body that adds an Alpaca account whose keys the sandbox knows."""
    sandbox.tell("keys", broker="alpaca", environment=environment, key=KEY, secret=SECRET, **flags)
    return {
        "label": "Alpaca",
        "broker": "alpaca",
        "environment": environment,
        "permissions": "trade",
        "api_key": KEY,
        "api_secret": SECRET,
    }


def coinbase(sandbox: Sandbox, kind: str = "pem", **flags: bool) -> dict[str, Any]:
    """The same for Coinbase, with a new key: 'pem' (ECDSA) or 'ed25519'."""
    private = _PRIVATE[kind]()
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    sandbox.tell("keys", broker="coinbase", key=COINBASE_KEY, public_key=public.decode(), **flags)
    return {
        "label": "Coinbase",
        "broker": "coinbase",
        "environment": "live",
        "permissions": "trade",
        "api_key": COINBASE_KEY,
        "api_secret": _SECRET[kind](private),
    }


_PRIVATE: dict[str, Any] = {
    "pem": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}
_SECRET: dict[str, Any] = {
    "pem": lambda key: key.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    ).decode(),
    "ed25519": lambda key: b64encode(key.private_bytes_raw()).decode(),
}
