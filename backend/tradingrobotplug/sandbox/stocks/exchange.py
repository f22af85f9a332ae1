"""/v2/clock, /v2/calendar and /v2/assets."""

from datetime import datetime
from typing import Any

from flask import jsonify, request

from .. import hours
from ..listings import STOCKS
from . import answers
from .account import Account
from .door import blueprint, on_account
from .refusals import missing, unread


@blueprint.get("/clock")
@on_account
def clock(account: Account) -> Any:
    """The market's clock, in New York time."""
    market = account.market
    now = market.now()
    is_open, next_open, next_close = hours.clock(now, always_open=market.always_open)
    return jsonify(
        timestamp=_local(now),
        is_open=is_open,
        next_open=_local(next_open),
        next_close=_local(next_close),
    )


@blueprint.get("/calendar")
@on_account
def calendar(_: Account) -> Any:
    """Sessions between `start` and `end`, both included."""
    try:
        start, end = (
            datetime.fromisoformat(request.args.get(name, default)).date()
            for name, default in (("start", "1970-01-01"), ("end", "2999-12-31"))
        )
    except ValueError as error:
        raise unread("invalid date") from error
    return jsonify([_day(s) for s in hours.sessions() if start <= s.day <= end])


@blueprint.get("/assets")
@on_account
def assets(_: Account) -> Any:
    """Everything listed; all of it is active."""
    given = request.args
    if given.get("status", "active") != "active":
        return jsonify([])
    if given.get("asset_class", "us_equity") != "us_equity":
        return jsonify([])
    wanted = given.get("exchange")
    found = [s for s in sorted(STOCKS) if wanted in (None, STOCKS[s].exchange)]
    return jsonify([answers.asset(symbol) for symbol in found])


@blueprint.get("/assets/<symbol>")
@on_account
def asset(_: Account, symbol: str) -> Any:
    """What the venue allows for a symbol or an asset id."""
    by_id = {listing.id: listing.symbol for listing in STOCKS.values()}
    found = by_id.get(symbol, symbol.upper())
    if found not in STOCKS:
        raise missing(f"asset not found for {symbol}")
    return jsonify(answers.asset(found))


def _local(at: datetime) -> str:
    return at.astimezone(hours.NEW_YORK).isoformat()


def _day(session: hours.Session) -> dict[str, str]:
    opens, closes = (at.astimezone(hours.NEW_YORK) for at in (session.open, session.close))
    return {
        "date": session.day.isoformat(),
        "open": opens.strftime("%H:%M"),
        "close": closes.strftime("%H:%M"),
        "session_open": "0400",
        "session_close": "2000",
        "settlement_date": session.day.isoformat(),
    }
