"""Alerts that are tried out: tests of a bot, and replays on paper."""

from typing import Any

import pytest
from sqlalchemy import select

from tests.factories import make_bot
from tests.venues import Sandbox
from tradingrobotplug import clock, db
from tradingrobotplug.models import Bot, Signal, Subscription, User
from tradingrobotplug.signals import jobs

from .alerts import change, stored
from .conftest import Send, orders_of, positions_of, post_alert, signal_of
from .previewing import mine, prices, stocks_bot

__all__ = ["mine", "prices"]


def work(bot: Bot) -> None:
    jobs.process_signals(str(bot.id))


@pytest.fixture
def send_test(client: Any, mine: dict[str, str]) -> Any:
    def ask(bot: Bot, **body: Any) -> Any:
        return client.post(f"/api/bots/{bot.id}/test-signal", json=body, headers=mine)

    return ask


@pytest.fixture
def replay(client: Any, mine: dict[str, str]) -> Any:
    def ask(signal_id: Any, **body: Any) -> Any:
        return client.post(f"/api/signals/{signal_id}/replay", json=body, headers=mine)

    return ask


@pytest.fixture
def live(user: User) -> Bot:
    """A subscriber's bot that trades live. Whatever reached its account would fail: it has none."""
    subscribe(user)
    return make_bot(user, trading_mode="live", name="Night owl")


def subscribe(user: User) -> None:
    with db.transaction() as session:
        row = Subscription(
            user_id=user.id, plan_id="premium", status="active", updated_at=clock.now()
        )
        session.add(row)


def twins_of(bot: Bot) -> list[Bot]:
    with db.transaction() as session:
        return list(session.scalars(select(Bot).where(Bot.paper_of == bot.id)))


def past_signal(bot: Bot, alert: bytes = b"buy 0.01 BTCUSD") -> Signal:
    """One that has ended."""
    signal_id = post_alert(bot, alert)
    with db.transaction() as session:
        row = session.get_one(Signal, signal_id)
        row.status, row.finished_at = "done", clock.now()
        return row


def test_a_test_goes_the_whole_way(prices: Sandbox, bot: Bot, send_test: Any) -> None:
    answer = send_test(bot, alert="buy 0.01 BTCUSD")
    assert answer.status_code == 201
    work(bot)
    signal = signal_of(answer.json["signal_id"])
    assert (signal.source, signal.status, signal.seq) == ("test", "done", 1)
    assert [order.state for order in orders_of(signal.id)] == ["filled"]


@pytest.mark.parametrize(
    ("asset_type", "symbols", "symbol"),
    [
        ("crypto", [], "BTC-USD"),
        ("crypto", ["ETH-USD", "SOL-USD"], "ETH-USD"),
        ("stocks", [], "AAPL"),
    ],
)
def test_without_an_alert_a_little_is_bought(
    prices: Sandbox, user: User, send_test: Any, asset_type: str, symbols: Any, symbol: str
) -> None:
    exchange = {"crypto": "coinbase", "stocks": "alpaca"}[asset_type]
    bot = make_bot(user, asset_type=asset_type, exchange=exchange, symbols=symbols)
    answer = send_test(bot)
    work(bot)
    [order] = orders_of(answer.json["signal_id"])
    assert (order.symbol, order.side, order.state) == (symbol, "buy", "filled")
    assert 9 < order.quantity * order.average_price <= 10


def test_a_test_that_cant_be_read_says_so_in_the_log(
    prices: Sandbox, bot: Bot, send_test: Any
) -> None:
    answer = send_test(bot, alert="hello")
    work(bot)
    assert signal_of(answer.json["signal_id"]).status == "refused"


def test_a_live_bot_is_not_tested(live: Bot, send_test: Any) -> None:
    answer = send_test(live)
    assert (answer.status_code, answer.json["error"]) == (409, "live_bot")
    assert stored(live) == []


