"""Taking an order in, and replacing one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

import numpy as np

from .. import hours
from ..faults import Fault
from ..market import Market
from . import answers, asked, auctions, changes, groups, limits, matching, rules, tape
from .account import Account, middle
from .orders import Order, Terms
from .refusals import forbidden, invalid, unread

_GOOD_FOR = timedelta(days=90)  # until Alpaca itself ends an order that is good till canceled
_REPLACEABLE = ("new", "partially_filled", "held")


def place(account: Account, body: Mapping[str, object], fault: Fault | None) -> dict[str, object]:
    """Accept the order and answer it as it is before the market has met it. Or a Refusal."""
    terms = asked.read(body)
    _refuse_if_blocked(account)
    refuse_if_known(account, terms.client_order_id)
    rules.refuse_if_senseless(terms)
    _refuse_other_intent(account, terms)
    book = account.book(terms.symbol)
    rules.refuse_if_legs_are_crossed(terms, middle(book))
    limits.refuse_if_not_covered(account, terms, book)
    order = _made(account, terms)
    if order.status == "pending_new":
        matching.follow(order, book)
    if fault is not None:
        _spoil(order, fault, book.ask)
    account.add(groups.with_legs(order))
    answer = answers.rendered(order, account.legs(order))
    if order.status == "pending_new":
        order.status = "new"
    account.tell(order.status, order, order.submitted_at)
    return answer


def replace_order(account: Account, old: Order, body: Mapping[str, object]) -> Order:
    """A new order in the place of this one, for what is left of it. Or a Refusal."""
    if old.status not in _REPLACEABLE:
        raise invalid(f'cannot replace order in "{old.status}" status')
    if old.qty is None:
        raise invalid("notional orders cannot be replaced")
    terms = _altered(account, old, body)
    status, old.status = old.status, "replaced"
    try:
        _check_again(account, old, terms)
    except Exception:
        old.status = status
        raise
    now = account.market.now()
    new = Order(
        terms=terms,
        qty=terms.qty,
        submitted_at=now,
        expires_at=_expiry(account.market, terms, now),
        status="new" if status == "partially_filled" else status,
        position_intent=old.position_intent,
        is_working=old.is_working,
        mark=old.mark,
        group_id=old.group_id,
        group_role=old.group_role,
        parent_id=old.parent_id,
        replaces=old.id,
    )
    for leg in account.legs(old):
        leg.parent_id = new.id
    old.replaced_by = new.id
    old.stamps["replaced_at"] = now
    account.add([new])
    account.tell("replaced", old, now)
    account.tell("new", new, now)
    return new


def cancel(account: Account, order: Order) -> None:
    """Take it back; a Refusal if it is over."""
    if not order.is_open:
        raise invalid(f'order is already in "{order.status}" state')
    changes.cancel(account, order, account.market.now())


def refuse_if_known(account: Account, client_order_id: str) -> None:
    """An id is used once, for ever: a canceled order keeps it."""
    if client_order_id in account.by_client_id:
        raise unread("client_order_id must be unique")


def _refuse_if_blocked(account: Account) -> None:
    if account.flags["trading_blocked"] or account.flags["account_blocked"]:
        raise forbidden("account is not eligible to trade: trading is blocked")


def _made(account: Account, terms: Terms) -> Order:
    market = account.market
    now = market.now()
    auction = auctions.second_of(market, terms.time_in_force, now)
    order = Order(
        terms=terms,
        qty=terms.qty,
        submitted_at=now,
        expires_at=_expiry(market, terms, now),
        auction=auction,
        position_intent=_intent(account.books.qty(terms.symbol), terms.side),
    )
    second = np.array([int(now.timestamp())], dtype=np.int64)
    if not tape.may_trade(market, order, second)[0]:
        order.status = "accepted"
    return order


def _expiry(market: Market, terms: Terms, now: datetime) -> datetime:
    auction = auctions.second_of(market, terms.time_in_force, now)
    if auction is not None:
        return datetime.fromtimestamp(auction + 1, now.tzinfo)
    if terms.time_in_force == "gtc":
        return now + _GOOD_FOR
    return hours.day_ends(now, always_open=market.always_open, extended=terms.extended_hours)


def _refuse_other_intent(account: Account, terms: Terms) -> None:
    inferred = _intent(account.books.qty(terms.symbol), terms.side)
    if terms.position_intent not in (None, inferred):
        raise invalid(
            f"position intent mismatch, inferred: {inferred}, specified: {terms.position_intent}"
        )


def _intent(held: Decimal, side: str) -> str:
    closes = (held > 0 and side == "sell") or (held < 0 and side == "buy")
    return f"{side}_to_{'close' if closes else 'open'}"


def _spoil(order: Order, fault: Fault, ask: Decimal) -> None:
    if fault.kind == "late_visibility":
        order.hidden_until = order.submitted_at + timedelta(seconds=fault.seconds)
    elif fault.kind == "partial_fill":
        whole = order.remaining(ask)
        step = Decimal(1) if whole >= 2 else Decimal("0.000000001")
        order.cut_at = (whole / 2).quantize(step, rounding=ROUND_DOWN)


def _altered(account: Account, old: Order, body: Mapping[str, object]) -> Terms:
    client_order_id = str(body.get("client_order_id") or "")
    if client_order_id:
        refuse_if_known(account, client_order_id)
    assert old.qty is not None
    qty, trail = (asked.number(body, name) for name in ("qty", "trail"))
    changed: dict[str, Decimal | None] = {
        "qty": old.qty - old.filled_qty if qty is None else qty,
        "limit_price": old.terms.limit_price,
        "stop_price": old.terms.stop_price,
    }
    for name in ("limit_price", "stop_price"):
        if body.get(name) is not None:
            changed[name] = asked.number(body, name)
    if trail is not None:
        is_amount = old.terms.trail_price is not None
        changed["trail_price" if is_amount else "trail_percent"] = trail
    terms = asked.renamed(old.terms, client_order_id, body.get("time_in_force"))
    return replace(terms, **changed)  # type: ignore[arg-type]


def _check_again(account: Account, old: Order, terms: Terms) -> None:
    alone = replace(
        terms, order_class="simple", take_profit=None, stop_loss=None, stop_loss_limit=None
    )
    rules.refuse_if_senseless(alone)
    if old.group_role in (None, "entry"):
        limits.refuse_if_not_covered(account, alone, account.book(terms.symbol))
