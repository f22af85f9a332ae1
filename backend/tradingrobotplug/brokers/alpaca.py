"""Alpaca as a broker: US stocks in a user's own account, paper or live.

`alpaca_terms` says what is sent, `alpaca_books` what is asked, `alpaca_answers` how it reads, and
`alpaca_wire` what can go wrong on the way.
"""

import time
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal, NoReturn

from ..money import ZERO, decimal_from
from . import alpaca_answers as answers
from .allowance import Purpose
from .alpaca_answers import Raw
from .alpaca_books import REFUSED_KEYS, Books, object_in, order_path, readable, refuse
from .alpaca_stream import AlpacaStream
from .alpaca_terms import body_of, is_same
from .alpaca_wire import Wire
from .broker import (
    Balances,
    NoClearAnswer,
    NotReached,
    OpenOrder,
    OrderRequest,
    Outcome,
    Reference,
)
from .capabilities import ALPACA
from .keys import BrokerKeys, KeysRefused, Rights
from .venue import Venue

_UNREAD = 40010001  # a field that can't be read; also the answer to an id that was used before
_PAUSES = (0.1, 0.2, 0.4, 0.6, 0.7)  # seconds between looks at an order that is being cancelled
_SHOWS_LATE = 1.0  # seconds that Alpaca may take to show an order that it has


