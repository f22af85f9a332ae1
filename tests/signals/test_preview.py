"""What an alert would do, shown before it does anything."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.factories import make_bot
from tests.trading.conftest import rows
from tests.venues import Sandbox
from tradingrobotplug import clock
from tradingrobotplug.marketdata import venue
from tradingrobotplug.models import Bot, Signal, User
from tradingrobotplug.sandbox import hours
from tradingrobotplug.signals import jobs

from .alerts import change
from .conftest import post_alert
from .previewing import Preview, mine, preview, prices, stocks_bot

__all__ = ["mine", "preview", "prices"]

BUY = "buy 0.01 BTCUSD"
LIMIT = json.dumps({"action": "buy", "symbol": "BTC-USD", "orderType": "limit", "quantity": 1,
                    "limitPrice": 40000})  # fmt: skip


def hold(bot: Bot, alert: str = BUY) -> None:
    post_alert(bot, alert.encode())
    jobs.process_signals(str(bot.id))


def test_an_alert_is_shown_in_every_step(prices: Sandbox, bot: Bot, preview: Preview) -> None:
    shown = preview(bot, '{"action": "buy", "ticker": "COINBASE:BTCUSD", "stopLoss": "2%"}')
    assert (shown["status"], shown["refusal"], shown["symbol"]) == ("planned", None, "BTC-USD")
    assert (shown["reads"]["parser"], shown["reads"]["summary"]) == ("indicator", "buy BTC-USD")
    assert shown["webhook"] == {"answer": "received", "reason": None, "signal_id": None}
    assert shown["sizing"]["rule"] == "fixed_units"
    assert {rule["verdict"] for rule in shown["rules"]} == {"pass"}
    [order] = shown["orders"]
    assert (order["venue"], order["side"], order["type"], order["quantity"]) == (
        *("paper", "buy", "market", "1"),
    )
    assert float(shown["quote"]["bid"]) <= 50000 <= float(shown["quote"]["ask"])


def test_protection_stands_where_the_present_quote_would_put_it(
    prices: Sandbox, bot: Bot, preview: Preview
) -> None:
    shown = preview(bot, LIMIT[:-1] + ', "stopLoss": "10%", "takeProfit": ["10%", "20%"]}')
    guards = [
        (g["leg"], g["quantity"], g["stop_price"] or g["limit_price"], g["held_by"])
        for g in shown["orders"][0]["protection"]
    ]
    assert guards == [
        ("stop_loss", "0.5", "36000", "venue"),
        ("take_profit", "0.5", "44000", "venue"),
        ("stop_loss", "0.5", "36000", "venue"),
        ("take_profit", "0.5", "48000", "venue"),
    ]


OLD = (clock.now() - timedelta(hours=1)).isoformat()
NEVER = {"trading_windows": [{"days": ["mon"], "start": "00:00", "end": "00:00"}]}


@pytest.mark.parametrize(
    ("rule", "columns", "alert"),
    [
        ("bot_takes_orders", {"status": "paused"}, BUY),
        ("symbol_is_allowed", {"symbols": ["ETH-USD"]}, BUY),
        ("signal_is_fresh", {}, {"time": OLD}),
        ("short_is_allowed", {}, "sell 1 BTCUSD"),
        ("protection_is_on_its_side", {}, {"stopLoss": 70000}),
        ("position_stays_within_limit", {"risk_management": {"max_position_size": "10"}}, BUY),
        (
            "daily_loss_is_within_limit",
            {
                "risk_management": {"max_daily_loss": "10"},
                "locked_until": clock.now() + timedelta(hours=1),
            },
            BUY,
        ),
        ("within_trading_windows", {"execution": NEVER}, BUY),
        (
            "price_is_near_the_market",
            {"risk_management": {"max_price_deviation_percent": "1"}},
            LIMIT,
        ),
        ("adds_to_a_position", {}, {"action": "add"}),
        ("venue_takes_the_order", {}, {"timeInForce": "opg"}),
    ],
)
def test_each_rule_that_refuses_is_seen(
    prices: Sandbox, bot: Bot, preview: Preview, rule: str, columns: Any, alert: Any
) -> None:
    change(bot, **columns)
    shown = preview(bot, as_alert(alert))
    refused = [said["rule"] for said in shown["rules"] if said["verdict"] == "refuse"]
    assert rule in refused
    assert (shown["status"], shown["orders"]) in (("refused", []), ("ignored", []))
    assert shown["refusal"]


@pytest.mark.parametrize(
    ("rule", "limits"),
    [
        ("positions_stay_within_count", {"max_open_positions": 1}),
        ("entries_stay_within_count", {"max_orders_per_day": 1}),
        ("cool_down_is_over", {"cool_down_seconds": 3600}),
    ],
)
def test_each_rule_about_what_was_done_before_is_seen(
    prices: Sandbox, bot: Bot, preview: Preview, rule: str, limits: Any
) -> None:
    hold(bot, "buy 1 ETHUSD")
    change(bot, risk_management=limits)
    shown = preview(bot, BUY)
    assert [said["rule"] for said in shown["rules"] if said["verdict"] == "refuse"] == [rule]


def test_a_closed_market_is_seen(prices: Sandbox, user: User, preview: Preview) -> None:
    bot = stocks_bot(user, execution={"when_closed": "refuse"})
    sunday = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert not hours.is_session(sunday.date())  # reads the venue's calendar, which takes a while
    prices.tell("hours", hours="xnys")
    prices.tell("clock", at=sunday.isoformat())
    venue.forget()
    shown = preview(bot, "buy 1 AAPL")
    refused = [said["rule"] for said in shown["rules"] if said["verdict"] == "refuse"]
    assert refused == ["market_is_open"]


def as_alert(alert: str | dict[str, Any]) -> str:
    if isinstance(alert, str):
        return alert
    return json.dumps({"action": "buy", "symbol": "BTC-USD", "quantity": 0.01} | alert)


def test_too_little_to_trade_is_refused_with_the_minimum(
    prices: Sandbox, bot: Bot, preview: Preview
) -> None:
    shown = preview(bot, "buy $0.5 of BTCUSD")
    assert (shown["status"], shown["orders"]) == ("refused", [])
    assert "minimum" in shown["refusal"]


@pytest.mark.parametrize(
    ("alert", "reason"),
    [
        ("hello", "neither a JSON object"),
        ("buy 1 BTCUSDT", "quoted in USDT"),
        ('{"action": "{{strategy.order.action}}", "symbol": "BTC-USD"}', "order.action"),
    ],
)
def test_what_cant_be_read_says_why(bot: Bot, preview: Preview, alert: str, reason: str) -> None:
    shown = preview(bot, alert)
    assert (shown["status"], shown["reads"], shown["orders"]) == ("refused", None, [])
    assert reason in shown["refusal"]


def test_a_symbol_that_is_not_listed_is_refused(
    prices: Sandbox, bot: Bot, preview: Preview
) -> None:
    shown = preview(bot, "buy 1 NOSUCHUSD")
    assert (shown["status"], shown["symbol"]) == ("refused", "NOSUCH-USD")
    assert "does not list" in shown["refusal"]


def test_without_market_data_there_is_no_preview(
    app: Any, closed_markets: None, bot: Bot, preview: Preview
) -> None:
    answer = preview(bot, BUY, status=503)
    assert answer["error"] == "market_data_unavailable"
    assert answer["message"].startswith("There is no preview without the market's present price")


def test_flatten_shows_an_exit_of_every_symbol(prices: Sandbox, bot: Bot, preview: Preview) -> None:
    hold(bot)
    hold(bot, "buy 1 ETHUSD")
    shown = preview(bot, "FLATTEN")
    exits = [(o["leg"], o["symbol"], o["side"], o["quantity"]) for o in shown["orders"]]
    assert exits == [
        ("exit:BTC-USD", "BTC-USD", "sell", "0.01"),
        ("exit:ETH-USD", "ETH-USD", "sell", "1"),
    ]


def test_flatten_of_nothing_is_ignored(prices: Sandbox, bot: Bot, preview: Preview) -> None:
    shown = preview(bot, "FLATTEN")
    assert (shown["status"], shown["refusal"], shown["orders"]) == ("ignored", "no position", [])


def test_a_cancel_shows_what_it_takes_back(prices: Sandbox, bot: Bot, preview: Preview) -> None:
    hold(bot, LIMIT)
    shown = preview(bot, "cancel BTCUSD")
    assert (shown["status"], shown["orders"]) == ("cancel", [])
    [resting] = shown["cancels"]
    assert (resting["leg"], resting["quantity"], resting["limit_price"]) == ("entry", "1", "40000")


TURN = {"action": "sell", "ticker": "AAPL", "sentiment": "short", "quantity": 15}


def test_turning_round_shows_the_exit_and_the_entry_behind_it(
    prices: Sandbox, user: User, preview: Preview
) -> None:
    bot = stocks_bot(user, execution={"allow_short": True})
    hold(bot, "buy 10 shares of AAPL")
    shown = preview(bot, json.dumps(TURN))
    orders = [(o["leg"], o["side"], o["quantity"], o["follows_exit"]) for o in shown["orders"]]
    assert orders == [("exit", "sell", "10", False), ("entry", "sell", "5", True)]
    assert {said["leg"] for said in shown["rules"]} == {"exit", "entry"}


def test_turning_round_of_a_bot_that_does_not_short_says_that_no_entry_follows(
    prices: Sandbox, user: User, preview: Preview
) -> None:
    bot = stocks_bot(user)
    hold(bot, "buy 10 shares of AAPL")
    shown = preview(bot, json.dumps(TURN))
    assert (shown["status"], [o["leg"] for o in shown["orders"]]) == ("planned", ["exit"])
    assert "No entry follows" in shown["notes"][0]


def test_a_turn_is_sized_by_what_the_bot_is_worth_and_counts_as_one_position(
    prices: Sandbox, user: User, preview: Preview
) -> None:
    bot = stocks_bot(
        user,
        execution={"allow_short": True},
        position_sizing={"type": "percent_of_portfolio", "value": "50"},
        risk_management={"max_open_positions": 1},
    )
    hold(bot, '{"action": "buy", "ticker": "AAPL", "sentiment": "long"}')
    exit_, entry = preview(bot, '{"action": "sell", "ticker": "AAPL", "sentiment": "short"}')[
        "orders"
    ]
    assert 0.98 < float(entry["quantity"]) / float(exit_["quantity"]) < 1.02


def test_notes_say_what_else_applies(prices: Sandbox, bot: Bot, preview: Preview) -> None:
    change(bot, execution={"allowed_senders": ["203.0.113.7"]})
    shown = preview(bot, as_alert({"delay": 5, "exchange": "COINBASE_DL"}))
    assert [note.split()[0] for note in shown["notes"]] == ["The", "It", "It"]
    assert shown["status"] == "planned"


def test_a_misspelt_field_is_named_before_and_after_it_trades(
    prices: Sandbox, bot: Bot, preview: Preview
) -> None:
    alert = as_alert({"stop_los": 45_000, "comment": "x"})
    assert preview(bot, alert)["notes"] == ["Not used: stop_los, comment."]
    hold(bot, alert)
    (signal,) = rows(Signal)
    (step,) = [step for step in signal.log if step["step"] == "read"]
    assert step["detail"] == "Not used: stop_los, comment."
    assert signal.status == "done"


def test_only_its_owner_sees_a_preview(app: Any, client: Any, bot: Bot) -> None:
    assert client.post(f"/api/bots/{bot.id}/preview", json={"alert": BUY}).status_code == 401


def test_a_robots_bot_has_no_webhook_to_be_turned_away_by(
    prices: Sandbox, user: User, preview: Preview
) -> None:
    bot = make_bot(user, signal_source="robot", plugin_id="tsla_improved_strategy")
    shown = preview(bot, BUY)
    assert (shown["webhook"], shown["status"]) == (None, "planned")
