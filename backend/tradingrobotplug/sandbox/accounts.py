"""What traders' own keys open: accounts at Alpaca, paper and live, and books at Coinbase.

The sandbox's own credentials are keys of a paper account; /sandbox/keys registers others. Requests
to Coinbase carry a JWT (ES256 or EdDSA) that is checked against the registered public key.
"""

import uuid
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from flask import current_app

from .coinbase_book import Book, open_book
from .market import Market
from .stocks.account import Account, opened

_LONGEST = 120  # seconds that Coinbase's tokens live at most
_CLAIMS = ["exp", "nbf", "iss", "sub"]


@dataclass(frozen=True, slots=True)
class AlpacaKeys:
    """Keys of one account in one environment."""

    secret: str
    account: Account


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

    def __init__(self, key: str, secret: str, market: Market) -> None:
        self._market = market
        self._own = {"broker": "alpaca", "environment": "paper", "key": key, "secret": secret}
        self.forget()

    def __len__(self) -> int:
        return len(self.alpaca) + len(self.coinbase)

    def forget(self) -> None:
        """All but the sandbox's own, and every account with its orders and books."""
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
                self.alpaca[place] = AlpacaKeys(str(given["secret"]), self._account(place, given))
        except (KeyError, ValueError, TypeError, ArithmeticError):
            return False
        return True

    def _account(self, place: tuple[str, str], given: dict[str, Any]) -> Account:
        """The account behind the keys; registered again, they open the same one."""
        known = self.alpaca.get(place)
        if known is None:
            return opened(self._market, *place, given)
        known.account.set_flags(given)
        return known.account

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
