"""The pure parts of the simulation: tables of cases, and what must hold for every order."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradingrobotplug.brokers.paper_books import Books, advance, outcome
from tradingrobotplug.brokers.paper_costs import Costs
from tradingrobotplug.brokers.paper_matching import Market, Match, Terms, expires_at, match
from tradingrobotplug.marketdata.products import Product
from tradingrobotplug.marketdata.quotes import Quote
from tradingrobotplug.models import PaperAccount, PaperOrder

D = Decimal
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
COSTS = Costs(fee_bps=D(10), slippage_bps=D(2))
PRODUCT = Product("AAPL", D("0.000000001"), D("0.01"), D("0.000000001"), D(1))
QUOTE = Quote("AAPL", bid=D("99.99"), ask=D("100.00"), bid_size=D(50), ask_size=D(50), at=NOW)
MARKET = Market(PRODUCT, QUOTE, "regular", NOW)
BUY = Terms("buy", "market", None, None, False, False, D(50))
SELL = replace(BUY, side="sell")


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        # 2 bps of slippage and 1 bp for taking the whole displayed size, rounded against us.
        (BUY, Match(False, D(50), D("100.03"))),
        (SELL, Match(False, D(50), D("99.96"))),
        (replace(BUY, remaining=D(900)), Match(False, D(500), D("100.12"))),
        # A limit is never crossed, and bounds the slippage.
        (replace(BUY, type="limit", limit_price=D("99.99")), Match(False)),
        (replace(BUY, type="limit", limit_price=D("100.01")), Match(False, D(50), D("100.01"))),
        (replace(BUY, type="limit", limit_price=D("120")), Match(False, D(50), D("100.03"))),
        (replace(SELL, type="limit", limit_price=D("100")), Match(False)),
        (replace(SELL, type="limit", limit_price=D("99.98")), Match(False, D(50), D("99.98"))),
        # A stop waits for its price, then trades at the market, however far that has gone.
        (replace(SELL, type="stop", stop_price=D("99.98")), Match(False)),
        (replace(SELL, type="stop", stop_price=D("99.99")), Match(True, D(50), D("99.96"))),
        (replace(SELL, type="stop", stop_price=D("120")), Match(True, D(50), D("99.96"))),
        (replace(BUY, type="stop", stop_price=D("100.01")), Match(False)),
        (replace(BUY, type="stop", stop_price=D("100")), Match(True, D(50), D("100.03"))),
        (
            replace(SELL, type="stop_limit", stop_price=D("100"), limit_price=D("100")),
            Match(True),
        ),
        (
            replace(SELL, type="stop", stop_price=D("1"), is_triggered=True),
            Match(False, D(50), D("99.96")),
        ),
    ],
)
def test_an_order_trades_as_its_terms_allow(terms: Terms, expected: Match) -> None:
    assert match(terms, MARKET, COSTS) == expected


@pytest.mark.parametrize(
    ("session", "changes", "trades"),
    [
        ("closed", {}, False),
        ("closed", {"extended_hours": True}, False),
        ("extended", {}, False),
        ("extended", {"extended_hours": True}, True),
        ("extended", {"extended_hours": True, "stop_price": D(90), "type": "stop"}, False),
    ],
)
def test_outside_the_session_only_extended_orders_trade(
    session: str, changes: dict[str, object], trades: bool
) -> None:
    market = replace(MARKET, session=session)  # type: ignore[arg-type]
    found = match(replace(BUY, **changes), market, COSTS)  # type: ignore[arg-type]
    assert (found.quantity > 0) is trades


def test_a_market_order_in_extended_hours_trades_within_one_percent() -> None:
    thin = replace(MARKET, session="extended")
    greedy = replace(COSTS, slippage_bps=D(500))
    found = match(replace(BUY, extended_hours=True), thin, greedy)
    assert found.price == D("101.00")


@pytest.mark.parametrize(
    ("asset_type", "tif", "extended", "created", "ends"),
    [
        ("stocks", "gtc", False, "2026-11-23T15:00+00:00", None),
        ("stocks", "day", False, "2026-11-23T15:00+00:00", "2026-11-23T21:00+00:00"),
        ("stocks", "day", True, "2026-11-23T22:00+00:00", "2026-11-24T01:00+00:00"),
        ("stocks", "day", False, "2026-11-23T21:00+00:00", "2026-11-24T21:00+00:00"),
        ("stocks", "day", False, "2026-11-21T02:00+00:00", "2026-11-23T21:00+00:00"),
        ("stocks", "day", False, "2026-11-27T15:00+00:00", "2026-11-27T18:00+00:00"),  # half day
        ("crypto", "day", False, "2026-11-23T15:00+00:00", "2026-11-24T00:00+00:00"),
    ],
)
def test_a_day_order_ends_with_its_session(
    asset_type: str, tif: str, extended: bool, created: str, ends: str | None
) -> None:
    expected = datetime.fromisoformat(ends) if ends else None
    found = expires_at(asset_type, tif, extended, datetime.fromisoformat(created))
    assert found == expected


def test_a_fee_is_a_share_of_the_notional_rounded_up() -> None:
    assert COSTS.fee(D("0.00000001"), D("90000.01")) == D("0.00000091")


money = st.decimals(min_value=D("0.01"), max_value=D(1_000), places=2)
units = st.decimals(min_value=D("0.001"), max_value=D(2_000), places=3)


@st.composite
def markets(draw: st.DrawFn) -> Market:
    bid, spread = draw(money), draw(st.decimals(min_value=D("0.01"), max_value=D(1), places=2))
    quote = Quote("AAPL", bid, bid + spread, draw(units), draw(units), NOW)
    return Market(PRODUCT, quote, "regular", NOW)


def an_order(name: str, side: str, kind: str, quantity: Decimal, price: Decimal) -> PaperOrder:
    return PaperOrder(
        client_order_id=name,
        bot_id=UUID(int=1),
        state="new",
        asset_type="stocks",
        symbol="AAPL",
        side=side,
        type=kind,
        time_in_force="gtc",
        extended_hours=False,
        quantity=quantity,
        limit_price=price if "limit" in kind else None,
        stop_price=price if "stop" in kind else None,
        triggered_at=None,
        oco_group=None,
        filled_quantity=D(0),
        executions=[],
        created_at=NOW,
        updated_at=NOW,
    )


def passes(orders: list[PaperOrder], account: PaperAccount, seen: list[Market]) -> None:
    """Let every open order meet every market in turn."""
    for market in seen:
        books = Books(account, tuple(orders), {"AAPL": market.quote.ask})
        for order in [o for o in orders if o.state in ("new", "partial")]:
            advance(order, books, market, COSTS)


kinds = st.sampled_from(["market", "limit", "stop", "stop_limit"])


@settings(max_examples=150, deadline=None)
@given(
    st.lists(markets(), min_size=1, max_size=6),
    st.sampled_from(["buy", "sell"]),
    kinds,
    units,
    money,
    st.sampled_from([D(-500), D(0), D(500)]),
)
def test_money_is_conserved_and_limits_hold(
    seen: list[Market], side: str, kind: str, quantity: Decimal, price: Decimal, held: Decimal
) -> None:
    positions = {"AAPL": str(held)} if held else {}
    account = PaperAccount(bot_id=UUID(int=1), cash=D(3_000_000), positions=positions)
    order = an_order("o", side, kind, quantity, price)
    passes([order], account, seen)
    parts = outcome(order).executions
    sign = 1 if side == "buy" else -1
    traded = sum((p.quantity for p in parts), D(0))
    paid = sum((sign * p.quantity * p.price + p.fee for p in parts), D(0))
    assert traded == order.filled_quantity <= quantity
    assert (order.state == "filled") is (traded == quantity)
    assert abs(account.cash - (D(3_000_000) - paid)) < D("1e-10")
    assert D(account.positions.get("AAPL", "0")) == held + sign * traded
    worst = max if side == "buy" else min
    assert order.limit_price is None or worst([p.price for p in parts] + [price]) == price
    assert all(p.fee >= p.quantity * p.price * D("0.001") for p in parts)


@settings(max_examples=150, deadline=None)
@given(st.lists(markets(), min_size=1, max_size=8), units, money, money)
def test_a_group_never_exits_more_than_was_held(
    seen: list[Market], held: Decimal, stop: Decimal, target: Decimal
) -> None:
    account = PaperAccount(bot_id=UUID(int=1), cash=D(0), positions={"AAPL": str(held)})
    legs = [
        an_order("stop", "sell", "stop", held, stop),
        an_order("target", "sell", "limit", held, target),
    ]
    for leg in legs:
        leg.oco_group = "g"
    passes(legs, account, seen)
    sold = sum((leg.filled_quantity for leg in legs), D(0))
    assert sold <= held
    assert D(account.positions.get("AAPL", "0")) == held - sold
    done = [leg.state not in ("new", "partial") for leg in legs]
    assert done == [sold == held] * 2


def test_a_partial_fill_of_one_leg_reduces_the_other() -> None:
    account = PaperAccount(bot_id=UUID(int=1), cash=D(0), positions={"AAPL": "600"})
    legs = [
        an_order("target", "sell", "limit", D(600), D("99.90")),
        an_order("stop", "sell", "stop", D(600), D("90.00")),
    ]
    for leg in legs:
        leg.oco_group = "g"
    low = Quote("AAPL", D("89.00"), D("89.01"), D(50), D(50), NOW)
    passes(legs, account, [MARKET, replace(MARKET, quote=low)])
    assert [leg.filled_quantity for leg in legs] == [D(500), D(100)]
    assert [leg.state for leg in legs] == ["cancelled", "cancelled"]
    assert account.positions == {}
