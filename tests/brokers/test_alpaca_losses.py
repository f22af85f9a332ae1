"""What loses money, at Alpaca. The numbers are those of the list that the design was made from."""

import time
from dataclasses import replace

import pytest
from alpaca.trading.client import TradingClient

from tests.brokers.alpaca_desk import KEYS, D, Desk, exhausted, named
from tradingrobotplug.brokers import venues
from tradingrobotplug.brokers.alpaca_terms import body_of
from tradingrobotplug.brokers.broker import NoClearAnswer, NotReached
from tradingrobotplug.brokers.keys import BrokerKeys, KeysRefused


def test_loss_1_the_sdk_that_is_pinned_sends_again_unless_it_is_told_not_to() -> None:
    assert TradingClient("key", "secret", paper=True)._retry == 3
    assert TradingClient("key", "secret", paper=True)._retry_codes == [429, 504]


@pytest.mark.parametrize("kind", ["status_after", "html_after"])
def test_loss_1_an_order_accepted_behind_a_failing_gateway_is_one_order(
    desk: Desk, kind: str
) -> None:
    order = desk.order()
    desk.faulty(kind)
    with pytest.raises(NoClearAnswer):
        desk.broker.submit(order)
    again = desk.broker.submit(order)
    assert (again.state, again.filled_quantity) == ("filled", 10)
    assert len(desk.at_venue()) == 1


def test_loss_2_an_order_whose_answer_never_came_is_in_doubt_and_found_by_its_id(
    desk: Desk,
) -> None:
    order = desk.order()
    desk.faulty("hang_after", seconds=2.5)
    began = time.monotonic()
    with pytest.raises(NoClearAnswer):
        desk.broker.submit(order)
    assert time.monotonic() - began < 2.5  # a worker that waits for longer is taken for stuck
    assert (desk.seen(order).state, desk.seen(order).filled_quantity) == ("filled", 10)


@pytest.mark.parametrize("kind", ["unknown_status", "null_submitted_at"])
def test_loss_3_an_odd_answer_to_an_accepted_order_is_no_failure(desk: Desk, kind: str) -> None:
    order = desk.order()
    desk.faulty(kind)
    placed = desk.broker.submit(order)
    assert placed.state == "accepted"
    assert desk.seen(order, broker_order_id=placed.broker_order_id).state == "filled"


