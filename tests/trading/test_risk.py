from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tradingrobotplug.trading.risk import RULES, Proposal, judge

D = Decimal
NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
ENTRY = Proposal(
    bot_status="running",
    symbols=("AAPL",),
    symbol="AAPL",
    side="buy",
    is_exit=False,
    quantity=D(10),
    price=D(100),
    held=D(0),
    open_positions=0,
    day_result=D(0),
    sent_at=NOW,
    now=NOW,
)
EXIT = replace(ENTRY, is_exit=True, side="sell", held=D(10), open_positions=1)


def refusals(proposal: Proposal) -> list[str]:
    return [verdict.rule for verdict in judge(proposal) if not verdict.passes]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"bot_status": "paused"}, "bot_takes_orders"),
        ({"bot_status": "stopped"}, "bot_takes_orders"),
        ({"halted": "You stopped trading."}, "nobody_has_stopped_trading"),
        ({"symbol": "TSLA"}, "symbol_is_allowed"),
        ({"sent_at": NOW - timedelta(seconds=121)}, "signal_is_fresh"),
        ({"side": "sell"}, "short_is_allowed"),
        ({"stop_loss": D(100)}, "protection_is_on_its_side"),
        ({"stop_loss": D(110)}, "protection_is_on_its_side"),
        ({"take_profits": (D(99),)}, "protection_is_on_its_side"),
        ({"limits": {"max_position_size": "999.99"}}, "position_stays_within_limit"),
        ({"held": D(1), "limits": {"max_position_size": "1000"}}, "position_stays_within_limit"),
        ({"day_result": D(-50), "limits": {"max_daily_loss": "50"}}, "daily_loss_is_within_limit"),
        ({"open_positions": 3, "limits": {"max_open_positions": 3}}, "positions_stay_within_count"),
    ],
)
def test_an_entry_over_a_limit_is_refused_by_its_rule(changes, rule) -> None:
    assert refusals(replace(ENTRY, **changes)) == [rule]


WINDOW = {"days": ["wed"], "start": "09:30", "end": "16:00"}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"entries_today": 3, "limits": {"max_orders_per_day": 3}}, "entries_stay_within_count"),
        (
            {"last_entry_at": NOW - timedelta(seconds=59), "limits": {"cool_down_seconds": 60}},
            "cool_down_is_over",
        ),
        (
            {"execution": {"trading_windows": [WINDOW | {"days": ["thu"]}]}},
            "within_trading_windows",
        ),
        ({"execution": {"trading_windows": [WINDOW | {"end": "10:00"}]}}, "within_trading_windows"),
        ({"is_open": False, "execution": {"when_closed": "refuse"}}, "market_is_open"),
        (
            {"market_price": D(90), "limits": {"max_price_deviation_percent": "10"}},
            "price_is_near_the_market",
        ),
        ({"adds": True}, "adds_to_a_position"),
        ({"time_in_force": "fok"}, "venue_takes_the_order"),
        (
            {"locked_until": NOW + timedelta(hours=1), "limits": {"max_daily_loss": "50"}},
            "daily_loss_is_within_limit",
        ),
        ({"take_profits": (D(110), D(99))}, "protection_is_on_its_side"),
    ],
)
def test_an_entry_outside_of_its_bounds_is_refused_by_its_rule(changes, rule) -> None:
    assert refusals(replace(ENTRY, **changes)) == [rule]
    assert refusals(replace(EXIT, **changes | {"side": "sell"})) in ([], ["venue_takes_the_order"])


@pytest.mark.parametrize(
    "changes",
    [
        {"entries_today": 2, "limits": {"max_orders_per_day": 3}},
        {"last_entry_at": NOW - timedelta(seconds=60), "limits": {"cool_down_seconds": 60}},
        {"execution": {"trading_windows": [WINDOW]}},
        {"execution": {"trading_windows": [{"start": "22:00", "end": "10:30"}]}},
        {"execution": {"trading_windows": [WINDOW], "time_zone": "Europe/London"}},
        {"is_open": False},
        {"is_open": False, "extended_hours": True, "execution": {"when_closed": "refuse"}},
        {"market_price": D(91), "limits": {"max_price_deviation_percent": "10"}},
        {"adds": True, "held": D(1)},
    ],
)
def test_an_entry_within_its_bounds_passes(changes) -> None:
    assert refusals(replace(ENTRY, **changes)) == []


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"symbols": ()},
        {"sent_at": None},
        {"sent_at": NOW - timedelta(seconds=120)},
        {"sent_at": NOW + timedelta(seconds=5)},
        {
            "side": "sell",
            "execution": {"allow_short": True},
            "stop_loss": D(110),
            "take_profits": (D(90),),
        },
        {"stop_loss": D(90), "take_profits": (D(110),)},
        {"limits": {"max_position_size": "1000"}},
        {"day_result": D("-49.99"), "limits": {"max_daily_loss": "50"}},
        {"open_positions": 2, "limits": {"max_open_positions": 3}},
        {"held": D(1), "open_positions": 3, "limits": {"max_open_positions": 3}},
    ],
)
def test_an_entry_within_its_limits_passes(changes) -> None:
    assert refusals(replace(ENTRY, **changes)) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"bot_status": "paused"},
        {"symbol": "TSLA"},
        {"sent_at": NOW - timedelta(days=1)},
        {"stop_loss": D(110)},
        {"limits": {"max_position_size": "1"}},
        {"day_result": D(-500), "limits": {"max_daily_loss": "50"}},
        {"open_positions": 9, "limits": {"max_open_positions": 3}},
    ],
)
def test_an_exit_passes_what_limits_entries(changes) -> None:
    assert refusals(replace(EXIT, **changes)) == []


def test_a_stopped_bot_sends_no_exit_either() -> None:
    assert refusals(replace(EXIT, bot_status="stopped")) == ["bot_takes_orders"]


def test_every_rule_s_verdict_is_kept_with_its_sentence() -> None:
    words = [verdict.as_json() for verdict in judge(ENTRY)]

    assert [word["rule"] for word in words] == [rule.__name__ for rule in RULES]
    assert {word["verdict"] for word in words} == {"pass"}
    assert all(word["detail"] for word in words)


def test_a_refusal_names_the_numbers() -> None:
    proposal = replace(ENTRY, limits={"max_position_size": "600"})

    sentences = [v.detail for v in judge(proposal) if not v.passes]

    assert sentences == ["The position would be worth $1000; this bot's limit is $600."]
