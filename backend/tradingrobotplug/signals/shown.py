"""How a preview is shown."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ..marketdata.quotes import Quote
from ..models import Bot, Order
from ..trading.ahead import Ahead
from ..trading.custody import Guard
from ..trading.intent import Intent, as_json, summary
from .alert import Read
from .arrival import Verdict
from .door import MAX_BODY

# Of an order's row, as the venue reads it.
_TERMS = (
    *("leg", "venue", "symbol", "side", "type", "time_in_force", "extended_hours", "quantity"),
    *("limit_price", "stop_price", "trail_percent", "trail_amount", "reference_price"),
)
_GUARD = ("type", "limit_price", "stop_price", "stop_limit_price", "trail_percent", "trail_amount")
_NOTHING: dict[str, Any] = {
    "status": "refused",
    "refusal": None,
    "reads": None,
    "webhook": None,
    "symbol": None,
    "notes": [],
    "sizing": {},
    "rules": [],
    "orders": [],
    "cancels": [],
    "quote": None,
}


def too_large() -> dict[str, Any]:
    """Of a body that nobody looks into."""
    reason = f"The alert is too large: at most {MAX_BODY} bytes."
    webhook = {"answer": "too_large", "reason": reason, "signal_id": None}
    return _NOTHING | {"refusal": reason, "webhook": webhook}


def unreadable(reason: str, answer: Verdict | None) -> dict[str, Any]:
    """Of a body that no format fits, or whose symbol this bot can't trade."""
    return _NOTHING | {"refusal": reason, "webhook": _webhook(answer)}


def untradable(
    found: Read, answer: Verdict | None, reason: str, status: str = "refused"
) -> dict[str, Any]:
    """Of an alert that no order can be planned for."""
    return _read(found, answer) | {"status": status, "refusal": reason} | _turned_away(answer)


def cancel(found: Read, answer: Verdict | None, cancels: Sequence[Order]) -> dict[str, Any]:
    """Of an alert that takes open entries back."""
    shown = {"status": "cancel", "cancels": [_resting(order) for order in cancels]}
    return _read(found, answer) | shown | _turned_away(answer)


def decided(
    found: Read,
    answer: Verdict | None,
    plans: Sequence[Ahead],
    cancels: Sequence[Order],
    quote: Quote,
    bot: Bot,
) -> dict[str, Any]:
    """Of an alert that the rules were asked about. Sizing and quote are those of the first order;
    each order has its own sizing too."""
    out = [one for one in plans if one.plan.columns]
    first = (out or plans)[0].plan
    read = _read(found, answer)
    shown = {
        "status": first.status,
        "refusal": None if out else first.reason,
        "notes": [*read["notes"], *_notes(found.intent, bot), *_entry_notes(plans)],
        "sizing": dict(first.arithmetic),
        "rules": [_rule(one, verdict) for one in plans for verdict in one.plan.verdicts],
        "orders": [_order(one) for one in out],
        "cancels": [_resting(order) for order in cancels],
        "quote": {"bid": quote.bid, "ask": quote.ask, "at": quote.at},
    }
    return read | shown | _turned_away(answer)


def _read(found: Read, answer: Verdict | None) -> dict[str, Any]:
    intent = found.intent
    reads = {"parser": found.parser, "intent": as_json(intent), "summary": summary(intent)}
    notes = [found.left_aside] if found.left_aside else []
    shown = {"reads": reads, "symbol": intent.symbol, "notes": notes, "webhook": _webhook(answer)}
    return _NOTHING | shown


def _webhook(answer: Verdict | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    is_repeat = answer.word == "duplicate"
    reason = "The same alert came in before: it trades once." if is_repeat else answer.reason
    # Nothing was stored: only a repeat has a signal, the one before it.
    signal_id = answer.signal_id if is_repeat else None
    return {"answer": answer.word, "reason": reason, "signal_id": signal_id}


def _turned_away(answer: Verdict | None) -> dict[str, Any]:
    """What the webhook does not let in neither trades nor cancels anything."""
    webhook = _webhook(answer)
    if webhook is None or webhook["answer"] == "received":
        return {}
    status = "ignored" if webhook["answer"] == "ignored" else "refused"
    return {"status": status, "refusal": webhook["reason"], "orders": [], "cancels": []}


def _notes(intent: Intent, bot: Bot) -> list[str]:
    found = [intent.note] if intent.note else []
    if intent.delay_seconds:
        found.append(f"It is carried out {intent.delay_seconds} s after it came in.")
    senders = bot.execution.get("allowed_senders")
    if senders:
        found.append(f"It is taken from these senders only: {', '.join(senders)}.")
    return found


def _entry_notes(plans: Sequence[Ahead]) -> list[str]:
    return [
        f"The entry follows if the exit of {one.symbol} fills within half a minute; it is worked "
        "out at the present price here, and anew then."
        if one.plan.columns
        else f"No entry follows the exit of {one.symbol}: {one.plan.reason}"
        for one in plans
        if one.follows_exit
    ]


def _rule(one: Ahead, verdict: dict[str, str]) -> dict[str, Any]:
    return {"symbol": one.symbol, "leg": one.plan.leg} | verdict


def _order(one: Ahead) -> dict[str, Any]:
    return {name: one.plan.columns[name] for name in _TERMS} | {
        "follows_exit": one.follows_exit,
        "sizing": dict(one.plan.arithmetic),
        "protection": [_guard(part, guard) for part, guards in one.guards for guard in guards],
    }


def _guard(quantity: Decimal, guard: Guard) -> dict[str, Any]:
    prices = {name: getattr(guard.leg, name) for name in _GUARD}
    held_by = "platform" if guard.held else "venue"
    return prices | {"leg": guard.leg.name, "quantity": quantity, "held_by": held_by}


def _resting(order: Order) -> dict[str, Any]:
    names = ("id", "leg", "symbol", "side", "type", "limit_price", "stop_price")
    left = order.quantity - order.filled_quantity
    return {name: getattr(order, name) for name in names} | {"quantity": left}
