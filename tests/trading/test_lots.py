from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tradingrobotplug.trading.lots import Matching, OpenLot, Traded, Trip, match

D = Decimal
START = datetime(2026, 3, 4, tzinfo=UTC)


def fill(side: str, quantity: str, price: str, fee: str = "0", minute: int = 0) -> Traded:
    at = START + timedelta(minutes=minute)
    return Traded(side, D(quantity), D(price), D(fee), at)


def run(fills: list[Traded]) -> tuple[list[OpenLot], list[Trip]]:
    """Every fill in turn, as the books would keep them."""
    lots: list[OpenLot] = []
    trips: list[Trip] = []
    for one in fills:
        found = match(lots, one)
        lots = _after(lots, found)
        trips += [found.trip] if found.trip else []
    return lots, trips


def _after(lots: list[OpenLot], found: Matching) -> list[OpenLot]:
    kept = [
        OpenLot(lot.side, lot.quantity, left, lot.price, lot.fee, lot.opened_at)
        for lot, left in zip(lots, found.remaining, strict=True)
        if left
    ]
    return kept + ([found.opened] if found.opened else [])


def test_the_oldest_lot_is_sold_first() -> None:
    bought = [fill("buy", "2", "10", "0.2"), fill("buy", "2", "20", "0.4", minute=1)]

    lots, trips = run([*bought, fill("sell", "3", "30", "0.9", minute=2)])

    assert [(lot.price, lot.remaining) for lot in lots] == [(D(20), D(1))]
    assert trips == [
        Trip(
            side="long",
            quantity=D(3),
            entry_price=D("13.333333333333"),
            exit_price=D(30),
            entry_value=D(40),
            fees=D("1.3"),
            pnl=D("48.7"),
            entered_at=START,
            exited_at=START + timedelta(minutes=2),
        )
    ]


def test_a_short_wins_when_the_price_falls() -> None:
    _, trips = run([fill("sell", "5", "20", "1"), fill("buy", "5", "18", "1")])

    assert [(trip.side, trip.pnl) for trip in trips] == [("short", D(8))]


def test_a_fill_that_crosses_zero_closes_and_opens() -> None:
    lots, trips = run([fill("buy", "2", "10", "1"), fill("sell", "5", "12", "2.5")])

    assert [(trip.quantity, trip.fees, trip.pnl) for trip in trips] == [(D(2), D(2), D(2))]
    assert [(lot.side, lot.remaining, lot.fee) for lot in lots] == [("short", D(3), D("1.5"))]


quantities = st.decimals("0.000001", "1000", places=6)
prices = st.decimals("0.01", "100000", places=2)
fees = st.decimals("0", "100", places=4)
fills = st.lists(
    st.builds(Traded, st.sampled_from(["buy", "sell"]), quantities, prices, fees, st.just(START)),
    max_size=25,
)


def signed(one: Traded) -> Decimal:
    return one.quantity if one.side == "buy" else -one.quantity


@given(fills)
def test_what_is_open_is_what_was_traded_on_balance(traded: list[Traded]) -> None:
    lots, _ = run(traded)

    held = sum((lot.remaining if lot.side == "long" else -lot.remaining for lot in lots), D(0))
    assert held == sum(map(signed, traded), D(0))
    assert len({lot.side for lot in lots}) <= 1


@given(fills)
def test_round_trips_and_open_lots_add_up_to_the_cash_that_moved(traded: list[Traded]) -> None:
    """Cash, derived without lots: what came in minus what went out minus every fee."""
    lots, trips = run(traded)

    cash = sum((-signed(one) * one.price - one.fee for one in traded), D(0))
    open_cost = sum(
        (lot.remaining * lot.price * (1 if lot.side == "long" else -1) for lot in lots), D(0)
    )
    open_fees = sum((lot.fee * lot.remaining / lot.quantity for lot in lots), D(0))
    result = sum((trip.pnl for trip in trips), D(0))
    assert abs(result - (cash + open_cost + open_fees)) <= D("1e-9")


@given(fills)
def test_every_fee_is_counted_once(traded: list[Traded]) -> None:
    lots, trips = run(traded)

    booked = sum((trip.fees for trip in trips), D(0))
    still_open = sum((lot.fee * lot.remaining / lot.quantity for lot in lots), D(0))
    assert abs(booked + still_open - sum((one.fee for one in traded), D(0))) <= D("1e-9")
