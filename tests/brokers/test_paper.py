"""The paper broker on real PostgreSQL, at quotes that the real SDKs read from the sandbox."""

import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.brokers.orders import an_order, sent
from tests.factories import make_bot
from tests.venues import Sandbox
from tradingrobotplug import clock
from tradingrobotplug.brokers import venues
from tradingrobotplug.brokers.broker import Broker, NotReached
from tradingrobotplug.marketdata import venue
from tradingrobotplug.models import Bot, User

D = Decimal
Move = Callable[[str, float], None]


def test_a_market_order_pays_the_ask_slippage_and_the_fee(
    paper: Broker, bot: Bot, move: Move
) -> None:
    move("BTC-USD", 90_000)
    outcome = paper.submit(an_order(bot))
    (part,) = outcome.executions
    assert outcome.state == "filled"
    assert part.quantity == D("0.5")
    assert D("90009") < part.price < D("90045")
    assert part.fee == part.quantity * part.price * D("0.001")
    books = venues.paper(bot.id)
    assert books.positions() == {"BTC-USD": D("0.5")}
    assert books.balances().cash == D(100_000) - part.quantity * part.price - part.fee


def test_the_same_order_twelve_times_at_once_is_one_order(
    paper: Broker, bot: Bot, move: Move
) -> None:
    move("BTC-USD", 90_000)
    order = an_order(bot)
    with ThreadPoolExecutor(max_workers=12) as pool:
        outcomes = list(pool.map(lambda _: paper.submit(order), range(12)))
    assert len(set(outcomes)) == 1
    assert venues.paper(bot.id).positions() == {"BTC-USD": D("0.5")}


def test_a_repeat_that_asks_for_something_else_is_rejected(paper: Broker, bot: Bot) -> None:
    order = an_order(bot)
    first = paper.submit(order)
    other = paper.submit(replace(order, quantity=D("0.7")))
    assert (other.state, other.reason) == ("rejected", "client_order_id must be unique")
    assert paper.look_up(sent(order.client_order_id)) == first


def test_a_cancelled_order_is_known_for_ever(paper: Broker, bot: Bot, move: Move) -> None:
    move("BTC-USD", 90_000)
    order = an_order(bot, type="limit", limit_price=D("80000"))
    assert paper.submit(order).state == "accepted"
    cancelled = paper.cancel(sent(order.client_order_id))
    assert cancelled is not None
    assert cancelled.state == "cancelled"
    assert paper.submit(order) == cancelled
    assert paper.cancel(sent("never-sent")) is None
    assert paper.look_up(sent("never-sent")) is None


def test_a_resting_limit_order_fills_when_the_price_comes_to_it(
    paper: Broker, bot: Bot, move: Move
) -> None:
    move("BTC-USD", 90_000)
    order = an_order(bot, type="limit", limit_price=D("89000"))
    paper.submit(order)
    assert venues.match_resting(clock.now()) == []
    move("BTC-USD", 88_900)
    assert venues.match_resting(clock.now()) == [order.client_order_id]
    outcome = paper.look_up(sent(order.client_order_id))
    assert outcome is not None
    assert outcome.state == "filled"
    assert outcome.executions[0].price <= D("89000")
    assert venues.match_resting(clock.now()) == []


def test_the_stop_loss_cancels_the_take_profit(paper: Broker, bot: Bot, move: Move) -> None:
    move("BTC-USD", 90_000)
    paper.submit(an_order(bot))
    stop = an_order(bot, side="sell", type="stop", stop_price=D("88000"), oco_group="g")
    target = an_order(bot, side="sell", type="limit", limit_price=D("95000"), oco_group="g")
    assert [paper.submit(leg).state for leg in (stop, target)] == ["accepted", "accepted"]
    move("BTC-USD", 87_000)
    changed = venues.match_resting(clock.now())
    assert sorted(changed) == sorted([stop.client_order_id, target.client_order_id])
    stopped, aimed = (
        paper.look_up(sent(stop.client_order_id)),
        paper.look_up(sent(target.client_order_id)),
    )
    assert stopped is not None
    assert aimed is not None
    assert (stopped.state, aimed.state) == ("filled", "cancelled")
    assert stopped.executions[0].price < D("87000")  # a gap through the stop is not forgiven
    assert venues.paper(bot.id).positions() == {}


