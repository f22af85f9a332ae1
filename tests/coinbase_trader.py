"""A trader at the sandbox's Coinbase: a registered key and the real SDK that signs with it."""

import uuid
from typing import Any

from coinbase.rest import RESTClient
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.venues import Sandbox
from tradingrobotplug.marketdata.transport import fit

PRIVATE = ec.generate_private_key(ec.SECP256R1())
SECRET = PRIVATE.private_bytes(
    Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
).decode()
PUBLIC = PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def trader(sandbox: Sandbox, key: str = "trader", **given: Any) -> RESTClient:
    """Register a key, with `balances` and the like, and open the SDK with it."""
    sandbox.tell("keys", broker="coinbase", key=key, public_key=PUBLIC, **given)
    host = sandbox.url.removeprefix("http://")
    client = RESTClient(api_key=key, api_secret=SECRET, base_url=host, timeout=5)
    fit(client.session)
    return client


def order(client: RESTClient, side: str = "BUY", **configuration: dict[str, Any]) -> Any:
    """Place an order under an id of its own, by the name of its configuration."""
    return client.create_order(uuid.uuid4().hex, "BTC-USD", side, configuration)


def placed(client: RESTClient, side: str = "BUY", **configuration: dict[str, Any]) -> Any:
    """Place one that is accepted, and read it back."""
    accepted = order(client, side, **configuration)
    assert accepted.success, accepted.error_response
    return client.get_order(accepted.success_response["order_id"]).order


def balance(client: RESTClient, currency: str) -> tuple[str, str]:
    """Available and held."""
    (found,) = [a for a in client.get_accounts().accounts if a.currency == currency]
    return found.available_balance["value"], found.hold["value"]


def price(sandbox: Sandbox, at: float, seconds: int = 0) -> None:
    """Hold Bitcoin at this price, from so many seconds after half past three on."""
    sandbox.tell("clock", at=f"2026-11-20T15:{30 + seconds // 60}:{seconds % 60:02d}+00:00")
    sandbox.tell("price", symbol="BTC-USD", price=at)


def breaks(sandbox: Sandbox, kind: str, **given: Any) -> None:
    """Set one of Coinbase's faults."""
    sandbox.tell("faults", venue="coinbase", kind=kind, **given)
