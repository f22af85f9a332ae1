"""Round trips, equity, analysis and execution over HTTP."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.factories import headers_for, make_bot, make_user
from tradingrobotplug import clock, db
from tradingrobotplug.models import Bot, Order, Subscription, User
from tradingrobotplug.performance import jobs, windows

from .books import Traded, give, refresh, trade

NOW = datetime(2026, 3, 12, 15, 30, tzinfo=UTC)  # a Thursday
Get = Callable[..., Any]


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    for module in ("web.auth", "performance.analysis_routes", "performance.routes"):
        monkeypatch.setattr(f"tradingrobotplug.{module}.read_clock", lambda: NOW)


@pytest.fixture
def trader(clean: None) -> User:
    user = make_user()
    subscribe(user, "premium")
    return user


@pytest.fixture
def get(client: FlaskClient, app: Flask, trader: User) -> Get:
    return lambda path, whose=trader: client.get(f"/api/{path}", headers=headers_for(app, whose))


def subscribe(user: User, plan: str) -> None:
    row = Subscription(user_id=user.id, plan_id=plan, status="active", updated_at=NOW)
    with db.transaction() as session:
        session.merge(row)


def trip(bot: Bot, days_ago: float, pnl: str, symbol: str = "BTC-USD", mode: str = "paper") -> None:
    """A long round trip of $1,000 held for an hour."""
    ends = NOW - timedelta(days=days_ago)
    out = str(1000 + Decimal(pnl))
    fills = [Traded(ends - timedelta(hours=1), "1", "1000"), Traded(ends, "-1", out)]
    trade(bot, *[Traded(f.at, f.quantity, f.price, symbol=symbol) for f in fills], mode=mode)


@pytest.fixture
def bot(trader: User) -> Bot:
    """Trips over nine days: three wins, two losses, one even."""
    made = make_bot(trader, plugin_id="demo", created_at=NOW - timedelta(days=20))
    trip(made, 9, "10")
    trip(made, 8, "-20", "ETH-USD")
    trip(made, 3, "0")
    trip(made, 2, "300")
    trip(made, 1, "-5")
    trip(made, 0, "40", "ETH-USD")
    refresh(made)
    return made


def pnls(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json
    return [row["pnl"] for row in answer.json["round_trips"]]


FILTERED = {
    "": ["40", "-5", "300", "0", "-20", "10"],
    "sort=best": ["300", "40", "10", "0", "-5", "-20"],
    "sort=worst&limit=2": ["-20", "-5"],
    "outcome=win": ["40", "300", "10"],
    "outcome=loss": ["-5", "-20"],
    "outcome=even": ["0"],
    "symbol=eth-usd": ["40", "-20"],
    "side=short": [],
    "side=long&outcome=win&symbol=ETH-USD": ["40"],
    "start_date=2026-03-10&end_date=2026-03-11": ["-5", "300"],
    "end_date=2026-03-04": ["-20", "10"],
    "mode=live": [],
}


@pytest.mark.parametrize("whose", ["performance/me", "bots/{}"])
def test_round_trips_are_filtered_and_sorted(bot: Bot, get: Get, whose: str) -> None:
    path = whose.format(bot.id)
    assert {q: pnls(get(f"{path}/round-trips?{q}")) for q in FILTERED} == FILTERED


@pytest.mark.parametrize("sort", ["latest", "best", "worst"])
def test_pages_follow_each_other_without_a_gap_or_a_repeat(bot: Bot, get: Get, sort: str) -> None:
    path = f"bots/{bot.id}/round-trips?sort={sort}"
    whole, after, paged = pnls(get(path)), "", []
    for _ in range(3):
        answer = get(f"{path}&limit=2{after}")
        paged += pnls(answer)
        after = f"&after={answer.json['next']}"
    assert paged == whole
    assert after == "&after=None"


def test_a_place_that_is_none_is_refused(bot: Bot, get: Get) -> None:
    places = ("x", "1", "1~2~3", "12345678901234567890~1", "1.5~1", "~")
    answers = [get(f"bots/{bot.id}/round-trips?after={place}") for place in places]
    assert [(a.status_code, a.json["error"]) for a in answers] == [(422, "invalid_input")] * 6


def test_analysis_shows_where_the_record_comes_from(bot: Bot, get: Get) -> None:
    found = get(f"bots/{bot.id}/analysis").json
    groups = {
        name: [(g["key"], g["trade_count"], g["total_pnl"]) for g in found[f"by_{name}"]]
        for name in ("symbol", "side", "weekday", "hour")
    }
    assert groups == {
        "symbol": [("BTC-USD", 4, 305.0), ("ETH-USD", 2, 20.0)],
        "side": [("long", 6, 325.0)],
        "weekday": [("0", 1, 0.0), ("1", 2, 310.0), ("2", 2, -25.0), ("3", 1, 40.0)],
        "hour": [("15", 6, 325.0)],
    }
    assert (found["whole"]["win_rate"], found["whole"]["profit_factor"]) == (60.0, 14.0)
    assert found["whole"]["avg_hold_seconds"] == 3600
    assert found["streaks"] == {"current": 1, "longest_win": 1, "longest_loss": 1}
    assert [row["pnl"] for row in found["best"]][:2] == ["300", "40"]
    assert [row["pnl"] for row in found["worst"]][:2] == ["-20", "-5"]


def test_the_distribution_counts_each_trip_in_its_bin(bot: Bot, get: Get) -> None:
    found = get("performance/me/analysis").json
    returns = {(b["from"], b["to"]): b["count"] for b in found["returns"] if b["count"]}
    assert returns == {(-2.0, -1.0): 1, (-0.5, 0.0): 1, (0.0, 0.5): 1, (1.0, 2.0): 1,
                       (3.0, 5.0): 1, (20.0, None): 1}  # fmt: skip
    assert {(b["from"], b["to"]): b["count"] for b in found["holds"] if b["count"]} == {
        (3600.0, 14400.0): 6
    }


def test_weekdays_and_days_are_those_of_the_exit(bot: Bot, get: Get) -> None:
    found = get(f"bots/{bot.id}/analysis?start_date=2026-03-10").json
    assert [(g["key"], g["total_pnl"]) for g in found["by_weekday"]] == [
        ("1", 300.0), ("2", -5.0), ("3", 40.0),
    ]  # fmt: skip


@pytest.mark.parametrize("whose", ["bots/{}", "performance/me"])
def test_sums_of_all_time_of_months_and_of_days_say_the_same(
    trader: User, get: Get, whose: str
) -> None:
    bot = make_bot(trader)
    for days_ago in (75, 41, 40, 12, 11.5, 1):
        trip(bot, days_ago, str(days_ago - 20))
    refresh(bot)
    path = f"{whose.format(bot.id)}/analysis"
    whole, months = get(path).json, get(f"{path}?start_date=2025-12-01").json
    days = get(f"{path}?start_date=2025-12-02&end_date=2026-03-11").json
    for found in (months, days):
        assert found["whole"]["trade_count"] == 6
        assert found | {"start_date": None, "end_date": "2026-03-12"} == whole
    assert get(f"{path}?end_date=2026-03-10").json["whole"]["trade_count"] == 5


def test_analysis_of_nothing_is_zeros_and_nulls(trader: User, get: Get) -> None:
    found = get("performance/me/analysis?plugin_id=none").json
    assert (found["whole"]["trade_count"], found["whole"]["win_rate"]) == (0, None)
    assert (found["by_symbol"], found["best"], found["returns"][0]["count"]) == ([], [], 0)


def test_equity_shows_points_flows_and_drawdowns(bot: Bot, get: Get) -> None:
    give(bot, "-50000", NOW - timedelta(minutes=1))
    refresh(bot)
    found = get(f"bots/{bot.id}/equity").json
    assert [point["equity"] for point in found["points"]][:2] == ["100010", "99990"]
    assert [flow["amount"] for flow in found["flows"]] == ["100000", "-50000"]
    assert found["total_return_pct"] == pytest.approx(0.325)
    deepest, last = found["drawdowns"][:2]
    assert (deepest["start"], deepest["bottom"], deepest["recovered"]) == (
        "2026-03-03", "2026-03-04", "2026-03-10",
    )  # fmt: skip
    assert deepest["depth_pct"] == pytest.approx(-20 / 100_010 * 100)
    assert (deepest["length_days"], last["recovered"]) == (7, "2026-03-12")
    mine = get("performance/me/equity").json
    assert mine["drawdowns"] == found["drawdowns"]
    assert [point["drawdown"] <= 0 for point in mine["points"]] == [True] * len(mine["points"])


def test_equity_by_the_hour_is_of_three_months_at_most(bot: Bot, get: Get) -> None:
    path = f"bots/{bot.id}/equity?kind=hourly"
    assert get(path).status_code == 422
    assert get(f"{path}&start_date=2025-12-01").status_code == 422
    assert get(f"{path}&start_date=2026-02-01").status_code == 200


RANGES = ("round-trips", "equity", "trades")
ANALYSES = ("bots/{}/analysis", "bots/{}/slippage", "bots/{}/live-gap", "performance/me/analysis")


def test_a_smaller_plan_sees_its_days_and_is_told_so(bot: Bot, trader: User, get: Get) -> None:
    subscribe(trader, "free")
    paths = [f"bots/{bot.id}/{path}" for path in RANGES]
    assert [get(path).json["history"] for path in paths] == [
        {"days": 7, "first_date": "2026-03-05", "clamped": True, "next_plan": "low"}
    ] * 3
    shown = [get(f"{path}?start_date=2026-03-06").json["history"]["clamped"] for path in paths]
    assert shown == [False] * 3


def test_days_before_the_plan_s_are_refused_with_what_unlocks_them(
    bot: Bot, trader: User, get: Get
) -> None:
    subscribe(trader, "free")
    answers = [get(f"bots/{bot.id}/{path}?start_date=2026-03-04") for path in RANGES]
    assert [(a.status_code, a.json["error"]) for a in answers] == [(403, "plan_limit_reached")] * 3
    assert [a.json["details"] for a in answers] == [
        {"limit": "history_days", "allowed": 7, "plan": "free", "next_plan": "low"}
    ] * 3


@pytest.mark.parametrize(("plan", "is_included"), [("free", False), ("low", False), ("mid", True)])
@pytest.mark.parametrize("path", ANALYSES)
def test_analysis_is_for_the_plans_that_include_it(
    bot: Bot, trader: User, get: Get, plan: str, is_included: bool, path: str
) -> None:
    subscribe(trader, plan)
    answer = get(path.format(bot.id))
    assert answer.status_code == (200 if is_included else 403)
    expected = {"limit": "analytics", "allowed": False, "plan": plan, "next_plan": "mid"}
    assert answer.json.get("details") == (None if is_included else expected)
    foreign = make_user("other@example.com")
    assert get(path.replace("me", str(trader.id)).format(bot.id), foreign).status_code == 404


def test_what_is_older_than_the_plan_is_not_in_the_answer(bot: Bot, trader: User, get: Get) -> None:
    subscribe(trader, "free")
    assert pnls(get(f"bots/{bot.id}/round-trips")) == ["40", "-5", "300", "0"]
    first = get(f"bots/{bot.id}/equity").json["points"][0]["at"]
    assert first >= "2026-03-05"
    bot_page = get(f"bots/{bot.id}/performance").json
    assert bot_page["history"]["clamped"] is False


def test_a_record_that_reaches_behind_the_plan_is_clamped_and_says_so(
    bot: Bot, trader: User, get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(trader, "low")
    path = f"bots/{bot.id}/performance?period=monthly"
    assert get(path).json["history"]["clamped"] is False
    with db.transaction() as session:
        shorter = replace(windows.entitlements(session, trader.id), history_days=5)
    monkeypatch.setattr(windows, "entitlements", lambda *_: shorter)
    found = get(path).json
    assert found["history"]["clamped"] is True
    assert [row["pnl"] for row in found["trades"]] == ["40", "-5", "300", "0"]
    assert found["metrics"]["trade_count"] == 6


def test_modes_are_never_mixed(bot: Bot, trader: User, get: Get) -> None:
    trip(bot, 0.5, "7", mode="live")
    trip(bot, 0.4, "-2", mode="backtest")
    jobs.catch_up()
    found = {
        mode: [
            get(f"performance/me/all-time?mode={mode}").json["metrics"]["total_pnl"],
            get(f"performance/me/plugin/demo/all-time?mode={mode}").json["metrics"]["total_pnl"],
            get(f"bots/{bot.id}/performance?period=all-time&mode={mode}").json["metrics"][
                "total_pnl"
            ],
            get(f"bots/{bot.id}/analysis?mode={mode}").json["whole"]["total_pnl"],
            sum(float(p) for p in pnls(get(f"performance/me/round-trips?mode={mode}"))),
        ]
        for mode in ("paper", "live", "backtest")
    }
    assert found == {"paper": [325.0] * 5, "live": [7.0] * 5, "backtest": [-2.0] * 5}
    assert get("performance/me/daily?mode=other").status_code == 422


def test_a_record_of_somebody_else_is_not_found(bot: Bot, get: Get) -> None:
    other = make_user("other@example.com")
    subscribe(other, "premium")
    names = ("round-trips", "analysis", "equity")
    paths = [f"bots/{bot.id}/{name}" for name in (*names, "slippage", "live-gap")]
    paths += [f"performance/{bot.user_id}/{name}" for name in names]
    assert [get(path, other).status_code for path in paths] == [404] * 8


def priced(bot: Bot, side: str, price: str, reference: str, mode: str = "paper") -> None:
    """The bot's next order without a price traded so."""
    with db.transaction() as session:
        chosen = session.query(Order).filter_by(bot_id=bot.id, mode=mode, average_price=None)
        session.execute(
            update(Order)
            .where(Order.id == chosen.first().id)
            .values(side=side, average_price=Decimal(price), reference_price=Decimal(reference),
                    filled_quantity=Decimal(2))
        )  # fmt: skip


