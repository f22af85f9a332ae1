"""A user's account at Coinbase Advanced."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal, TypeVar

from .. import clock
from ..marketdata import products
from ..marketdata.shapes import QuoteUnavailable, UnknownSymbol
from . import coinbase_account as account
from . import coinbase_answers as answers
from . import coinbase_orders as orders
from .allowance import Purpose
from .broker import (
    Balances,
    NoClearAnswer,
    NotReached,
    OpenOrder,
    OrderRequest,
    Outcome,
    Reference,
)
from .capabilities import COINBASE
from .coinbase_stream import CoinbaseStream
from .coinbase_wire import CoinbaseWire, Json, Refused
from .keys import BrokerKeys, KeysRefused, Rights
from .venue import Venue

T = TypeVar("T")

_ORDERS, _HISTORY = "/orders", "/orders/historical"
# Coinbase allows OPEN with no other state.
_RESTING = (["OPEN"], ["PENDING", "QUEUED", "CANCEL_QUEUED", "EDIT_QUEUED"])
_KNOWN_ID = "DUPLICATE_CLIENT_ORDER_ID"
_CLOSED = frozenset({"ORDER_ENTRY_DISABLED", "TRADING_DISABLED", "PRODUCT_TRADING_HALTED"})
_CLOCKS_APART = timedelta(minutes=1)
_ID_SEEN = timedelta(days=1)  # how long an order is tried again at most
_SHOWN_AFTER = timedelta(seconds=10)  # lists may not show an order that was just accepted
_PAUSES = (0.0, 0.1, 0.2, 0.4, 0.6, 0.7)  # seconds between looks at an order that is cancelled


class CoinbaseBroker:
    """Implements `broker.Broker` with one user's keys.

    The same client_order_id again never makes a second order: Coinbase returns the one there is,
    or refuses the id by name.
    """

    id_unique: Literal["forever", "open_only", "none"] = "forever"

    def __init__(self, keys: BrokerKeys) -> None:
        self._wire = CoinbaseWire(keys)

    def submit(self, order: OrderRequest) -> Outcome:
        """Place it. What Coinbase can't take is rejected before it is sent."""
        purpose = Purpose.EXIT if order.is_exit else Purpose.ENTRY
        try:
            orders.refuse_impossible(order)
            product = products.product(order.asset_type, order.symbol, clock.now())
            body = orders.body_of(order, product)
        except QuoteUnavailable as error:
            raise NotReached(error.message) from error
        except orders.Unfit as error:
            return _rejected(order, str(error))
        except UnknownSymbol as error:
            return self._known_or_rejected(order, error.message, purpose)
        try:
            answer = self._wire.post(_ORDERS, purpose, body)
        except Refused as error:
            if error.status != 400:
                raise
            return _rejected(order, str(error))
        return self._answered(order, body, answer, purpose)

    def look_up(self, order: Reference) -> Outcome | None:
        """By Coinbase's id or its entry's; by ours Coinbase can't be asked, so what was placed
        since is searched."""
        found = self._find(order, Purpose.POLL)
        return self._outcome(order.client_order_id, found, Purpose.POLL) if found else None

    def cancel(self, order: Reference) -> Outcome | None:
        """Ask for it, then look for two seconds until the order has ended one way or another."""
        order_id = order.broker_order_id
        if order_id is None:
            found = self._find(order, Purpose.EXIT)
            if found is None:
                return None
            order_id = str(found["order_id"])
        answer = self._wire.post(f"{_ORDERS}/batch_cancel", Purpose.EXIT, {"order_ids": [order_id]})
        refused = _read(lambda: answers.cancel_refusal(answer))
        for pause in _PAUSES:
            time.sleep(pause)
            shown = self._shown(order_id, Purpose.EXIT)
            outcome = self._outcome(order.client_order_id, shown, Purpose.EXIT)
            if outcome.state in ("filled", "cancelled", "rejected"):
                return outcome
            if refused and not answers.is_final(shown):
                break
        raise NoClearAnswer(f"Coinbase has not ended the order yet ({refused or 'asked'}).")

    def open_orders(self) -> list[OpenOrder]:
        """Those in the book, and those on their way into it or out of it."""
        found = [shown for states in _RESTING for shown in self._orders(order_status=states)]
        return _read(lambda: [answers.open_order_of(shown) for shown in found])

    def positions(self) -> dict[str, Decimal]:
        """Every currency but dollars, with what open orders hold of it."""
        accounts = self._accounts()
        return _read(lambda: account.positions_of(accounts))

    def balances(self) -> Balances:
        """Dollars, the whole at the market's price, and the account's own fee rate."""
        accounts = self._accounts()
        fees = self._wire.get("/transaction_summary", Purpose.POLL)
        return _read(lambda: account.balances_of(accounts, fees, clock.now()))

    def unsupported(self) -> frozenset[str]:
        """Asked by previews, which place nothing: sources disagree on whether spot takes these."""
        found: set[str] = set()
        for names, body in account.samples(clock.now()):
            answer = self._wire.post(f"{_ORDERS}/preview", Purpose.POLL, body)
            found.update(names if account.is_unsupported(answer) else ())
        return frozenset(found)

    def stream(self) -> CoinbaseStream:
        """Of the channel `user`."""
        return self._wire.stream()

    def permissions(self) -> Rights:
        """What the keys may do. KeysRefused `keys_refused`, `withdrawal_right`, `no_read_right`.

        A person waits for it, before the keys trade: it is not counted."""
        try:
            granted = self._wire.get("/key_permissions", None)
        except Refused as error:
            if error.status not in (401, 403):
                raise
            raise KeysRefused("keys_refused", "Coinbase does not accept these keys.") from None
        return account.rights_of(granted)

    def clock(self) -> datetime:
        """Coinbase's."""
        answer = self._wire.get("/time", Purpose.POLL)
        return _read(lambda: datetime.fromisoformat(str(answer["iso"])))

    def _answered(self, order: OrderRequest, body: Json, answer: Json, purpose: Purpose) -> Outcome:
        if answer.get("success") is True:
            return self._accepted(order, body, answer, purpose)
        if answer.get("success") is not False:
            raise NoClearAnswer("Coinbase does not say whether it took the order.")
        refusal = answers.refusal_of(answer)
        if refusal.word == _KNOWN_ID:
            return self._repeated(order, body, purpose)
        if refusal.word in _CLOSED:
            raise NotReached(refusal.reason)
        return _rejected(order, refusal.reason)

    def _accepted(self, order: OrderRequest, body: Json, answer: Json, purpose: Purpose) -> Outcome:
        """Coinbase has the order, whatever else it fails to say now."""
        told = answer.get("success_response")
        if not isinstance(told, dict) or not told.get("order_id"):
            raise NoClearAnswer("Coinbase took the order and does not say its id.")
        order_id = str(told["order_id"])
        told = told | {"order_configuration": answer.get("order_configuration")}
        if not _read(lambda: answers.is_same(body, told)):
            return _taken_by_another(order)
        try:
            shown = self._shown(order_id, purpose)
            if not _read(lambda: answers.is_same(body, shown)):
                return _taken_by_another(order)
            return self._outcome(order.client_order_id, shown, purpose)
        except (NotReached, NoClearAnswer):
            return Outcome("accepted", order.client_order_id, order_id)

    def _repeated(self, order: OrderRequest, body: Json, purpose: Purpose) -> Outcome:
        shown = self._search(order.client_order_id, order.symbol, clock.now() - _ID_SEEN, purpose)
        if shown is None:
            raise NoClearAnswer("Coinbase has the order's id, and does not show the order.")
        if not _read(lambda: answers.is_same(body, shown)):
            return _taken_by_another(order)
        return self._outcome(order.client_order_id, shown, purpose)

    def _known_or_rejected(self, order: OrderRequest, reason: str, purpose: Purpose) -> Outcome:
        """A product that closed since may hide an order whose answer got lost."""
        shown = self._search(order.client_order_id, order.symbol, clock.now() - _ID_SEEN, purpose)
        if shown is None:
            return _rejected(order, reason)
        return self._outcome(order.client_order_id, shown, purpose)

    def _find(self, order: Reference, purpose: Purpose) -> Json | None:
        if order.broker_order_id is not None:
            return self._shown(order.broker_order_id, purpose)
        if order.attached_to is not None:
            return self._attached(order.attached_to, purpose)
        since = order.placed_at - _CLOCKS_APART
        shown = self._search(order.client_order_id, order.symbol, since, purpose)
        if shown is None and clock.now() - order.placed_at < _SHOWN_AFTER:
            raise NoClearAnswer("Coinbase does not show the order, and may not have it.")
        return shown

    def _attached(self, entry_id: str, purpose: Purpose) -> Json | None:
        entry = self._shown(entry_id, purpose)
        attached = str(entry.get("attached_order_id") or "")
        if attached:
            return self._shown(attached, purpose)
        if not answers.is_final(entry):
            raise NoClearAnswer("Coinbase does not show what is attached to the entry.")
        return None

    def _search(
        self, client_order_id: str, symbol: str, since: datetime, purpose: Purpose
    ) -> Json | None:
        asked = {"product_ids": [symbol], "start_date": _moment(since)}
        found = self._orders(purpose, **asked)
        return next((o for o in found if o.get("client_order_id") == client_order_id), None)

    def _shown(self, order_id: str, purpose: Purpose) -> Json:
        """An order whose id Coinbase gave: not to be shown is no sign that it is not there."""
        try:
            shown = self._wire.get(f"{_HISTORY}/{order_id}", purpose).get("order")
        except Refused as error:
            if error.status != 404:
                raise
            shown = None
        if not isinstance(shown, dict):
            raise NoClearAnswer("Coinbase does not show the order at present.")
        return shown

    def _outcome(self, client_order_id: str, shown: Json, purpose: Purpose) -> Outcome:
        fills: list[Json] = []
        if _read(lambda: answers.may_have_traded(shown)):
            asked = {"order_ids": [str(shown["order_id"])]}
            fills = list(self._wire.pages(f"{_HISTORY}/fills", "fills", purpose, **asked))
        return _read(lambda: answers.outcome_of(client_order_id, shown, fills))

    def _orders(self, purpose: Purpose = Purpose.POLL, **asked: object) -> Iterator[Json]:
        return self._wire.pages(f"{_HISTORY}/batch", "orders", purpose, **asked)

    def _accounts(self) -> list[Json]:
        return list(self._wire.pages("/accounts", "accounts", Purpose.POLL))


def _rejected(order: OrderRequest, reason: str) -> Outcome:
    return Outcome("rejected", order.client_order_id, None, (), reason)


def _taken_by_another(order: OrderRequest) -> Outcome:
    return _rejected(order, "Coinbase has another order under this order's id.")


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _read(reading: Callable[[], T]) -> T:
    """What the answer says; NoClearAnswer if it is not in the shape that was agreed."""
    try:
        return reading()
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise NoClearAnswer(f"Coinbase's answer can't be read ({type(error).__name__}).") from error


# Coinbase has no paper trading: it is live or nothing.
VENUE = Venue(
    title="Coinbase",
    asset_type="crypto",
    capabilities=COINBASE,
    environments={"live": CoinbaseBroker},
    revoking="At Coinbase: sign in at portal.cdp.coinbase.com, open “API keys”, and delete "
    "the key.",
)