def test_a_test_that_waits_while_its_bot_goes_live_does_not_trade(
    prices: Sandbox, bot: Bot, send_test: Any
) -> None:
    answer = send_test(bot)
    change(bot, trading_mode="live")
    work(bot)
    signal = signal_of(answer.json["signal_id"])
    assert (signal.status, orders_of(signal.id)) == ("refused", [])
    assert "meant for paper" in str(signal.last_error)


def test_an_alert_that_no_webhook_takes_is_no_test_either(bot: Bot, send_test: Any) -> None:
    assert send_test(bot, alert="x" * (64 * 1024 + 1)).json["error"] == "alert_too_large"


def test_a_paper_bots_replay_on_paper_is_its_own(
    prices: Sandbox, bot: Bot, send: Send, replay: Any
) -> None:
    old = past_signal(bot)
    made = replay(old.id, to="paper").json
    work(bot)
    assert made["bot_id"] == str(bot.id)
    assert signal_of(made["signal_id"]).replay_of == old.id
    assert [order.venue for order in orders_of(made["signal_id"])] == ["paper"]
    assert twins_of(bot) == []


def test_a_live_bots_replay_trades_at_its_paper_twin(
    prices: Sandbox, live: Bot, replay: Any
) -> None:
    change(live, symbols=["BTC-USD"], risk_management={"max_daily_loss": "100"})
    made = replay(past_signal(live).id, to="paper").json
    [twin] = twins_of(live)
    work(twin)
    assert (str(twin.id), twin.name, twin.trading_mode) == (
        *(made["bot_id"], "Night owl (paper)", "paper"),
    )
    assert (twin.symbols, twin.risk_management) == (["BTC-USD"], {"max_daily_loss": "100"})
    assert [order.venue for order in orders_of(made["signal_id"])] == ["paper"]
    assert set(positions_of(twin)) == {"BTC-USD"}
    assert (len(stored(live)), positions_of(live)) == (1, {})


def test_the_twin_is_made_once_and_follows_its_bots_configuration(live: Bot, replay: Any) -> None:
    old = past_signal(live)
    replay(old.id, to="paper")
    change(live, position_sizing={"type": "fixed_units", "value": "7"})
    replay(old.id, to="paper")
    [twin] = twins_of(live)
    assert twin.position_sizing["value"] == "7"
    assert len(stored(twin)) == 2


def test_a_twin_that_went_live_itself_is_no_paper(live: Bot, replay: Any) -> None:
    old = past_signal(live)
    replay(old.id, to="paper")
    [first] = twins_of(live)
    change(first, trading_mode="live")
    made = replay(old.id, to="paper").json
    assert made["bot_id"] != str(first.id)
    assert len(twins_of(live)) == 2


def test_a_replay_on_paper_that_waits_while_its_bot_goes_live_does_not_trade(
    prices: Sandbox, bot: Bot, replay: Any
) -> None:
    made = replay(past_signal(bot).id, to="paper").json
    change(bot, trading_mode="live")
    work(bot)
    signal = signal_of(made["signal_id"])
    assert (signal.status, orders_of(signal.id)) == ("refused", [])


def test_the_twin_of_a_robots_bot_is_not_driven_by_the_robot(user: User, replay: Any) -> None:
    subscribe(user)
    robot = stocks_bot(
        user, trading_mode="live", signal_source="robot", plugin_id="tsla_improved_strategy"
    )
    replay(past_signal(robot, b"buy 1 TSLA").id, to="paper")
    [twin] = twins_of(robot)
    assert (twin.signal_source, twin.plugin_id) == ("webhook", None)


def test_the_twin_takes_a_place_in_the_plan(user: User, replay: Any) -> None:
    only = make_bot(user, trading_mode="live")  # the free plan allows no second one
    answer = replay(past_signal(only).id, to="paper")
    assert (answer.status_code, answer.json["error"]) == (403, "plan_limit_reached")


@pytest.mark.parametrize("to", ["bot", None])
def test_a_replay_that_says_nothing_of_paper_is_the_bots(bot: Bot, replay: Any, to: Any) -> None:
    body = {"to": to} if to else {}
    made = replay(past_signal(bot).id, **body).json
    assert signal_of(made["signal_id"]).source == "replay"
    assert made["bot_id"] == str(bot.id)
