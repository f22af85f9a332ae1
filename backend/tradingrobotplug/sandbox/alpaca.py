"""Alpaca's market data, in the shapes of its OpenAPI document."""

import base64
import re
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from . import hours, prices
from .listings import STOCKS, Listing
from .market import Market

blueprint = Blueprint("alpaca", __name__, url_prefix="/v2")

_UNITS = {"Min": 60, "T": 60, "Hour": 3_600, "H": 3_600, "Day": 86_400, "D": 86_400}
_SYMBOL = re.compile(r"[A-Z]{1,6}([./][A-Z]{1,4})?")
_LONGEST = 400_000  # seconds × bars that one page may sample, so that an answer stays quick


def market() -> Market:
    """The market of this application."""
    found = current_app.config["MARKET"]
    assert isinstance(found, Market)
    return found


@blueprint.before_request
def verify() -> tuple[Response, int] | None:
    """Key and secret travel in two headers, as at Alpaca."""
    return None if is_signed() else (jsonify(message="unauthorized."), 401)


def is_signed() -> bool:
    """Whether the request carries the sandbox's credentials."""
    key, secret = (request.headers.get(f"APCA-API-{n}", "") for n in ("KEY-ID", "SECRET-KEY"))
    wanted = current_app.config["CREDENTIALS"]
    matches = [
        compare_digest(a.encode(), b.encode()) for a, b in zip((key, secret), wanted, strict=True)
    ]
    return all(matches)


@blueprint.get("/stocks/quotes/latest")
def latest_quotes() -> Any:
    """The latest quote of each symbol; one that is not listed is left out."""
    symbols = _symbols()
    bad = next((s for s in symbols if not _SYMBOL.fullmatch(s)), None)
    if bad is not None or not symbols:
        return jsonify(message=f"invalid symbol: {bad or ''}"), 400
    return jsonify(quotes={s: _quote(STOCKS[s]) for s in symbols if s in STOCKS})


@blueprint.get("/stocks/bars")
def bars() -> Any:
    """Bars of the symbols, symbol by symbol, paged by `limit` and `next_page_token`."""
    try:
        seconds = _timeframe(request.args.get("timeframe", ""))
        now = market().now()
        end = min(_moment(request.args.get("end"), now), now)
        start = _moment(request.args.get("start"), now.replace(hour=0, minute=0, second=0))
        limit = min(int(request.args.get("limit", 1_000)), 10_000)
    except ValueError as error:
        return jsonify(message=f"invalid request: {error}"), 400
    limit = max(1, min(limit, _LONGEST * prices.sample_seconds(seconds) // seconds))
    is_newest_first = request.args.get("sort") == "desc"
    wanted = [
        (symbol, at)
        for symbol in _symbols()
        if symbol in STOCKS
        for at in _starts(start, end, seconds)[:: -1 if is_newest_first else 1]
    ]
    offset = _offset(request.args.get("page_token"))
    page = wanted[offset : offset + limit]
    rest = offset + limit < len(wanted)
    return jsonify(
        bars=_by_symbol(page, seconds), next_page_token=_token(offset + limit) if rest else None
    )


def _symbols() -> list[str]:
    listed = [s.strip().upper() for s in request.args.get("symbols", "").split(",")]
    return list(dict.fromkeys(s for s in listed if s))


def _quote(listing: Listing) -> dict[str, object]:
    book = market().book(listing, stock=True)
    return {
        "t": book.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "bp": float(book.bid),
        "bs": max(1, round(book.bid_size)),
        "bx": "V",
        "ap": float(book.ask),
        "as": max(1, round(book.ask_size)),
        "ax": "V",
        "c": ["R"],
        "z": "C" if listing.exchange == "NASDAQ" else "B",
    }


def _by_symbol(page: list[tuple[str, int]], seconds: int) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[int]] = {}
    for symbol, at in page:
        found.setdefault(symbol, []).append(at)
    return {symbol: _bars(STOCKS[symbol], starts, seconds) for symbol, starts in found.items()}


def _bars(listing: Listing, starts: list[int], seconds: int) -> list[dict[str, object]]:
    made = [_bar(bar) for bar in market().bars(listing, sorted(starts), seconds)]
    return made if starts == sorted(starts) else made[::-1]


def _bar(bar: prices.Bar) -> dict[str, object]:
    return {
        "t": datetime.fromtimestamp(bar.start, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "o": round(bar.open, 4),
        "h": round(bar.high, 4),
        "l": round(bar.low, 4),
        "c": round(bar.close, 4),
        "v": round(bar.volume),
        "n": bar.trades,
        "vw": round(bar.vwap, 6),
    }


def _starts(start: datetime, end: datetime, seconds: int) -> list[int]:
    """Bar starts in [start, end]: days begin at midnight in New York, shorter bars on the clock."""
    if seconds >= 86_400:
        return _days(start, end)
    first = -(-int(start.timestamp()) // seconds) * seconds
    starts = range(first, int(end.timestamp()) + 1, seconds)
    if market().always_open:
        return list(starts)
    return [at for at in starts if hours.is_quoted(at)]


def _days(start: datetime, end: datetime) -> list[int]:
    day = start.astimezone(hours.NEW_YORK).date()
    days: list[int] = []
    while True:
        at = datetime(day.year, day.month, day.day, tzinfo=hours.NEW_YORK)
        if at > end:
            return days
        if at >= start and (market().always_open or hours.is_session(day)):
            days.append(int(at.timestamp()))
        day += timedelta(days=1)


def _timeframe(text: str) -> int:
    found = re.fullmatch(r"(\d{1,2})(Min|T|Hour|H|Day|D)", text)
    if not found or (found[2] in ("Day", "D") and found[1] != "1"):
        raise ValueError(f"invalid timeframe: {text}")
    return int(found[1]) * _UNITS[found[2]]


def _moment(text: str | None, default: datetime) -> datetime:
    if not text:
        return default
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _token(offset: int) -> str:
    return base64.urlsafe_b64encode(f"after|{offset}".encode()).decode()


def _offset(token: str | None) -> int:
    return int(base64.urlsafe_b64decode(token).decode().partition("|")[2]) if token else 0