def test_slippage_is_the_signal_s_price_against_the_fill_s(bot: Bot, get: Get) -> None:
    priced(bot, "buy", "1001", "1000")
    priced(bot, "sell", "499", "500")
    priced(bot, "sell", "1003", "1000")
    found = get(f"bots/{bot.id}/slippage").json
    assert found["whole"] == {
        "orders": 3, "mean_bps": pytest.approx(-2 / 5_000 * 10_000), "median_bps": 10.0,
        "worst_bps": 20.0, "cost": "-2",
    }  # fmt: skip
    assert [(g["key"], g["orders"], g["cost"]) for g in found["by_side"]] == [
        ("buy", 1, "2"), ("sell", 2, "-4"),
    ]  # fmt: skip


def test_the_gap_is_live_minus_paper(bot: Bot, get: Get) -> None:
    trip(bot, 0.5, "-10", mode="live")
    jobs.catch_up()
    priced(bot, "buy", "1001", "1000")
    priced(bot, "buy", "1003", "1000", mode="live")
    found = get(f"bots/{bot.id}/live-gap").json
    assert (found["paper_bot_id"], found["gap"]["trade_count"]) == (str(bot.id), -5)
    assert found["gap"]["win_rate"] == -60.0
    assert found["gap"]["slippage_bps"] == pytest.approx(20)
    assert found["gap"]["avg_trade_return_pct"] == pytest.approx(-1 - 325 / 60)
    assert found["gap"]["profit_factor"] == pytest.approx(0 - 14)


def test_a_bot_without_a_paper_record_is_held_against_its_twin(trader: User, get: Get) -> None:
    live = make_bot(trader, trading_mode="live")
    twin = make_bot(trader, paper_of=live.id)
    trip(live, 1, "-10", mode="live")
    trip(twin, 1, "20")
    jobs.catch_up()
    found = get(f"bots/{live.id}/live-gap").json
    assert found["paper_bot_id"] == str(twin.id)
    assert found["gap"]["avg_trade_return_pct"] == pytest.approx(-3)
