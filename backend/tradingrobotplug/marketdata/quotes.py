"""The latest bid and ask of a symbol, cached for about a second in each process."""

import threading
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from ..errors import ServiceError
from . import alpaca, coinbase, venue
from .shapes import Quote, QuoteUnavailable, UnknownSymbol

__all__ = ["Quote", "QuoteUnavailable", "UnknownSymbol", "latest", "latest_of"]

_Key = tuple[str, str]
_MOST_KEPT = 5_000  # unknown symbols are remembered too, and anyone can make them up


@dataclass(frozen=True, slots=True)
class _Kept:
    answer: Quote | ServiceError
    asked_at: datetime

    def serves(self, now: datetime, max_age_seconds: float) -> bool:
        # A thread's `now` may lie a little before the one that asked.
        return abs((now - self.asked_at).total_seconds()) <= max_age_seconds


_kept: dict[_Key, _Kept] = {}
_asking: defaultdict[_Key, threading.Lock] = defaultdict(threading.Lock)


def latest(asset_type: str, symbol: str, now: datetime, max_age_seconds: float = 1.0) -> Quote:
    """The quote, asked for at most `max_age_seconds` ago. QuoteUnavailable, UnknownSymbol.

    Callers who want the same symbol at once share one request and its answer, failures included.
    """
    key = (asset_type, symbol)
    kept = _kept.get(key)
    if kept is None or not kept.serves(now, max_age_seconds):
        with _asking[key]:
            kept = _kept.get(key)
            if kept is None or not kept.serves(now, max_age_seconds):
                kept = _keep(key, _ask(asset_type, symbol), now)
    if isinstance(kept.answer, ServiceError):
        raise kept.answer
    return kept.answer


def latest_of(
    asset_type: str, symbols: Iterable[str], now: datetime, max_age_seconds: float = 1.0
) -> dict[str, Quote]:
    """Quotes of many symbols; one that can't be had is left out."""
    wanted = sorted(set(symbols))
    found = {s: _kept[asset_type, s] for s in wanted if (asset_type, s) in _kept}
    fresh = {s: kept for s, kept in found.items() if kept.serves(now, max_age_seconds)}
    missing = [s for s in wanted if s not in fresh]
    asked = _ask_many(asset_type, missing)
    for symbol, answer in asked.items():
        fresh[symbol] = _keep((asset_type, symbol), answer, now)
    return {s: kept.answer for s, kept in fresh.items() if isinstance(kept.answer, Quote)}


def _ask(asset_type: str, symbol: str) -> Quote | ServiceError:
    try:
        if asset_type == "crypto":
            return coinbase.quote(symbol)
        found = alpaca.quotes([symbol])
    except ServiceError as error:
        return error
    return found.get(symbol) or UnknownSymbol("Alpaca", symbol)


def _ask_many(asset_type: str, symbols: list[str]) -> dict[str, Quote | ServiceError]:
    if not symbols:
        return {}
    if asset_type == "crypto":  # the public book answers for one product at a time
        with ThreadPoolExecutor(max_workers=8) as pool:
            answers = list(pool.map(lambda symbol: _ask("crypto", symbol), symbols))
        return dict(zip(symbols, answers, strict=True))
    try:
        return dict(alpaca.quotes(symbols))
    except ServiceError as error:
        return dict.fromkeys(symbols, error)


def _keep(key: _Key, answer: Quote | ServiceError, now: datetime) -> _Kept:
    if len(_kept) > _MOST_KEPT:
        forget()
    _kept[key] = _Kept(answer, now)
    return _kept[key]


def forget() -> None:
    """Drop every cached quote."""
    _kept.clear()
    _asking.clear()


venue.on_forget(forget)
