"""The paper broker on real PostgreSQL, at quotes that the real SDKs read from the sandbox."""

import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.factories import make_bot
from tests.venues import Sandbox
from tradingrobotplug import clock
from tradingrobotplug.brokers import venues
from tradingrobotplug.brokers.broker import NotReached, OrderRequest
from tradingrobotplug.brokers.paper import PaperBroker
from tradingrobotplug.marketdata import venue
from tradingrobotplug.models import Bot, User

D = Decimal
FRIDAY_NIGHT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
MONDAY_MORNING = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
MONDAY_EARLY = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
Move = Callable[[str, float], None]


@pytest.fixture
def paper(markets: Sandbox, clean: None) -> PaperBroker:
    return venues.paper()


@pytest.fixture
def bot(user: User) -> Bot:
    return make_bot(user)


@pytest.fixture
def stocks_bot(user: User) -> Bot:
    return make_bot(user, asset_type="stocks", exchange="alpaca")


@pytest.fixture
def move(markets: Sandbox) -> Move:
    """Pin a symbol's price and forget the quotes read before."""

    def to(symbol: str, price: float) -> None:
        markets.tell("price", symbol=symbol, price=price)
        venue.forget()

    return to


@pytest.fixture
def at(markets: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Make it this moment, here and at the venue, under real session hours."""

    def moment(now: datetime) -> None:
        markets.tell("hours", hours="xnys")
        markets.tell("clock", at=now.isoformat())
        monkeypatch.setattr(clock, "now", lambda: now)
        venue.forget()

    return moment


def an_order(bot: Bot, **changes: object) -> OrderRequest:
    is_crypto = bot.asset_type == "crypto"
    order = OrderRequest(
        client_order_id=str(uuid.uuid4()),
        bot_id=bot.id,
        asset_type=bot.asset_type,
        symbol="BTC-USD" if is_crypto else "AAPL",
        side="buy",
        type="market",
        time_in_force="gtc",
        quantity=D("0.5") if is_crypto else D(10),
    )
    return replace(order, **changes)  # type: ignore[arg-type]


def test_a_market_order_pays_the_ask_slippage_and_the_fee(
    paper: PaperBroker, bot: Bot, move: Move
) -> None:
    move("BTC-USD", 90_000)
    outcome = paper.submit(an_order(bot))
    (part,) = outcome.executions
    assert outcome.state == "filled"
    assert part.quantity == D("0.5")
    assert D("90009") < part.price < D("90045")
    assert part.fee == part.quantity * part.price * D("0.001")
    balances = paper.balances(bot.id)
    assert balances.positions == {"BTC-USD": D("0.5")}
    assert balances.cash == D(100_000) - part.quantity * part.price - part.fee


def test_the_same_order_twelve_times_at_once_is_one_order(
    paper: PaperBroker, bot: Bot, move: Move
) -> None:
    move("BTC-USD", 90_000)
    order = an_order(bot)
    with ThreadPoolExecutor(max_workers=12) as pool:
        outcomes = list(pool.map(lambda _: paper.submit(order), range(12)))
    assert len(set(outcomes)) == 1
    assert paper.balances(bot.id).positions == {"BTC-USD": D("0.5")}


def test_a_repeat_that_asks_for_something_else_is_rejected(paper: PaperBroker, bot: Bot) -> None:
    order = an_order(bot)
    first = paper.submit(order)
    other = paper.submit(replace(order, quantity=D("0.7")))
    assert (other.state, other.reason) == ("rejected", "client_order_id must be unique")
    assert paper.look_up(order.client_order_id) == first


def test_a_cancelled_order_is_known_for_ever(paper: PaperBroker, bot: Bot, move: Move) -> None:
    move("BTC-USD", 90_000)
    order = an_order(bot, type="limit", limit_price=D("80000"))
    assert paper.submit(order).state == "accepted"
    cancelled = paper.cancel(order.client_order_id)
    assert cancelled is not None
    assert cancelled.state == "cancelled"
    assert paper.submit(order) == cancelled
    assert paper.cancel("never-sent") is None
    assert paper.look_up("never-sent") is None


def test_a_resting_limit_order_fills_when_the_price_comes_to_it(
    paper: PaperBroker, bot: Bot, move: Move
) -> None:
    move("BTC-USD", 90_000)
    order = an_order(bot, type="limit", limit_price=D("89000"))
    paper.submit(order)
    assert venues.match_resting(clock.now()) == []
    move("BTC-USD", 88_900)
    assert venues.match_resting(clock.now()) == [order.client_order_id]
    outcome = paper.look_up(order.client_order_id)
    assert outcome is not None
    assert outcome.state == "filled"
    assert outcome.executions[0].price <= D("89000")
    assert venues.match_resting(clock.now()) == []


def test_the_stop_loss_cancels_the_take_profit(paper: PaperBroker, bot: Bot, move: Move) -> None:
    move("BTC-USD", 90_000)
    paper.submit(an_order(bot))
    stop = an_order(bot, side="sell", type="stop", stop_price=D("88000"), oco_group="g")
    target = an_order(bot, side="sell", type="limit", limit_price=D("95000"), oco_group="g")
    assert [paper.submit(leg).state for leg in (stop, target)] == ["accepted", "accepted"]
    move("BTC-USD", 87_000)
    changed = venues.match_resting(clock.now())
    assert sorted(changed) == sorted([stop.client_order_id, target.client_order_id])
    stopped, aimed = paper.look_up(stop.client_order_id), paper.look_up(target.client_order_id)
    assert stopped is not None
    assert aimed is not None
    assert (stopped.state, aimed.state) == ("filled", "cancelled")
    assert stopped.executions[0].price < D("87000")  # a gap through the stop is not forgiven
    assert paper.balances(bot.id).positions == {}


def test_an_order_larger_than_the_book_fills_in_parts(
    paper: PaperBroker, user: User, move: Move
) -> None:
    rich = make_bot(user, starting_cash=D(10_000_000))
    move("BTC-USD", 90_000)
    order = an_order(rich, quantity=D(80))
    assert paper.submit(order).state == "partially_filled"
    venue.forget()
    venues.match_resting(clock.now())
    venue.forget()
    time.sleep(1)
    for _ in range(3):
        venues.match_resting(clock.now())
    outcome = paper.look_up(order.client_order_id)
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
    paper: PaperBroker, bot: Bot, changes: dict[str, object], reason: str
) -> None:
    outcome = paper.submit(an_order(bot, **changes))
    assert outcome.state == "rejected"
    assert reason in (outcome.reason or "")
    assert paper.balances(bot.id).positions == {}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"quantity": D(1_000)}, "insufficient buying power"),
        ({"side": "sell"}, "insufficient qty available"),
        ({"side": "sell", "quantity": D("1.5"), "allow_short": True}, "fractional orders"),
        ({"quantity": D("0.001")}, "minimal amount"),
        ({"type": "limit", "limit_price": D("100.001")}, "sub-penny"),
    ],
)
def test_what_alpaca_would_refuse_is_rejected(
    paper: PaperBroker, stocks_bot: Bot, changes: dict[str, object], reason: str
) -> None:
    outcome = paper.submit(an_order(stocks_bot, **changes))
    assert (outcome.state, reason in (outcome.reason or "")) == ("rejected", True)


def test_units_held_for_a_protection_can_not_be_sold_twice(
    paper: PaperBroker, bot: Bot, move: Move
) -> None:
    move("BTC-USD", 90_000)
    paper.submit(an_order(bot))
    paper.submit(an_order(bot, side="sell", type="stop", stop_price=D("80000"), oco_group="g"))
    assert paper.submit(an_order(bot, side="sell")).state == "rejected"


def test_a_bot_that_may_sells_short_and_buys_back(
    paper: PaperBroker, stocks_bot: Bot, move: Move
) -> None:
    move("AAPL", 200)
    assert paper.submit(an_order(stocks_bot, side="sell", allow_short=True)).state == "filled"
    assert paper.balances(stocks_bot.id).positions == {"AAPL": D(-10)}
    venue.forget()
    # The short in AAPL is marked at its own quote while another symbol trades.
    assert paper.submit(an_order(stocks_bot, symbol="MSFT")).state == "filled"
    assert paper.submit(an_order(stocks_bot)).state == "filled"
    assert paper.balances(stocks_bot.id).positions == {"MSFT": D(10)}


def test_a_market_order_at_night_waits_for_the_open(
    paper: PaperBroker, stocks_bot: Bot, at: Callable[[datetime], None]
) -> None:
    at(FRIDAY_NIGHT)
    order = an_order(stocks_bot, time_in_force="day")
    assert paper.submit(order).state == "accepted"
    assert venues.match_resting(FRIDAY_NIGHT) == []
    at(MONDAY_MORNING)
    assert venues.match_resting(MONDAY_MORNING) == [order.client_order_id]


def test_extended_hours_trade_early_and_a_plain_order_waits(
    paper: PaperBroker, stocks_bot: Bot, at: Callable[[datetime], None]
) -> None:
    at(MONDAY_EARLY)
    assert paper.submit(an_order(stocks_bot)).state == "accepted"
    assert paper.submit(an_order(stocks_bot, extended_hours=True)).state == "filled"


def test_a_day_order_ends_with_its_session(
    paper: PaperBroker, stocks_bot: Bot, at: Callable[[datetime], None]
) -> None:
    at(MONDAY_MORNING)
    order = an_order(stocks_bot, time_in_force="day", type="limit", limit_price=D(1))
    assert paper.submit(order).state == "accepted"
    after = MONDAY_MORNING + timedelta(hours=6, seconds=1)
    at(after)
    assert venues.match_resting(after) == [order.client_order_id]
    outcome = paper.look_up(order.client_order_id)
    assert outcome is not None
    assert outcome.reason == "The day order expired."


def test_without_market_data_nothing_is_booked(
    paper: PaperBroker, markets: Sandbox, bot: Bot
) -> None:
    order = an_order(bot)
    markets.tell("faults", path="/api/v3", kind="html", status=502, count=50)
    with pytest.raises(NotReached):
        paper.submit(order)
    assert paper.look_up(order.client_order_id) is None
    markets.tell("faults")
    venue.forget()
    first = paper.submit(order)
    markets.tell("faults", path="/api/v3", status=500, count=50)
    venue.forget()
    assert paper.submit(order) == first


def test_a_market_order_with_a_known_quote_takes_a_few_milliseconds(
    paper: PaperBroker, bot: Bot, move: Move
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
