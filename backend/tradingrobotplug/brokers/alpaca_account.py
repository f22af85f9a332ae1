"""Alpaca's account route, asked with a user's own keys. For accounts, the one file that knows
alpaca-py; market data has its own."""

from typing import Any, NoReturn

import requests

from ..marketdata import venue
from ..marketdata.transport import fit
from .keys import BrokerKeys, BrokerUnavailable, KeysRefused, Rights


def rights(keys: BrokerKeys, environment: str) -> Rights:
    """What these keys may do in this environment ('paper' or 'live').

    KeysRefused `keys_refused`, `wrong_environment` or `account_blocked`; BrokerUnavailable.
    """
    if not keys.secret.isprintable():  # it has to fit into a header
        raise KeysRefused("keys_refused", "This is not a secret of Alpaca's.")
    account = _account(keys, environment)
    if account is None:
        _refuse(keys, environment)
    if account.get("account_blocked") or account.get("status") != "ACTIVE":
        raise KeysRefused("account_blocked", "Alpaca says that this account is not active.")
    blocked = account.get("trading_blocked") or account.get("trade_suspended_by_user")
    return Rights(can_trade=not blocked)


def _refuse(keys: BrokerKeys, environment: str) -> NoReturn:
    other = "live" if environment == "paper" else "paper"
    if _account(keys, other) is not None:
        raise KeysRefused(
            "wrong_environment",
            f"These are keys of Alpaca's {other} environment, not of its {environment} one.",
            {"environment": other},
        )
    raise KeysRefused("keys_refused", "Alpaca does not accept these keys.")


def _account(keys: BrokerKeys, environment: str) -> dict[str, Any] | None:
    """The account as Alpaca shows it; None if it does not accept the keys."""
    from alpaca.common.exceptions import APIError  # noqa: PLC0415 (alpaca-py brings pandas along)
    from alpaca.trading.client import TradingClient  # noqa: PLC0415

    settings = venue.connected()
    address = settings.alpaca_live_url if environment == "live" else settings.alpaca_paper_url
    client = TradingClient(keys.key, keys.secret, raw_data=True, url_override=address)
    client._retry = 0  # by itself it sends again on 429 and 504
    fit(client._session)
    try:
        answer = client.get("/account")
    except APIError as error:
        if error.status_code in (401, 403):
            return None
        raise BrokerUnavailable("Alpaca", f"answers {error.status_code}") from error
    except (requests.RequestException, ValueError) as error:
        raise BrokerUnavailable("Alpaca") from error
    finally:
        client._session.close()
    if not isinstance(answer, dict) or "id" not in answer:
        raise BrokerUnavailable("Alpaca", "answers something else than an account")
    return answer
