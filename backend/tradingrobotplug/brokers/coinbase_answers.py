"""Coinbase's answers in our words. Behaviour follows its error words, never its sentences."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_DOWN, Context, Decimal

from .. import logs
from ..money import ZERO, decimal_from
from .broker import Execution, OpenOrder, Outcome, State
from .coinbase_wire import Json

_OPEN = frozenset({"PENDING", "QUEUED", "OPEN", "CANCEL_QUEUED", "EDIT_QUEUED"})
_FINAL: dict[str, State] = {
    "FILLED": "filled",
    "CANCELLED": "cancelled",
    "EXPIRED": "cancelled",
    "FAILED": "rejected",
}
_EXACT = Context(prec=60)
_SIXTEEN_PLACES = Decimal("1e-16")  # as Coinbase divides a quote size by its price


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an order was not taken: Coinbase's word for it, and its sentence for people."""

    word: str
    reason: str


def refusal_of(answer: Json) -> Refusal:
    """Of an answer with `success: false`. The newer of two fields for the word goes first."""
    told = answer.get("error_response")
    error = told if isinstance(told, dict) else {}
    words = [str(error.get(name) or "") for name in ("new_order_failure_reason", "error")]
    word = next((word for word in words if word), "UNKNOWN_FAILURE_REASON")
    sentences = [str(error.get(name) or "") for name in ("message", "error_details")]
    preview = str(error.get("preview_failure_reason") or "")
    is_told = word != "UNKNOWN_FAILURE_REASON" or preview in ("", "UNKNOWN_PREVIEW_FAILURE_REASON")
    named = word if is_told else preview
    said = ": ".join(dict.fromkeys(text for text in sentences if text)) or "Coinbase refused it"
    return Refusal(word, f"{said.rstrip('.')} ({named}).")


def cancel_refusal(answer: Json) -> str:
    """Coinbase's word for why it won't cancel, in an answer whose status is 200; empty if it
    does, or has been asked before."""
    (result,) = answer["results"]
    word = str(result.get("failure_reason") or "UNKNOWN_CANCEL_FAILURE_REASON")
    return "" if result["success"] is True or word == "DUPLICATE_CANCEL_REQUEST" else word


def is_same(body: Json, shown: Json) -> bool:
    """Whether an order that Coinbase has is the one that this body asks for, as far as told."""
    theirs = _size(shown.get("order_configuration"))
    is_as_large = theirs is None or theirs == _size(body["order_configuration"])
    named = ("product_id", "side")
    return is_as_large and all(shown.get(name) in (None, body[name]) for name in named)


def is_final(shown: Json) -> bool:
    """Whether nothing of the order will change any more."""
    return shown.get("status") in _FINAL


def may_have_traded(shown: Json) -> bool:
    """Whether the order's fills are worth asking for."""
    return shown["status"] == "FILLED" or decimal_from(shown["filled_size"]) > 0


def outcome_of(client_order_id: str, shown: Json, fills: Iterable[Json]) -> Outcome:
    """The order as far as its fills are there: it has not ended before they all are."""
    executions = _executions(shown, fills)
    traded = sum((one.quantity for one in executions), ZERO)
    is_complete = traded >= decimal_from(shown["filled_size"])
    state = _state(shown, traded) if is_complete else None
    return Outcome(
        state or ("partially_filled" if executions else "accepted"),
        client_order_id,
        str(shown["order_id"]),
        executions,
        _reason(shown) if state in ("cancelled", "rejected") else None,
    )


def open_order_of(shown: Json) -> OpenOrder:
    """An order of a list, whoever placed it."""
    size = _size(shown.get("order_configuration"))
    filled = decimal_from(shown["filled_size"])
    return OpenOrder(
        client_order_id=str(shown.get("client_order_id") or "") or None,
        broker_order_id=str(shown["order_id"]),
        symbol=str(shown["product_id"]),
        side=str(shown["side"]).lower(),
        # A size in dollars says nothing of units before they are bought.
        quantity=size[1] if size and size[0] == "base_size" else filled,
        filled_quantity=filled,
    )


def _size(configuration: object) -> tuple[str, Decimal] | None:
    """Of whatever configuration, its size and what that counts; None where none is given."""
    if not isinstance(configuration, dict):
        return None
    for fields in configuration.values():
        for name in ("base_size", "quote_size"):
            if isinstance(fields, dict) and fields.get(name):
                return name, decimal_from(fields[name])
    return None


def _state(shown: Json, traded: Decimal) -> State | None:
    """Where all fills are there: how the order ended, or None. A state without a name here rests,
    as the venue took the order."""
    status = str(shown["status"])
    if status not in _OPEN and status not in _FINAL:
        logs.event(
            "broker.state_unknown",
            level=logging.WARNING,
            broker="coinbase",
            state=status,
            broker_order_id=str(shown["order_id"]),
        )
    if status == "FILLED" and not traded:
        return None
    if status == "FAILED" and traded:
        return "cancelled"  # what traded, traded
    return _FINAL.get(status)


def _reason(shown: Json) -> str | None:
    """Why it ended, in Coinbase's words."""
    if shown["status"] == "EXPIRED":
        return "Expired."
    told = [str(shown.get(name) or "") for name in ("reject_message", "cancel_message")]
    word = str(shown.get("reject_reason") or "")
    named = [] if word == "REJECT_REASON_UNSPECIFIED" else [word]
    return next((text for text in (*told, *named) if text), None)


def _executions(shown: Json, fills: Iterable[Json]) -> tuple[Execution, ...]:
    """Oldest first, each once: a page may repeat what a new fill has moved."""
    named = {_id(fill): fill for fill in fills if _is_trade(fill)}
    kept = sorted(named.items(), key=lambda pair: (str(pair[1]["trade_time"]), pair[0]))
    made = [_execution(name, fill) for name, fill in kept]
    in_dollars = [decimal_from(fill["size"]) for _, fill in kept if fill.get("size_in_quote")]
    if in_dollars and sum(in_dollars) == decimal_from(shown["filled_value"]):
        return _to_the_last_digit(made, decimal_from(shown["filled_size"]))
    return tuple(made)


def _to_the_last_digit(made: Sequence[Execution], whole: Decimal) -> tuple[Execution, ...]:
    """Units out of dollars are rounded; all dollars spent, the last units are what is left of
    the order's own count."""
    *before, last = made
    rest = whole - sum((one.quantity for one in before), ZERO)
    return (*before, replace(last, quantity=rest))


def _execution(name: str, fill: Json) -> Execution:
    price, size = decimal_from(fill["price"]), decimal_from(fill["size"])
    if fill.get("size_in_quote"):
        size = _EXACT.divide(size, price).quantize(_SIXTEEN_PLACES, ROUND_DOWN, _EXACT)
    return Execution(
        id=name,
        quantity=size,
        price=price,
        fee=max(decimal_from(fill["commission"]), ZERO),
        at=datetime.fromisoformat(str(fill["trade_time"])),
    )


def _is_trade(fill: Json) -> bool:
    return str(fill.get("trade_type") or "FILL") == "FILL"


def _id(fill: Json) -> str:
    return str(fill.get("entry_id") or fill["trade_id"])