class AlpacaBroker:
    """Implements `broker.Broker`. Alpaca knows a client_order_id for ever, even of what was
    cancelled."""

    id_unique: Literal["forever", "open_only", "none"] = "forever"

    def __init__(self, keys: BrokerKeys, environment: str) -> None:
        self._wire = Wire(keys, environment)
        self._books = Books(self._wire)

    def submit(self, order: OrderRequest) -> Outcome:
        """Place the order. Under an id that Alpaca has already, it is the order that is there."""
        purpose = Purpose.EXIT if order.is_exit else Purpose.ENTRY
        answer = self._wire.post("/orders", purpose, body_of(order))
        if answer.is_ok:
            return self._so_far(order.client_order_id, object_in(answer), purpose)
        if answer.code is None:
            raise NoClearAnswer(f"Alpaca answers {answer.status} without saying why.")
        known = self._known(order, purpose) if answer.code == _UNREAD else None
        if known is not None and is_same(order, known):
            return self._so_far(order.client_order_id, known, purpose)
        return Outcome("rejected", order.client_order_id, None, (), answer.reason)

    def look_up(self, order: Reference) -> Outcome | None:
        """The order as Alpaca has it, an exit at two prices as one. None if it has none."""
        purpose = Purpose.EXIT if order.is_exit else Purpose.POLL
        if order.has_traded:
            whole = self._whole(order, purpose)
            if whole is not None:
                return whole
        members = self._members(order, purpose)
        return self._outcome(order.client_order_id, members, purpose) if members else None

    def cancel(self, order: Reference) -> Outcome | None:
        """Cancel what is open of it and wait two seconds for its end."""
        asked: set[str] = set()
        try:
            for pause in _PAUSES:
                members = self._members(order, Purpose.EXIT)
                if not members:
                    return None
                outcome = self._outcome(order.client_order_id, members, Purpose.EXIT)
                if outcome.state not in ("accepted", "partially_filled"):
                    return outcome
                self._end_one(members, asked)
                time.sleep(pause)
        except NotReached as error:
            if asked:  # it may be cancelled by now
                raise NoClearAnswer(str(error)) from error
            raise
        raise NoClearAnswer("Alpaca has not ended the order yet.")

    def open_orders(self) -> list[OpenOrder]:
        """Every order that rests, legs beside the order that brought them."""
        found = self._books.open_orders()
        with readable():
            return list(answers.open_orders(found))

    def positions(self) -> dict[str, Decimal]:
        """The stocks. An account may hold options and coins as well, which nothing here trades."""
        held = self._books.positions()
        with readable():
            stocks = [answers.position(raw) for raw in held if answers.is_stock(raw)]
        return {symbol: units for symbol, units in stocks if units}

    def balances(self) -> Balances:
        """In dollars. Alpaca takes no commission for stocks."""
        raw = self._books.account()
        with readable():
            cash, power = decimal_from(raw["cash"]), decimal_from(raw["buying_power"])
            return Balances(cash, power, decimal_from(raw["equity"]), fee_rate=ZERO)

    def unsupported(self) -> frozenset[str]:
        """Nothing: every account may use what the capabilities name."""
        return frozenset()

    def stream(self) -> AlpacaStream:
        """Of trade updates."""
        return self._wire.stream()

    def permissions(self) -> Rights:
        """What the keys may do. KeysRefused `keys_refused`, `wrong_environment` or
        `account_blocked`."""
        if not self._wire.is_sendable:
            raise KeysRefused("keys_refused", "These are not keys of Alpaca's.")
        answer = self._wire.get("/account", Purpose.POLL)
        if answer.status in REFUSED_KEYS:
            self._refuse_keys()
        account = object_in(answer)
        if account.get("account_blocked") or account.get("status") != "ACTIVE":
            raise KeysRefused("account_blocked", "Alpaca says that this account is not active.")
        blocked = account.get("trading_blocked") or account.get("trade_suspended_by_user")
        return Rights(can_trade=not blocked)

    def clock(self) -> datetime:
        """Alpaca's own time."""
        raw = self._books.clock()
        with readable():
            return datetime.fromisoformat(raw["timestamp"])

    def _refuse_keys(self) -> NoReturn:
        other = self._wire.other
        if other.get("/account", Purpose.POLL).is_ok:
            raise KeysRefused(
                "wrong_environment",
                f"These are keys of Alpaca's {other.environment} environment, not of its "
                f"{self._wire.environment} one.",
                {"environment": other.environment},
            )
        raise KeysRefused("keys_refused", "Alpaca does not accept these keys.")

    def _members(self, order: Reference, purpose: Purpose) -> list[Raw]:
        """The orders at Alpaca that this one of ours consists of; none if there is no order."""
        if order.attached_to is not None:
            entry = self._books.order(order.attached_to, purpose)
            return answers.legs_of(entry) if entry else []
        if order.broker_order_id is not None:
            found = self._books.order(order.broker_order_id, purpose)
        else:
            found = self._books.order_named(order.client_order_id, purpose)
        return answers.members_of(found) if found else []

    def _whole(self, order: Reference, purpose: Purpose) -> Outcome | None:
        """The order by its executions alone, if they are all that was ordered: of most orders that
        takes one request instead of two. None if it takes a look at the order itself: as with an
        exit, of which we may want less by now than Alpaca was asked for."""
        if order.broker_order_id is None or order.is_exit or order.attached_to is not None:
            return None
        found = tuple(self._books.executions(order.broker_order_id, purpose))
        whole = Outcome("filled", order.client_order_id, order.broker_order_id, found)
        return whole if whole.filled_quantity == order.quantity else None

    def _known(self, order: OrderRequest, purpose: Purpose) -> Raw | None:
        """The order that has this id already; None if the refusal was about something else.

        The code does not tell the two apart, and what is there may show late in one place."""
        name, books = order.client_order_id, self._books
        try:
            found = books.order_named(name, purpose)
            found = found or books.order_listed(order.symbol, name, purpose)
            if found is None:
                time.sleep(_SHOWS_LATE)
                found = books.order_named(name, purpose)
        except NotReached as error:  # the order may well be there
            raise NoClearAnswer(str(error)) from error
        return found

    def _end_one(self, members: Sequence[Raw], asked: set[str]) -> None:
        """Cancel the first that is open and was not asked yet: with it goes its whole group."""
        ids = [str(member["id"]) for member in members if answers.is_open(member)]
        for broker_order_id in [one for one in ids if one not in asked][:1]:
            answer = self._wire.delete(order_path(broker_order_id), Purpose.EXIT)
            if answer.status in REFUSED_KEYS:
                refuse(answer)
            asked.add(broker_order_id)  # 404 and 422 mean that it has ended by itself

    def _so_far(self, client_order_id: str, order: Raw, purpose: Purpose) -> Outcome:
        """Of an order that Alpaca certainly has: fills that can't be read now come with the next
        look-up, but nothing makes a failure of it."""
        members = answers.members_of(order)
        try:
            return self._outcome(client_order_id, members, purpose)
        except (NotReached, NoClearAnswer):
            return answers.outcome(client_order_id, members, ())

    def _outcome(self, client_order_id: str, members: Sequence[Raw], purpose: Purpose) -> Outcome:
        traded = [str(member["id"]) for member in members if answers.has_traded(member)]
        found = [e for one in traded for e in self._books.executions(one, purpose)]
        found.sort(key=lambda execution: execution.at)
        return answers.outcome(client_order_id, members, tuple(found))


VENUE = Venue(
    title="Alpaca",
    asset_type="stocks",
    capabilities=ALPACA,
    environments={
        "paper": lambda keys: AlpacaBroker(keys, "paper"),
        "live": lambda keys: AlpacaBroker(keys, "live"),
    },
    revoking="At Alpaca: sign in at app.alpaca.markets, choose the account, and delete or "
    "regenerate the key under “API Keys”.",
)
