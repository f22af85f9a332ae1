"""What traders' own keys open: Alpaca's account, paper and live, and books at Coinbase.

The sandbox's own credentials are keys of a paper account; /sandbox/keys registers others. Requests
to Coinbase carry a JWT (ES256 or EdDSA) that is checked against the registered public key.
"""

import uuid
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from flask import Blueprint, current_app, jsonify, request

from .coinbase_book import Book, open_book

blueprint = Blueprint("accounts", __name__)
live = Blueprint("live_accounts", __name__, url_prefix="/live")

_LONGEST = 120  # seconds that Coinbase's tokens live at most
_AMOUNTS = {
    **dict.fromkeys(("cash", "equity", "last_equity", "portfolio_value"), "100000"),
    **dict.fromkeys(("long_market_value", "short_market_value", "initial_margin"), "0"),
    **dict.fromkeys(("maintenance_margin", "accrued_fees", "pending_transfer_in"), "0"),
}
_CLAIMS = ["exp", "nbf", "iss", "sub"]


@dataclass(frozen=True, slots=True)
class AlpacaKeys:
    """Keys of one account in one environment."""

    secret: str
    account: dict[str, object]


@dataclass(frozen=True, slots=True)
class CoinbaseKey:
    """A public key, what its owner may do with it, and the books that it opens."""

    public: EllipticCurvePublicKey | Ed25519PublicKey
    permissions: dict[str, object]
    book: Book

    @property
    def algorithm(self) -> str:
        """The one that goes with this kind of key."""
        return "EdDSA" if isinstance(self.public, Ed25519PublicKey) else "ES256"


class Keys:
    """The keys that are accepted now."""

    def __init__(self, key: str, secret: str) -> None:
        self._own = {"broker": "alpaca", "environment": "paper", "key": key, "secret": secret}
        self.forget()

    def __len__(self) -> int:
        return len(self.alpaca) + len(self.coinbase)

    def forget(self) -> None:
        """All but the sandbox's own."""
        self.alpaca: dict[tuple[str, str], AlpacaKeys] = {}
        self.coinbase: dict[str, CoinbaseKey] = {}
        self._books: dict[str, Book] = {}
        self.register(self._own)

    def register(self, given: dict[str, Any]) -> bool:
        """Accept these from now on; False if something is missing."""
        try:
            if given["broker"] == "coinbase":
                self.coinbase[str(given["key"])] = _coinbase_key(given, self._book(given))
            else:
                place = (str(given["environment"]), str(given["key"]))
                self.alpaca[place] = AlpacaKeys(str(given["secret"]), _account(given))
        except (KeyError, ValueError, TypeError):
            return False
        return True

    def _book(self, given: dict[str, Any]) -> Book:
        """Keys that name the same `portfolio` open the same books; balances open new ones."""
        name = str(given.get("portfolio", given["key"]))
        portfolio = str(uuid.uuid5(uuid.NAMESPACE_URL, name))
        if portfolio not in self._books or "balances" in given:
            self._books[portfolio] = open_book(portfolio, given)
        return self._books[portfolio]


def keys() -> Keys:
    """The keys of this application."""
    found = current_app.config["KEYS"]
    assert isinstance(found, Keys)
    return found


@blueprint.get("/v2/account")
def paper_account() -> Any:
    """The account that the two header keys open in the paper environment."""
    return _alpaca("paper")


@live.get("/v2/account")
def live_account() -> Any:
    """The same in the live environment, which at Alpaca is another host."""
    return _alpaca("live")


def _alpaca(environment: str) -> Any:
    key, secret = (request.headers.get(f"APCA-API-{n}", "") for n in ("KEY-ID", "SECRET-KEY"))
    found = keys().alpaca.get((environment, key))
    if found is None or not compare_digest(found.secret.encode(), secret.encode()):
        return jsonify(code=40110000, message="request is not authorized"), 401
    return jsonify(found.account)


def coinbase_signer(token: str, uri: str | None) -> CoinbaseKey | None:
    """The registered key behind the token, if it was made for just this request. A stream's token
    names no request: `uri` is None."""
    try:
        name = jwt.get_unverified_header(token).get("kid", "")
        key = keys().coinbase.get(str(name))
        if key is None:
            return None
        claims = jwt.decode(
            token,
            key.public,
            algorithms=[key.algorithm],
            issuer="cdp",
            options={"require": _CLAIMS},
        )
    except jwt.PyJWTError:
        return None
    is_its_own = claims["sub"] == name and claims["exp"] - claims["nbf"] <= _LONGEST
    return key if is_its_own and claims.get("uri") == uri else None


def _coinbase_key(given: dict[str, Any], book: Book) -> CoinbaseKey:
    public = load_pem_public_key(str(given["public_key"]).encode())
    if not isinstance(public, EllipticCurvePublicKey | Ed25519PublicKey):
        raise TypeError("neither ECDSA nor Ed25519")
    permissions = {
        "can_view": bool(given.get("can_view", True)),
        "can_trade": bool(given.get("can_trade", True)),
        "can_transfer": bool(given.get("can_transfer", False)),
        "portfolio_uuid": book.portfolio,
        "portfolio_type": "DEFAULT",
    }
    return CoinbaseKey(public, permissions, book)


def _account(given: dict[str, Any]) -> dict[str, object]:
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, str(given["key"]))),
        "account_number": f"SANDBOX-{str(given['environment']).upper()}",
        "status": "ACTIVE",
        "crypto_status": "ACTIVE",
        "currency": "USD",
        "buying_power": "200000",
        "regt_buying_power": "200000",
        "multiplier": "2",
        "created_at": "2026-01-05T14:30:00Z",
        "shorting_enabled": True,
        "trade_suspended_by_user": False,
        "trading_blocked": bool(given.get("trading_blocked", False)),
        "transfers_blocked": False,
        "account_blocked": bool(given.get("account_blocked", False)),
        **_AMOUNTS,
    }
