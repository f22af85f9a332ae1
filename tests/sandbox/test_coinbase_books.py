"""Whatever is ordered and however the price moves, the sandbox's Coinbase loses no digit."""

import uuid
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tradingrobotplug.sandbox.coinbase_book import Book, open_book
from tradingrobotplug.sandbox.coinbase_exchange import cancel, place
from tradingrobotplug.sandbox.coinbase_faults import CoinbaseFaults
from tradingrobotplug.sandbox.coinbase_resting import advance
from tradingrobotplug.sandbox.coinbase_ticket import Refusal, read
from tradingrobotplug.sandbox.listings import COINS
from tradingrobotplug.sandbox.market import Market

OPENING = {"USD": "100000", "BTC": "2"}
BITCOIN = COINS["BTC-USD"]
CONFIGURATIONS = st.one_of(
    st.integers(100, 3_000_000).map(lambda n: {"market_market_ioc": {"quote_size": str(n / 100)}}),
    st.integers(1, 10**8).map(lambda n: {"market_market_ioc": {"base_size": f"{n / 10**8:.8f}"}}),
    st.tuples(st.integers(1_000, 10**9), st.integers(90_000, 110_000)).map(
        lambda n: {
            "limit_limit_gtc": {"base_size": f"{n[0] / 10**8:.8f}", "limit_price": str(n[1])}
        }
    ),
    st.integers(1_000, 10**8).map(
        lambda n: {
            "trigger_bracket_gtc": {
                "base_size": f"{n / 10**8:.8f}",
                "limit_price": "112000",
                "stop_trigger_price": "88000",
            }
        }
    ),
)
STEPS = st.tuples(
    st.sampled_from(["BUY", "SELL"]), CONFIGURATIONS, st.integers(87_000, 113_000), st.booleans()
)


def act(
    book: Book, market: Market, faults: CoinbaseFaults, step: tuple[str, object, int, bool]
) -> None:
    side, configuration, price, is_cancelled = step
    body = {"product_id": "BTC-USD", "side": side, "order_configuration": configuration}
    try:
        placed = place(book, market, read(body | {"client_order_id": uuid.uuid4().hex}), faults)
        _ = is_cancelled and cancel(book, market, placed.id, faults)
    except Refusal:
        pass
    market.offset_seconds += 2
    market.set_price(BITCOIN, price, hold=True)
    advance(book, market)


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, min_size=1, max_size=12))
def test_cash_units_and_fees_balance_to_the_last_digit(
    steps: list[tuple[str, object, int, bool]],
) -> None:
    book, market, faults = open_book("p", {"balances": OPENING}), Market(), CoinbaseFaults()
    market.set_price(BITCOIN, 100_000, hold=True)
    [act(book, market, faults, step) for step in steps]
    fills = [(1 if o.ticket.is_buy else -1, f) for o in book.orders.values() for f in o.fills]
    assert book.balances["USD"] == 100_000 - sum(sign * f.value + f.fee for sign, f in fills)
    assert book.balances["BTC"] == 2 + sum((sign * f.base for sign, f in fills), Decimal(0))
    assert book.available("USD") >= 0
    assert book.available("BTC") >= 0
    assert min(book.held("USD"), book.held("BTC")) >= 0
