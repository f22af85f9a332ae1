"""What Alpaca has of an account: its orders, fills, positions and money, each asked for once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn
from urllib.parse import quote

from . import alpaca_answers as answers
from .allowance import Purpose
from .alpaca_answers import Raw
from .alpaca_wire import Answer, Wire
from .broker import Execution, NoClearAnswer, NotReached

_ACTIVITIES = 100  # on a page
_ORDERS = 500  # in one answer
REFUSED_KEYS = (401, 403)


class Books:
    """Each question raises NotReached or NoClearAnswer where Alpaca gives no answer to it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def order(self, broker_order_id: str, purpose: Purpose) -> Raw | None:
        """An order with its legs; None if there is none."""
        return self._found(order_path(broker_order_id), purpose, {"nested": "true"})

    def order_named(self, client_order_id: str, purpose: Purpose) -> Raw | None:
        """The order with this id of ours, with its legs; None if there is none."""
        path, fields = "/orders:by_client_order_id", {"client_order_id": client_order_id}
        found = self._found(path, purpose, fields)
        if found and found.get("order_class") == "oco" and not answers.legs_of(found):
            return self.order(str(found["id"]), purpose)  # this way it may come without its stop
        return found

    def order_listed(self, symbol: str, client_order_id: str, purpose: Purpose) -> Raw | None:
        """The same, looked for among the latest orders in a symbol."""
        fields = {"status": "all", "symbols": symbol, "limit": str(_ORDERS), "nested": "true"}
        found = self._list("/orders", purpose, fields)
        return next((raw for raw in found if raw.get("client_order_id") == client_order_id), None)

    def open_orders(self) -> list[Raw]:
        """Every order that rests, with its legs, latest first."""
        found: dict[str, Raw] = {}
        fields = {"status": "open", "nested": "true", "limit": str(_ORDERS), "direction": "desc"}
        while True:
            page = self._list("/orders", Purpose.WATCH, fields)
            before = len(found)
            with readable():
                found |= {str(raw["id"]): raw for raw in page}
            if len(page) < _ORDERS or len(found) == before:
                return list(found.values())
            fields["until"] = str(page[-1].get("submitted_at"))

    def executions(self, broker_order_id: str, purpose: Purpose) -> list[Execution]:
        """The order's fills, oldest first."""
        found: list[Raw] = []
        fields = {"order_id": broker_order_id, "direction": "asc", "page_size": str(_ACTIVITIES)}
        while True:
            page = self._list("/account/activities/FILL", purpose, fields)
            found += [raw for raw in page if raw.get("order_id") == broker_order_id]
            if len(page) < _ACTIVITIES or page[-1].get("id") == fields.get("page_token"):
                break
            fields["page_token"] = str(page[-1].get("id"))
        with readable():
            return [answers.execution(raw) for raw in found]

    def positions(self) -> list[Raw]:
        """Everything held, of every kind."""
        return self._list("/positions", Purpose.POLL, {})

    def account(self) -> Raw:
        """The account itself."""
        return object_in(self._wire.get("/account", Purpose.POLL))

    def clock(self) -> Raw:
        """The market's clock."""
        return object_in(self._wire.get("/clock", Purpose.POLL), "timestamp")

    def _found(self, path: str, purpose: Purpose, fields: dict[str, str]) -> Raw | None:
        answer = self._wire.get(path, purpose, fields)
        if answer.status == 404 and answer.code is not None:
            return None
        return object_in(answer)

    def _list(self, path: str, purpose: Purpose, fields: dict[str, str]) -> list[Raw]:
        body = _body_of(self._wire.get(path, purpose, fields))
        if not isinstance(body, list) or not all(isinstance(one, dict) for one in body):
            raise NoClearAnswer("Alpaca answers something else than a list.")
        return body


def order_path(broker_order_id: str) -> str:
    """Where an order is."""
    return f"/orders/{quote(broker_order_id, safe='')}"


def object_in(answer: Answer, key: str = "id") -> Raw:
    """What was answered, if it has this key. NotReached, NoClearAnswer."""
    body = _body_of(answer)
    if not isinstance(body, dict) or not body.get(key):
        raise NoClearAnswer("Alpaca answers something else than was asked for.")
    return body


def refuse(answer: Answer) -> NoReturn:
    """Raise what a refusal of a question means: NotReached, NoClearAnswer."""
    if answer.status in REFUSED_KEYS:
        raise NotReached("Alpaca does not accept the account's keys.")
    raise NoClearAnswer(answer.reason)


@contextmanager
def readable() -> Iterator[None]:
    """What can't be read in here is no clear answer."""
    try:
        yield
    except (ValueError, KeyError, TypeError) as error:
        raise NoClearAnswer("Alpaca answers in a way that can't be read.") from error


def _body_of(answer: Answer) -> Any:
    return answer.body if answer.is_ok else refuse(answer)