def test_loss_3_an_order_whose_status_nobody_knows_is_still_open(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    order = desk.order(type="limit", limit_price=D(190))
    desk.broker.submit(order)
    desk.faulty("unknown_status", method="GET")
    assert desk.seen(order).state == "accepted"
    assert "alpaca.status_unknown" in caplog.messages


def test_loss_3_an_accepted_order_whose_fills_cant_be_read_yet_has_not_failed(desk: Desk) -> None:
    order = desk.order()
    desk.traded(order)
    desk.faulty("status", path="/v2/account/activities", method="GET", status=500)
    again = desk.broker.submit(order)
    assert (again.state, again.executions) == ("accepted", ())


def test_loss_5_the_same_order_again_is_the_order_that_is_there(desk: Desk) -> None:
    order = desk.order(type="limit", limit_price=D(190))
    first = desk.broker.submit(order)
    assert desk.broker.submit(order) == first
    assert len(desk.at_venue()) == 1


def test_loss_5_an_id_of_a_cancelled_order_is_not_free_again(desk: Desk) -> None:
    order = desk.order(type="limit", limit_price=D(190))
    desk.broker.submit(order)
    desk.broker.cancel(named(order))
    assert desk.broker.submit(order).state == "cancelled"


@pytest.mark.parametrize(
    "changes", [{"symbol": "MSFT"}, {"side": "sell"}, {"quantity": D(11)}], ids=str
)
def test_loss_5_another_order_under_a_used_id_is_refused(
    desk: Desk, changes: dict[str, object]
) -> None:
    order = desk.order(type="limit", limit_price=D(190), allow_short=True)
    desk.broker.submit(order)
    other = desk.broker.submit(replace(order, **changes))  # type: ignore[arg-type]
    assert (other.state, other.broker_order_id) == ("rejected", None)
    assert len(desk.at_venue()) == 1


def test_loss_5_an_order_that_shows_late_by_its_id_is_found_in_the_list(desk: Desk) -> None:
    order = desk.order()
    desk.faulty("late_visibility", seconds=60)
    desk.broker.submit(order)
    assert desk.broker.submit(order).state == "filled"


def test_loss_8_an_order_cancelled_half_way_keeps_what_it_traded(desk: Desk) -> None:
    order = desk.order()
    desk.faulty("partial_fill")
    ended = desk.traded(order)
    assert (ended.state, ended.filled_quantity) == ("cancelled", 5)
    assert [(e.price, e.fee) for e in ended.executions] == [(D("200.02"), 0)]
    assert desk.broker.cancel(named(order)) == ended


def test_loss_9_quantities_and_prices_arrive_to_the_last_digit(desk: Desk) -> None:
    order = desk.order(quantity=D("0.123456789"), type="limit", limit_price=D("190.10"))
    desk.broker.submit(order)
    [there] = desk.at_venue()
    assert (there["qty"], there["limit_price"]) == ("0.123456789", "190.1")
    assert {type(value) for value in body_of(order).values()} == {str}


def test_loss_12_paper_keys_trade_nothing_at_live(desk: Desk) -> None:
    live = venues.opened("alpaca", "live", KEYS)
    assert live.submit(desk.order()).state == "rejected"
    with pytest.raises(KeysRefused) as refused:
        live.permissions()
    assert (refused.value.code, refused.value.details) == (
        "wrong_environment",
        {"environment": "paper"},
    )
    assert desk.at_venue() == []


def test_loss_12_live_keys_trade_nothing_at_paper(desk: Desk) -> None:
    desk.sandbox.tell("keys", broker="alpaca", environment="live", key="AKLIVE", secret="live")
    keys = BrokerKeys("AKLIVE", "live")
    paper = venues.opened("alpaca", "paper", keys)
    assert paper.submit(desk.order()).state == "rejected"
    with pytest.raises(KeysRefused, match="live environment"):
        paper.permissions()
    assert venues.opened("alpaca", "live", keys).permissions().can_trade


def test_loss_13_an_order_that_could_meet_ones_own_is_refused_with_the_reason(desk: Desk) -> None:
    desk.traded(desk.order())
    desk.broker.submit(desk.order(type="limit", limit_price=D(190)))
    stop = desk.broker.submit(desk.sale(type="stop", stop_price=D(180), time_in_force="gtc"))
    assert stop.state == "rejected"
    assert "wash trade" in str(stop.reason)


def test_loss_13_shares_that_protection_holds_are_sold_after_cancelling_it(desk: Desk) -> None:
    desk.traded(desk.order())
    guard = desk.sale(type="bracket", time_in_force="gtc", limit_price=D(220), stop_price=D(180))
    desk.broker.submit(guard)
    refused = desk.broker.submit(desk.sale())
    assert (refused.state, "insufficient qty" in str(refused.reason)) == ("rejected", True)
    cancelled = desk.broker.cancel(named(guard))
    assert cancelled is not None
    assert cancelled.state == "cancelled"
    assert desk.traded(desk.sale()).state == "filled"
    assert desk.held() == 0


def test_loss_7_an_exit_of_what_is_not_held_opens_no_short(desk: Desk) -> None:
    assert desk.broker.submit(desk.sale(allow_short=True)).state == "rejected"
    assert desk.broker.submit(desk.order(side="sell")).state == "rejected"
    assert desk.held() == 0


def test_loss_7_an_entry_does_not_eat_up_the_opposite_position(desk: Desk) -> None:
    desk.traded(desk.order())
    short = desk.broker.submit(desk.order(side="sell", quantity=D(4), allow_short=True))
    assert short.state == "rejected"
    assert desk.held() == 10


def test_loss_16_polls_that_use_up_their_part_leave_exits_and_entries_theirs(desk: Desk) -> None:
    desk.traded(desk.order())
    refused = exhausted(desk.broker.balances)
    assert refused.seconds is not None
    with pytest.raises(NotReached):
        desk.broker.open_orders()
    exit_order = desk.sale()
    assert desk.broker.submit(exit_order).state == "accepted"
    assert desk.seen(exit_order).state == "filled"


def test_loss_17_a_refusal_in_other_words_is_the_same_refusal(desk: Desk) -> None:
    desk.faulty("reworded")
    refused = desk.broker.submit(desk.order(symbol="NOPE"))
    assert (refused.state, refused.reason) == ("rejected", "this is said in other words now")


def test_loss_17_a_used_id_is_known_by_its_code(desk: Desk) -> None:
    order = desk.order()
    desk.traded(order)
    desk.faulty("reworded")
    assert desk.broker.submit(order).state == "filled"


def test_loss_17_that_there_is_no_order_is_known_by_its_code(desk: Desk) -> None:
    desk.faulty("reworded", method="GET")
    assert desk.broker.look_up(named(desk.order())) is None