def test_an_order_larger_than_the_book_fills_in_parts(
    paper: Broker, user: User, move: Move
) -> None:
    rich = make_bot(user, starting_cash=D(10_000_000))
    move("BTC-USD", 90_000)
    order = an_order(rich, quantity=D(80))
    assert paper.submit(order).state == "partially_filled"
    passes = [venues.match_resting(clock.now()) for _ in range(8)]
    assert passes[0] == [order.client_order_id]
    assert passes[-1] == []
    outcome = paper.look_up(sent(order.client_order_id))
    assert outcome is not None
    assert outcome.state == "filled"
    assert outcome.filled_quantity == D(80)
    assert len({part.id for part in outcome.executions}) == len(outcome.executions) > 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"symbol": "NOPE-USD"}, "does not list NOPE-USD"),
        ({"quantity": D(3)}, "INSUFFICIENT_FUND"),
        ({"side": "sell"}, "INSUFFICIENT_FUND"),
        ({"side": "sell", "allow_short": True}, "INSUFFICIENT_FUND"),
        ({"quantity": D("0.000000001")}, "INVALID_SIZE"),
        ({"quantity": D("0.00000001")}, "INVALID_SIZE"),
        ({"quantity": D("0.100000001")}, "INVALID_SIZE_PRECISION"),
        ({"type": "limit", "limit_price": D("1.001")}, "INVALID_PRICE_PRECISION"),
        ({"type": "limit"}, "require a limit_price"),
        ({"limit_price": D(1)}, "take no limit_price"),
        ({"bot_id": uuid.uuid4()}, "account not found"),
    ],
)
def test_what_coinbase_would_refuse_is_rejected(
    paper: Broker, bot: Bot, changes: dict[str, object], reason: str
) -> None:
    outcome = paper.submit(an_order(bot, **changes))
    assert outcome.state == "rejected"
    assert reason in (outcome.reason or "")
    assert venues.paper(bot.id).positions() == {}


def test_units_held_for_a_protection_can_not_be_sold_twice(
    paper: Broker, bot: Bot, move: Move
) -> None:
    move("BTC-USD", 90_000)
    paper.submit(an_order(bot))
    paper.submit(an_order(bot, side="sell", type="stop", stop_price=D("80000"), oco_group="g"))
    assert paper.submit(an_order(bot, side="sell")).state == "rejected"


def test_without_market_data_nothing_is_booked(paper: Broker, markets: Sandbox, bot: Bot) -> None:
    order = an_order(bot)
    markets.tell("faults", path="/api/v3", kind="html", status=502, count=50)
    with pytest.raises(NotReached):
        paper.submit(order)
    assert paper.look_up(sent(order.client_order_id)) is None
    markets.tell("faults")
    venue.forget()
    first = paper.submit(order)
    markets.tell("faults", path="/api/v3", status=500, count=50)
    venue.forget()
    assert paper.submit(order) == first


def test_a_market_order_with_a_known_quote_takes_a_few_milliseconds(
    paper: Broker, bot: Bot, move: Move
) -> None:
    move("BTC-USD", 90_000)
    paper.submit(an_order(bot, quantity=D("0.001")))
    took = []
    for _ in range(20):
        order = an_order(bot, quantity=D("0.001"))
        started = time.perf_counter()
        paper.submit(order)
        took.append(time.perf_counter() - started)
    print(f"median {sorted(took)[10] * 1_000:.1f} ms")
    assert sorted(took)[10] < 0.05
