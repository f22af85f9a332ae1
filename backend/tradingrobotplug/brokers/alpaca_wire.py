"""Alpaca's trading API with a user's own keys: the one file that knows alpaca-py for accounts.

Every failure becomes one of three things: NotReached, NoClearAnswer, or an Answer to be read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests

from .. import clock
from ..marketdata import venue
from ..marketdata.transport import fit, was_never_sent
from .allowance import Allowance, Purpose
from .alpaca_stream import AlpacaStream
from .broker import NoClearAnswer, NotReached
from .keys import BrokerKeys

if TYPE_CHECKING:
    from alpaca.common.exceptions import APIError

# Alpaca takes 200 requests of an account in a minute: 50 at once and 2.5 a second are never more.
PER_SECOND, BURST = 2.5, 50
_LONGEST_PAUSE = 120.0  # seconds; whatever the header with the reset says
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """A status of 2xx or 4xx and the JSON that came with it; None where there was no body."""

    status: int
    body: Any

    @property
    def is_ok(self) -> bool:
        """Whether Alpaca did what was asked."""
        return self.status < 300

    @property
    def code(self) -> int | None:
        """Alpaca's own number for a refusal; None if this is no refusal of Alpaca's."""
        code = self.body.get("code") if isinstance(self.body, dict) else None
        return code if isinstance(code, int) and not isinstance(code, bool) else None

    @property
    def reason(self) -> str:
        """Alpaca's sentence, for a person to read and for nothing else."""
        said = self.body.get("message") if isinstance(self.body, dict) else None
        if isinstance(said, str) and said.strip():
            return said.strip()[:_LONGEST_REASON]
        return f"Alpaca refuses it ({self.status}, code {self.code})."


class Wire:
    """An account at Alpaca, in one of its environments ('paper' or 'live')."""

    def __init__(self, keys: BrokerKeys, environment: str) -> None:
        from alpaca.trading.client import TradingClient  # noqa: PLC0415 (it brings pandas along)

        settings = venue.connected()
        is_live = environment == "live"
        address = settings.alpaca_live_url if is_live else settings.alpaca_paper_url
        self.environment = environment
        self._keys, self._address = keys, address
        self._client = TradingClient(keys.key, keys.secret, raw_data=True, url_override=address)
        self._client._retry = 0  # by itself it sends again on 429 and 504
        fit(self._client._session)
        self._allowance = Allowance(f"alpaca/{environment}/{keys.key}", PER_SECOND, BURST)

    @property
    def other(self) -> "Wire":
        """The same keys shown to the other environment."""
        return Wire(self._keys, "paper" if self.environment == "live" else "live")

    @property
    def is_sendable(self) -> bool:
        """Whether the keys fit into the headers that they travel in."""
        return all(t.isascii() and t.isprintable() for t in (self._keys.key, self._keys.secret))

    def stream(self) -> AlpacaStream:
        """The account's trade updates, by the same keys in the same environment."""
        return AlpacaStream(self._keys, self._address)

    def get(self, path: str, purpose: Purpose, fields: dict[str, str] | None = None) -> Answer:
        """Ask for something. NotReached, NoClearAnswer."""
        return self._ask(purpose, lambda: self._client.get(path, fields))

    def post(self, path: str, purpose: Purpose, body: dict[str, Any]) -> Answer:
        """Send something once. NotReached, NoClearAnswer."""
        return self._ask(purpose, lambda: self._client.post(path, body))

    def delete(self, path: str, purpose: Purpose) -> Answer:
        """Take something back. NotReached, NoClearAnswer."""
        return self._ask(purpose, lambda: self._client.delete(path))

    def _ask(self, purpose: Purpose, send: Callable[[], Any]) -> Answer:
        from alpaca.common.exceptions import APIError  # noqa: PLC0415 (see above)

        self._allowance.take(purpose)
        try:
            return Answer(200, send())
        except APIError as error:
            return self._refusal(error)
        except requests.ConnectionError as error:
            if was_never_sent(error):
                raise NotReached("Alpaca could not be reached.") from error
            raise NoClearAnswer("The connection to Alpaca broke.") from error
        except Exception as error:  # whatever it is: the request may have been served
            raise NoClearAnswer(f"Alpaca: {type(error).__name__}.") from error

    def _refusal(self, error: "APIError") -> Answer:
        # Not error.code or error.message: they parse the body, which a gateway writes as HTML.
        response, status = error.response, error.status_code
        if status == 429:
            self._allowance.empty()
            raise NotReached(
                "Alpaca takes no more requests at present.", _pause(response)
            ) from error
        if not 400 <= status < 500 or status == 408:
            raise NoClearAnswer(f"Alpaca answers {status}.") from error
        try:
            body = response.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise NoClearAnswer(f"Something between us and Alpaca answers {status}.") from error
        return Answer(status, body)


def _pause(response: requests.Response) -> float | None:
    """Seconds until the account has requests again, as the headers say; None if they don't."""
    try:
        resets_at = float(response.headers["X-RateLimit-Reset"])
    except (KeyError, ValueError):
        return None
    return min(max(resets_at - clock.now().timestamp(), 1.0), _LONGEST_PAUSE)
