"""Market data through the real SDKs, from the sandbox over HTTP."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import requests

from tests.venues import Sandbox
from tradingrobotplug import clock
from tradingrobotplug.config import Settings
from tradingrobotplug.marketdata import bars, hours, products, quotes, venue
from tradingrobotplug.marketdata.quotes import QuoteUnavailable, UnknownSymbol

BOTH = pytest.mark.parametrize(
    ("asset_type", "symbol"), [("stocks", "TSLA"), ("stocks", "BRK.B"), ("crypto", "BTC-USD")]
)


@pytest.fixture
def requests_of(markets: Sandbox, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were asked for market data; other threads may ask elsewhere."""
    asked: list[str] = []
    send: Callable[..., requests.Response] = requests.Session.send

    def noting(
        self: requests.Session, request: requests.PreparedRequest, **options: object
    ) -> requests.Response:
        if str(request.url).startswith(markets.url):
            asked.append(str(request.url))
        return send(self, request, **options)

    monkeypatch.setattr(requests.Session, "send", noting)
    return asked


@BOTH
def test_a_quote_has_two_sides_and_is_fresh(markets: Sandbox, asset_type: str, symbol: str) -> None:
    now = clock.now()
    quote = quotes.latest(asset_type, symbol, now)
    assert quote.symbol == symbol
    assert 0 < quote.bid < quote.mid < quote.ask
    assert quote.bid_size > 0
    assert abs((now - quote.at).total_seconds()) < 5


def test_sixteen_callers_share_one_request(markets: Sandbox, requests_of: list[str]) -> None:
    now = clock.now()
    with ThreadPoolExecutor(max_workers=16) as pool:
        found = set(pool.map(lambda _: quotes.latest("stocks", "TSLA", now), range(16)))
    assert len(found) == 1
    assert len(requests_of) == 1
    quotes.latest("stocks", "TSLA", now + timedelta(seconds=1))
    assert len(requests_of) == 1
    quotes.latest("stocks", "TSLA", now + timedelta(seconds=1.1))
    assert len(requests_of) == 2


def test_many_stocks_come_in_one_request(markets: Sandbox, requests_of: list[str]) -> None:
    found = quotes.latest_of("stocks", ["AAPL", "SPY", "NOPE"], clock.now())
    assert sorted(found) == ["AAPL", "SPY"]
    assert len(requests_of) == 1


@pytest.mark.parametrize(("asset_type", "symbol"), [("stocks", "NOPE"), ("crypto", "NOPE-USD")])
def test_a_symbol_that_is_not_listed_is_unknown(
    markets: Sandbox, asset_type: str, symbol: str
) -> None:
    with pytest.raises(UnknownSymbol):
        quotes.latest(asset_type, symbol, clock.now())
    with pytest.raises(UnknownSymbol):
        products.product(asset_type, symbol, clock.now())


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 429},
        {"kind": "html", "status": 502},
        {"kind": "hang", "seconds": 3},
    ],
)
@BOTH
def test_a_venue_in_trouble_is_unavailable_and_recovers(
    markets: Sandbox, asset_type: str, symbol: str, fault: dict[str, object]
) -> None:
    now = clock.now()
    markets.tell("faults", path="/", count=1, **fault)
    with pytest.raises(QuoteUnavailable):
        quotes.latest(asset_type, symbol, now)
    assert quotes.latest(asset_type, symbol, now + timedelta(seconds=2)).bid > 0


@BOTH
def test_an_address_where_nobody_listens_is_unavailable(
    settings: Settings, asset_type: str, symbol: str
) -> None:
    nobody = "http://127.0.0.1:9"
    venue.connect(replace(settings, alpaca_data_url=nobody, coinbase_url=nobody))
    with pytest.raises(QuoteUnavailable):
        quotes.latest(asset_type, symbol, clock.now())


def test_wrong_credentials_are_unavailable_not_unknown(
    markets: Sandbox, settings: Settings
) -> None:
    wrong = markets.addresses | {"alpaca_data_secret": "wrong"}
    venue.connect(replace(settings, **wrong))
    with pytest.raises(QuoteUnavailable):
        quotes.latest("stocks", "AAPL", clock.now())


@BOTH
@pytest.mark.parametrize(("minutes", "count"), [(1, 30), (15, 40), (60, 400), (1_440, 20)])
def test_bars_are_complete_in_order_and_without_gaps(
    markets: Sandbox, asset_type: str, symbol: str, minutes: int, count: int
) -> None:
    now = clock.now()
    found = bars.recent(asset_type, symbol, minutes, count, now)
    width = timedelta(minutes=minutes)
    assert len(found) == count
    assert found[-1].at + width <= now < found[-1].at + 2 * width + timedelta(hours=1)
    assert [bar.at for bar in found] == sorted({bar.at for bar in found})
    assert all(bar.low <= min(bar.open, bar.close) for bar in found)
    assert all(bar.high >= max(bar.open, bar.close) for bar in found)


def test_products_have_the_venues_steps(markets: Sandbox) -> None:
    now = clock.now()
    stock, coin = (products.product(*of, now) for of in (("stocks", "F"), ("crypto", "DOGE-USD")))
    assert (stock.quantity_step, stock.price_step) == (Decimal("1E-9"), Decimal("0.01"))
    assert (coin.quantity_step, coin.price_step) == (Decimal("0.1"), Decimal("0.00001"))
    markets.tell("price", symbol="F", price=0.5)
    venue.forget()
    assert products.product("stocks", "F", now).price_step == Decimal("0.0001")


@pytest.mark.parametrize(
    ("at", "kind"),
    [
        ("2026-11-20T15:00+00:00", "regular"),
        ("2026-11-20T13:00+00:00", "extended"),
        ("2026-11-20T22:00+00:00", "extended"),
        ("2026-11-21T02:00+00:00", "closed"),
        ("2026-11-21T16:00+00:00", "closed"),  # Saturday
        ("2026-11-26T16:00+00:00", "closed"),  # Thanksgiving
        ("2026-11-27T17:59+00:00", "regular"),
        ("2026-11-27T18:01+00:00", "extended"),  # closes at one o'clock
    ],
)
@pytest.mark.parametrize("reachable", [True, False])
def test_the_session_follows_the_venues_clock_or_the_calendar(
    markets: Sandbox, settings: Settings, at: str, kind: str, reachable: bool
) -> None:
    markets.tell("hours", hours="xnys")
    markets.tell("clock", at=at)
    markets.tell("faults", path="/v2/clock", count=0 if reachable else 9)
    venue.forget()
    now = datetime.fromisoformat(at)
    assert hours.session_kind(now) == kind
    assert hours.is_open("stocks", now) is (kind == "regular")
    assert hours.is_open("crypto", now)
    assert hours.next_open("stocks", now) > now


def test_the_next_open_is_the_same_from_clock_and_calendar(markets: Sandbox) -> None:
    now = datetime(2026, 11, 25, 22, 0, tzinfo=UTC)
    markets.tell("hours", hours="xnys")
    markets.tell("clock", at=now.isoformat())
    venue.forget()
    from_clock = hours.next_open("stocks", now)
    markets.tell("faults", path="/v2/clock", count=9)
    venue.forget()
    assert (
        hours.next_open("stocks", now) == from_clock == datetime(2026, 11, 27, 14, 30, tzinfo=UTC)
    )


def test_a_market_that_never_closes_is_open_on_a_saturday(markets: Sandbox) -> None:
    now = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
    assert hours.session_kind(now) == "regular"
    assert venue.is_simulated()
