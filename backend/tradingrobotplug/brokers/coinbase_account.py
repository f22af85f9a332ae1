"""Coinbase's key permissions, asked with a user's own keys. For accounts, the one file that knows
coinbase-advanced-py; market data has its own."""

import logging
from typing import Any
from urllib.parse import urlsplit

import requests

from ..marketdata import venue
from ..marketdata.transport import TIMEOUT, fit
from .keys import BrokerKeys, BrokerUnavailable, KeysRefused, Rights


def rights(keys: BrokerKeys) -> Rights:
    """What these keys may do. KeysRefused `keys_malformed`, `keys_refused`, `withdrawal_right` or
    `no_read_right`; BrokerUnavailable."""
    granted = _permissions(keys)
    if granted.get("can_transfer") is not False:  # not said is not refused
        raise KeysRefused(
            "withdrawal_right",
            "These keys can withdraw money. Make keys at Coinbase without the right to transfer.",
        )
    if granted.get("can_view") is not True:
        raise KeysRefused("no_read_right", "These keys may not read the account.")
    return Rights(can_trade=granted.get("can_trade") is True)


def _permissions(keys: BrokerKeys) -> dict[str, Any]:
    from coinbase.rest import RESTClient  # noqa: PLC0415 (30 MB that most processes never need)

    secret = keys.secret.replace("\\n", "\n")  # as the downloaded JSON file writes it
    _refuse_malformed(keys.key, secret)
    address = urlsplit(venue.connected().coinbase_url).netloc
    client = RESTClient(api_key=keys.key, api_secret=secret, base_url=address, timeout=TIMEOUT)
    fit(client.session)
    logging.getLogger("coinbase.RESTClient").disabled = True  # it prints bodies past our format
    try:
        answer = client.get("/api/v3/brokerage/key_permissions")
    except requests.HTTPError as error:
        status = error.response.status_code if error.response is not None else 0
        if status in (401, 403):
            raise KeysRefused("keys_refused", "Coinbase does not accept these keys.") from None
        raise BrokerUnavailable("Coinbase", f"answers {status}") from None
    except (requests.RequestException, ValueError):
        raise BrokerUnavailable("Coinbase") from None
    finally:
        client.session.close()
    if not isinstance(answer, dict):
        raise BrokerUnavailable("Coinbase", "answers something else than permissions")
    return answer


def _refuse_malformed(key: str, secret: str) -> None:
    from coinbase import jwt_generator  # noqa: PLC0415 (see above)

    try:
        jwt_generator.build_jwt(key, secret)
    except Exception:  # the SDK raises nothing narrower
        raise KeysRefused(
            "keys_malformed",
            "The secret is not a Coinbase key: paste its private key, as PEM or base64.",
        ) from None
