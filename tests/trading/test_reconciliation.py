"""Book against book, without a database or a broker."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingrobotplug.brokers.broker import OpenOrder
from tradingrobotplug.trading.reconciliation import comparison, repairs
from tradingrobotplug.trading.reconciliation.comparison import Book, Difference, LiveOrder
from tradingrobotplug.trading.reconciliation.repairs import Stand

D = Decimal
A, B = UUID(int=1), UUID(int=2)
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
UNITS = st.decimals(-1000, 1000, places=8)
SYMBOLS = st.sampled_from(["AAPL", "MSFT", "TSLA"])


def book(
    holdings: Mapping[str, Mapping[UUID, Decimal]] | None = None,
    outside: Mapping[str, Decimal] | None = None,
    orders: tuple[LiveOrder, ...] = (),
    moving: frozenset[str] = frozenset(),
) -> Book:
    return Book(holdings or {}, outside or {}, orders, moving)


def ours(name: str = "trp1", state: str = "accepted", **fields: Any) -> LiveOrder:
    values = {"broker_order_id": None, "symbol": "AAPL", "left": D(1)} | fields
    return LiveOrder(UUID(int=9), A, name, state=state, **values)


def open_order(name: str | None = "trp1", broker_order_id: str = "b1") -> OpenOrder:
    return OpenOrder(name, broker_order_id, "AAPL", "buy", D(3), D(1))


def facts(found: list[Difference]) -> list[tuple[str, str, Decimal, Decimal]]:
    return [(one.kind, one.subject, one.ours, one.theirs) for one in found]


@pytest.mark.parametrize(
    ("our_book", "theirs", "differences"),
    [
        pytest.param(book({"AAPL": {A: D(2)}}), {"AAPL": D(2)}, [], id="both the same"),
        pytest.param(book({"AAPL": {A: D(2), B: D(-1)}}), {"AAPL": D(1)}, [], id="two bots add up"),
        pytest.param(
            book({"AAPL": {A: D(2)}}, {"AAPL": D(5)}), {"AAPL": D(7)}, [], id="with the user's own"
        ),
        pytest.param(
            book({"AAPL": {A: D(2)}}), {"AAPL": D(3)}, [("position", "AAPL", 2, 3)], id="more there"
        ),
        pytest.param(
            book({"AAPL": {A: D(2)}}), {}, [("position", "AAPL", 2, 0)], id="nothing there"
        ),
        pytest.param(
            book({"AAPL": {A: D(2)}}, {"AAPL": D(5)}),
            {"AAPL": D(6)},
            [("position", "AAPL", 7, 6)],
            id="of a symbol that a bot holds somebody sold",
        ),
        pytest.param(
            book(), {"AAPL": D(3)}, [("outside", "AAPL", 0, 3)], id="where no bot is: the user's"
        ),
        pytest.param(
            book(orders=(ours(),)),
            {"AAPL": D(3)},
            [("position", "AAPL", 0, 3)],
            id="where a bot has an order it is not the user's own",
        ),
        pytest.param(
            book({"AAPL": {A: D(2)}}, moving=frozenset({"AAPL"})), {}, [], id="while it moves"
        ),
        pytest.param(
            book({"AAPL": {A: D(2)}}), {"AAPL": D("2.000000009")}, [], id="rounding's dust"
        ),
        pytest.param(
            book({"AAPL": {A: D(2)}}),
            {"AAPL": D("2.00000001")},
            [("position", "AAPL", 2, D("2.00000001"))],
            id="the least that counts",
        ),
    ],
)
def test_positions_differ_where_bots_and_baseline_do_not_add_up(
    our_book: Book, theirs: dict[str, Decimal], differences: list[Any]
) -> None:
    assert facts(comparison.positions(our_book, theirs)) == differences


@given(st.dictionaries(SYMBOLS, st.tuples(UNITS, UNITS, UNITS)), SYMBOLS, UNITS)
def test_whatever_is_held_exactly_the_symbol_that_was_changed_differs(
    held: dict[str, tuple[Decimal, Decimal, Decimal]], symbol: str, change: Decimal
) -> None:
    our_book = book(
        {name: {A: a, B: b} for name, (a, b, _) in held.items()},
        {name: own for name, (_, _, own) in held.items()},
    )
    theirs = {name: sum(units, D(0)) for name, units in held.items()}
    theirs[symbol] = theirs.get(symbol, D(0)) + change

    found = comparison.positions(our_book, theirs)

    assert [(one.symbol, one.gap) for one in found] == [(symbol, change)] * bool(change)


@pytest.mark.parametrize(
    ("our_book", "open_orders", "names"),
    [
        pytest.param(book(orders=(ours(),)), [open_order()], [], id="both know it"),
        pytest.param(book(), [open_order()], ["trp1"], id="only the broker does"),
        pytest.param(book(), [open_order("mine")], [], id="the user's own order"),
        pytest.param(book(), [open_order(None)], [], id="without a name"),
        pytest.param(book(moving=frozenset({"AAPL"})), [open_order()], [], id="while it moves"),
    ],
)
def test_an_order_under_our_name_is_unknown_if_it_is_not_live_here(
    our_book: Book, open_orders: list[OpenOrder], names: list[str]
) -> None:
    found = comparison.unknown_orders(our_book, open_orders)
    assert facts(found) == [("unknown_order", name, 0, 2) for name in names]


@pytest.mark.parametrize(
    ("order", "open_orders", "is_unseen"),
    [
        pytest.param(ours(), [open_order()], False, id="shown by its name"),
        pytest.param(
            ours("trp2", broker_order_id="b1"), [open_order(None)], False, id="by the broker's id"
        ),
        pytest.param(ours(), [open_order("trp2")], True, id="not shown"),
        pytest.param(ours(state="partially_filled"), [], True, id="not shown, in part filled"),
        pytest.param(ours(state="planned"), [], False, id="not sent"),
        pytest.param(ours(state="held"), [], False, id="held by us"),
        pytest.param(ours(state="submitting"), [], False, id="in doubt"),
    ],
)
def test_an_order_that_rests_here_only_is_asked_for(
    order: LiveOrder, open_orders: list[OpenOrder], is_unseen: bool
) -> None:
    found = comparison.unseen(book(orders=(order,)), open_orders)
    assert found == [order] * is_unseen


@pytest.mark.parametrize(
    ("our_book", "theirs", "own"),
    [
        pytest.param(book(), {"AAPL": D(5)}, {"AAPL": D(5)}, id="no bot there"),
        pytest.param(book(), {"AAPL": D(-5)}, {"AAPL": D(-5)}, id="the user's own short"),
        pytest.param(book({"AAPL": {A: D(2)}}), {"AAPL": D(5)}, {"AAPL": D(3)}, id="the rest"),
        pytest.param(book({"AAPL": {A: D(2)}}), {"AAPL": D(1)}, {}, id="too little is no baseline"),
        pytest.param(book({"AAPL": {A: D(-2)}}), {"AAPL": D(1)}, {}, id="nor across zero"),
        pytest.param(book(moving=frozenset({"AAPL"})), {"AAPL": D(5)}, {}, id="not while it moves"),
    ],
)
def test_the_baseline_is_what_the_account_holds_beyond_the_bots(
    our_book: Book, theirs: dict[str, Decimal], own: dict[str, Decimal]
) -> None:
    assert comparison.baseline(our_book, theirs) == own


def looks(*gaps_at: tuple[int, int]) -> list[int]:
    """Looks after so many seconds that see a gap of so many units; the seconds that counted."""
    suspects: dict[str, dict[str, str]] = {}
    counted = []
    for seconds, gap in gaps_at:
        seen = [Difference("position", "AAPL", "AAPL", D(0), D(gap))] * bool(gap)
        at = NOW + timedelta(seconds=seconds)
        counting, suspects = comparison.confirmed(seen, suspects, at)
        counted += [seconds] * len(counting)
    return counted


def test_a_difference_counts_when_it_is_seen_twice_with_the_same_size() -> None:
    assert looks((0, 1), (30, 1), (60, 1)) == [30, 60]
    assert looks((0, 1), (30, 2), (60, 2)) == [60]
    assert looks((0, 1), (30, 0), (60, 1)) == []


def test_two_looks_in_the_same_moment_are_one() -> None:
    assert looks((0, 1), (1, 1), (9, 1), (10, 1)) == [10]


def test_one_that_changes_its_size_every_time_counts_after_minutes() -> None:
    assert looks(*((seconds, seconds + 1) for seconds in range(0, 331, 30))) == [300, 330]


def stand(theirs: int, outside: int = 0, **bots: int) -> Stand:
    holdings = {{"a": A, "b": B}[name]: D(units) for name, units in bots.items()}
    return Stand("position", A, holdings, D(outside), D(theirs), True)


@pytest.mark.parametrize(
    ("stands", "of_bots", "rest", "ways"),
    [
        pytest.param(stand(3, a=2), {A: 1}, 0, ["broker", "ours", "outside"], id="more"),
        pytest.param(stand(1, a=2), {A: -1}, 0, ["broker", "ours"], id="less"),
        pytest.param(stand(0, a=2), {A: -2}, 0, ["broker", "ours"], id="all gone"),
        pytest.param(stand(-1, a=2), {A: -2}, -1, ["broker"], id="sold more than the bot had"),
        pytest.param(stand(1, a=2, b=5), {B: -5, A: -1}, 0, ["broker", "ours"], id="largest first"),
        pytest.param(stand(9, a=2, b=5), {A: 2}, 0, ["broker", "ours", "outside"], id="its bot's"),
        pytest.param(
            stand(4, 5, a=2), {A: -2}, -1, ["broker", "outside"], id="of the user's own, perhaps"
        ),
        pytest.param(stand(-1, a=-2), {A: 1}, 0, ["broker", "ours"], id="a short is smaller"),
        pytest.param(stand(3), {A: 3}, 0, ["broker", "outside"], id="a bot with an order only"),
        pytest.param(
            stand(-1, a=2, b=-2), {A: -1}, 0, ["broker", "outside"], id="bots that cancel out"
        ),
    ],
)
def test_a_gap_falls_on_those_who_hold_and_turns_nobody_round(
    stands: Stand, of_bots: dict[UUID, int], rest: int, ways: list[str]
) -> None:
    shares = repairs.share_out(stands)
    assert (shares.of_bots, shares.rest) == (of_bots, rest)
    assert repairs.offered(stands) == ways


@given(st.lists(UNITS, min_size=1, max_size=2), UNITS, UNITS)
def test_however_a_gap_is_shared_out_it_is_shared_out_whole(
    held: list[Decimal], own: Decimal, theirs: Decimal
) -> None:
    holdings = dict(zip((A, B), held, strict=False))
    found = Stand("position", A, holdings, own, theirs, True)
    shares = repairs.share_out(found)
    after = {bot: holdings[bot] + shares.of_bots.get(bot, D(0)) for bot in holdings}
    assert sum(shares.of_bots.values(), shares.rest) == found.gap
    assert sum(after.values(), own + shares.rest) == theirs


def test_orders_that_only_one_side_knows_have_one_repair() -> None:
    unknown = Stand("unknown_order", None, {}, D(0), D(1), True)
    missing = Stand("missing_order", A, {}, D(0), D(0), True)
    assert repairs.offered(unknown) == repairs.offered(missing) == ["broker"]
