"""An account at Alpaca as the reconciler sees it: orders that rest, positions, money, keys."""

from datetime import UTC, datetime

import pytest

from tests.brokers.alpaca_desk import D, Desk
from tests.brokers.test_alpaca_orders import BRACKET
from tests.venues import KEY
from tradingrobotplug.brokers import venues
from tradingrobotplug.brokers.broker import Attached, NotReached
from tradingrobotplug.brokers.keys import BrokerKeys, KeysRefused


def test_what_rests_is_listed_with_its_legs(desk: Desk) -> None:
    entry = desk.order(
        type="limit",
        limit_price=D(190),
        time_in_force="gtc",
        quantity=D(3),
        attached=Attached(take_profit=D(220), stop=D(180)),
    )
    placed = desk.broker.submit(entry)
    found = desk.broker.open_orders()
    [mine] = [order for order in found if order.came_with is None]
    assert (mine.client_order_id, mine.broker_order_id) == (
        entry.client_order_id,
        placed.broker_order_id,
    )
    assert (mine.symbol, mine.side, mine.quantity, mine.filled_quantity) == ("AAPL", "buy", 3, 0)
    legs = [order for order in found if order.came_with == placed.broker_order_id]
    assert [(leg.side, leg.quantity) for leg in legs] == [("sell", 3), ("sell", 3)]


def test_a_pair_of_guards_rests_as_two_orders_at_alpaca(desk: Desk) -> None:
    desk.traded(desk.order())
    guard = desk.sale(**BRACKET)
    placed = desk.broker.submit(guard)
    found = {order.came_with: order for order in desk.broker.open_orders()}
    assert set(found) == {None, placed.broker_order_id}
    assert found[None].client_order_id == guard.client_order_id


def test_an_order_in_dollars_that_somebody_placed_there_has_no_quantity(desk: Desk) -> None:
    desk.sandbox.tell("hours", hours="xnys")
    desk.sandbox.tell("clock", at="2026-11-20T03:00:00+00:00")
    desk.broker._wire._client.post(  # type: ignore[attr-defined]
        "/orders",
        {
            "symbol": "AAPL",
            "notional": "500",
            "side": "buy",
            "type": "market",
            "time_in_force": "day",
        },
    )
    [foreign] = desk.broker.open_orders()
    assert foreign.quantity == 0


def test_every_page_of_what_rests_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tradingrobotplug.brokers.alpaca_books._ORDERS", 2)
    sent = [desk.order(type="limit", limit_price=D(190), quantity=D(n)) for n in range(1, 6)]
    placed = {desk.broker.submit(order).broker_order_id for order in sent}
    assert {order.broker_order_id for order in desk.broker.open_orders()} == placed


def test_nothing_rests_in_a_new_account(desk: Desk) -> None:
    assert desk.broker.open_orders() == []
    assert desk.broker.positions() == {}


def test_positions_are_signed_and_in_our_spelling(desk: Desk) -> None:
    desk.traded(desk.order(symbol="BRK.B", quantity=D("0.25")))
    desk.traded(desk.order(symbol="F", side="sell", quantity=D(7), allow_short=True))
    assert desk.broker.positions() == {"BRK.B": D("0.25"), "F": -7}


def test_money_follows_what_was_bought(desk: Desk) -> None:
    before = desk.broker.balances()
    assert (before.cash, before.buying_power, before.fee_rate) == (100_000, 200_000, 0)
    desk.traded(desk.order())
    after = desk.broker.balances()
    assert (after.cash, after.equity) == (D("97999.8"), D("99999.8"))
    assert after.buying_power < before.buying_power


def test_the_clock_is_the_venues(desk: Desk) -> None:
    desk.sandbox.tell("clock", at="2026-11-20T15:30:00+00:00")
    away = desk.broker.clock() - datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
    assert 0 <= away.total_seconds() < 5


def test_an_account_may_use_all_that_alpaca_offers(desk: Desk) -> None:
    assert desk.broker.unsupported() == frozenset()
    assert desk.broker.permissions().can_trade is True


@pytest.mark.parametrize(("key", "secret"), [(KEY, "wrong"), (KEY, "two\nlines"), ("ключ", "x")])
def test_keys_that_are_none_are_refused(desk: Desk, key: str, secret: str) -> None:
    with pytest.raises(KeysRefused) as refused:
        venues.opened("alpaca", "paper", BrokerKeys(key, secret)).permissions()
    assert refused.value.code == "keys_refused"


def test_with_keys_that_were_withdrawn_nothing_is_read_and_nothing_is_called_gone(
    desk: Desk,
) -> None:
    withdrawn = venues.opened("alpaca", "paper", BrokerKeys(KEY, "withdrawn"))
    with pytest.raises(NotReached, match="keys"):
        withdrawn.positions()
    with pytest.raises(NotReached, match="keys"):
        withdrawn.open_orders()


def test_there_is_no_other_broker_behind_a_wrong_name() -> None:
    with pytest.raises(ValueError, match="kraken"):
        venues.opened("kraken", "live", BrokerKeys("key", "secret"))
