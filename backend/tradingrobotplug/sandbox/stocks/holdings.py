"""/v2/account, /v2/positions and the fills among /v2/account/activities."""

from datetime import datetime
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import Any

from flask import jsonify, request

from ..listings import STOCKS
from . import answers, limits, ordering, passing, placing
from .account import Account, middle
from .door import blueprint, on_account
from .orders import SMALLEST
from .refusals import Refusal, invalid, missing, text, unread

_MOST_ACTIVITIES = 100


@blueprint.get("/account")
@on_account
def account_now(account: Account) -> Any:
    """The books at present prices."""
    worth = account.worth()
    power = text(account.buying_power())
    return jsonify(
        id=account.id,
        account_number=f"SANDBOX-{account.environment.upper()}",
        status="ACTIVE",
        crypto_status="ACTIVE",
        currency="USD",
        cash=text(worth.cash),
        equity=text(worth.equity),
        portfolio_value=text(worth.equity),
        last_equity=text(account.last_equity),
        long_market_value=text(worth.long_value),
        short_market_value=text(worth.short_value),
        initial_margin=text(worth.initial_margin),
        maintenance_margin=text(worth.maintenance_margin),
        buying_power=power,
        regt_buying_power=power,
        non_marginable_buying_power=text(max(worth.cash, Decimal(0))),
        multiplier=text(account.multiplier),
        accrued_fees="0",
        pending_transfer_in="0",
        created_at="2026-01-05T14:30:00Z",
        shorting_enabled=account.may_short,
        trade_suspended_by_user=False,
        transfers_blocked=False,
        **account.flags,
    )


@blueprint.get("/positions")
@on_account
def positions(account: Account) -> Any:
    """Everything held."""
    return jsonify([_position(account, symbol) for symbol in account.books.positions])


@blueprint.get("/positions/<symbol>")
@on_account
def position(account: Account, symbol: str) -> Any:
    """One position, by symbol or asset id."""
    return jsonify(_position(account, _held(account, symbol)))


@blueprint.delete("/positions/<symbol>")
@on_account
def close(account: Account, symbol: str) -> Any:
    """A market order that closes it, or `qty` or `percentage` of it."""
    answer = _close(account, _held(account, symbol))
    passing.catch_up(account)
    return jsonify(answer)


@blueprint.delete("/positions")
@on_account
def close_all(account: Account) -> Any:
    """207 with the outcome for each position; `cancel_orders` frees what orders hold first."""
    if request.args.get("cancel_orders", "").lower() == "true":
        ordering.canceled(account)
    answers_: list[dict[str, object]] = []
    for symbol in list(account.books.positions):
        try:
            answers_.append({"symbol": symbol, "status": 200, "body": _close(account, symbol)})
        except Refusal as refusal:
            outcome = {"symbol": symbol, "status": refusal.status, "body": refusal.body}
            answers_.append(outcome)
    passing.catch_up(account)
    return jsonify(answers_), 207


@blueprint.get("/account/activities")
@blueprint.get("/account/activities/<kind>")
@on_account
def activities(account: Account, kind: str = "") -> Any:
    """Fills: the only activity here. Newest first unless asked otherwise."""
    kinds = [k for k in (kind or request.args.get("activity_types", "")).split(",") if k]
    found = account.fills if not kinds or "FILL" in kinds else []
    return jsonify(_page(_asked(found)))


def _page(found: list[dict[str, object]]) -> list[dict[str, object]]:
    if request.args.get("direction", "desc") == "desc":
        found = found[::-1]
    token = request.args.get("page_token")
    ids = [fill["id"] for fill in found]
    start = ids.index(token) + 1 if token in ids else 0
    size = request.args.get("page_size", _MOST_ACTIVITIES, type=int)
    return found[start : start + min(size, _MOST_ACTIVITIES)]


def _asked(fills: list[dict[str, object]]) -> list[dict[str, object]]:
    order_id = request.args.get("order_id")
    if order_id is not None:
        fills = [fill for fill in fills if fill["order_id"] == order_id]
    after, until, date = (
        ordering.moment(request.args.get(name)) for name in ("after", "until", "date")
    )
    if not (after or until or date):
        return fills
    found = []
    for fill in fills:
        at = datetime.fromisoformat(str(fill["transaction_time"]))
        is_within = (after is None or at > after) and (until is None or at < until)
        if is_within and (date is None or at.date() == date.date()):
            found.append(fill)
    return found


def _position(account: Account, symbol: str) -> dict[str, object]:
    held = account.books.positions[symbol]
    closing = [o for o in account.working(symbol) if (o.terms.side == "sell") == (held.qty > 0)]
    last_day = middle(account.market.book_at(STOCKS[symbol], account.market.last_close() - 1))
    available = abs(held.qty) - limits.held_for(closing)
    return answers.position(symbol, held, available, account.price(symbol), last_day)


def _held(account: Account, symbol: str) -> str:
    by_id = {listing.id: listing.symbol for listing in STOCKS.values()}
    found = by_id.get(symbol, symbol.upper())
    if found not in account.books.positions:
        raise missing("position does not exist")
    return found


def _close(account: Account, symbol: str) -> dict[str, object]:
    held = account.books.qty(symbol)
    body = {
        "symbol": symbol,
        "qty": text(_part(abs(held))),
        "side": "sell" if held > 0 else "buy",
        "type": "market",
        "time_in_force": "day",
    }
    return placing.place(account, body, None)


def _part(held: Decimal) -> Decimal:
    try:
        if "qty" in request.args:
            return Decimal(request.args["qty"])
        share = Decimal(request.args.get("percentage", "100"))
    except InvalidOperation as error:
        raise unread("invalid qty or percentage") from error
    if not 0 < share <= 100:
        raise invalid("percentage must be between 0 and 100")
    return (held * share / 100).quantize(SMALLEST, rounding=ROUND_DOWN)
