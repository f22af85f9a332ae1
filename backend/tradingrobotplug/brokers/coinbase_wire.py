"""Coinbase Advanced with a user's keys: one request, and its answer or why there is none. For
accounts, the one file that knows coinbase-advanced-py; market data has its own."""

import logging
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import requests

from ..marketdata import venue
from ..marketdata.transport import TIMEOUT, fit, was_never_sent
from .allowance import Allowance, Purpose
from .broker import NoClearAnswer, NotReached
from .keys import BrokerKeys, KeysRefused

Json = dict[str, Any]

_PREFIX = "/api/v3/brokerage"
# Coinbase takes 30 requests in any second of a user: a full bucket and what comes back meanwhile.
_PER_SECOND, _BURST = 20, 10
_PAGE = 250
_LONGEST_WAIT = 60.0
_SHORT_WAIT = 0.5


class Refused(NotReached):
    """Coinbase answered that it does not do this: the status says what is wrong with it."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class CoinbaseWire:
    """One user's requests, counted. Every one raises NotReached (Refused for a 400, 401, 403 or
    404) or NoClearAnswer where there is no answer in JSON."""

    def __init__(self, keys: BrokerKeys) -> None:
        self._client = _client(keys)
        self._allowance = Allowance(f"coinbase/{keys.key}", _PER_SECOND, _BURST)

    def get(self, path: str, purpose: Purpose | None, **asked: object) -> Json:
        """What is there. Without a purpose it is not counted."""
        return self._ask(purpose, lambda: self._client.get(_PREFIX + path, params=asked))

    def post(self, path: str, purpose: Purpose, body: Json) -> Json:
        """What came of it. It is sent once: the SDK repeats nothing, and neither does its
        session."""
        return self._ask(purpose, lambda: self._client.post(_PREFIX + path, data=body))

    def pages(self, path: str, name: str, purpose: Purpose, **asked: object) -> Iterator[Json]:
        """Every item of a list, page after page."""
        cursor = ""
        while True:
            more = {"cursor": cursor} if cursor else {}
            answer = self.get(path, purpose, limit=_PAGE, **asked, **more)
            items = answer.get(name)
            if not isinstance(items, list):
                raise NoClearAnswer(f"Coinbase's answer has no {name}.")
            yield from items
            last, cursor = cursor, str(answer.get("cursor") or "")
            if not items or cursor in ("", last) or answer.get("has_next") is False:
                return

    def _ask(self, purpose: Purpose | None, send: Callable[[], object]) -> Json:
        if purpose is not None:
            self._take(purpose)
        try:
            answer = send()
        except requests.HTTPError as error:
            raise self._failure(error.response) from None
        except Exception as error:  # whatever it is: the request may have been served
            if was_never_sent(error):
                raise NotReached("Coinbase can't be reached.") from None
            raise NoClearAnswer(f"Coinbase gave no answer ({type(error).__name__}).") from None
        if not isinstance(answer, dict):
            raise NoClearAnswer("Coinbase's answer can't be read.")
        return answer

    def _take(self, purpose: Purpose) -> None:
        """Orders wait for their turn where it is a matter of a moment; a poll comes back."""
        try:
            self._allowance.take(purpose)
        except NotReached as short:
            if purpose is Purpose.POLL or (short.seconds or 1) > _SHORT_WAIT:
                raise
            time.sleep(short.seconds or 0)
            self._allowance.take(purpose)

    def _failure(self, response: requests.Response | None) -> Exception:
        if response is None:
            return NoClearAnswer("Coinbase gave no answer.")
        status = response.status_code
        if status == 429:
            self._allowance.empty()
            return NotReached("Coinbase was asked too often.", _seconds(response))
        if status in (401, 403):
            return Refused(status, "Coinbase does not accept these keys for this.")
        told = _message(response)
        if status in (400, 404) and told:
            return Refused(status, told)
        return NoClearAnswer(f"Coinbase answered {status}.")


def _client(keys: BrokerKeys) -> Any:
    from coinbase.rest import RESTClient  # noqa: PLC0415 (30 MB that most processes never need)

    secret = keys.secret.replace("\\n", "\n")  # as the downloaded JSON file writes it
    _refuse_malformed(keys.key, secret)
    address = urlsplit(venue.connected().coinbase_url).netloc
    # Its keys default to the environment's, so they are always named.
    client = RESTClient(api_key=keys.key, api_secret=secret, base_url=address, timeout=TIMEOUT)
    fit(client.session)
    logging.getLogger("coinbase.RESTClient").disabled = True  # it prints bodies past our format
    return client


def _refuse_malformed(key: str, secret: str) -> None:
    from coinbase import jwt_generator  # noqa: PLC0415 (see above)

    try:
        jwt_generator.build_jwt(key, secret)
    except Exception:  # the SDK raises nothing narrower
        raise KeysRefused(
            "keys_malformed",
            "The secret is not a Coinbase key: paste its private key, as PEM or base64.",
        ) from None


def _seconds(response: requests.Response) -> float:
    """When Coinbase may be asked again; its header says how long, or the moment in Unix time."""
    try:
        told = float(response.headers.get("x-ratelimit-reset", "1"))
    except ValueError:
        told = 1.0
    wait = told - time.time() if told > 1e9 else told
    return min(max(wait, 0.1), _LONGEST_WAIT)


def _message(response: requests.Response) -> str:
    """Coinbase's sentence; empty if it was something else on the way that answered."""
    try:
        body = response.json()
    except ValueError:
        body = None
    return str(body.get("message") or "") if isinstance(body, dict) else ""
