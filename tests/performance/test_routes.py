"""Figures over HTTP: shapes, plan limits, whose they are."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from tests.factories import headers_for, make_bot, make_user
from tradingrobotplug import clock, db
from tradingrobotplug.models import Subscription
from tradingrobotplug.plans.service import count_use

from .books import Traded, refresh, trade

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "shared-schemas" / "performance.schema.json").read_text()
)


@pytest.fixture
def trader(clean):
    user = make_user()
    subscribe(user, "premium")
    return user


def subscribe(user, plan):
    row = Subscription(user_id=user.id, plan_id=plan, status="active", updated_at=clock.now())
    with db.transaction() as session:
        session.add(row)


def round_trips(bot, *pnls):
    """One round trip per P&L, a minute each, the last ending now."""
    start = clock.now() - timedelta(minutes=len(pnls))
    fills = [
        Traded(start + timedelta(minutes=n, seconds=s), sign + "1", price)
        for n, pnl in enumerate(pnls)
        for s, sign, price in ((0, "", "1000"), (30, "-", str(1000 + pnl)))
    ]
    trade(bot, *fills)
    refresh(bot)


def get(client, app, user, path):
    answer = client.get(f"/api/{path}", headers=headers_for(app, user))
    return answer.status_code, answer.get_json()


def test_own_figures_have_the_published_shape(client, app, trader):
    round_trips(make_bot(trader), 10, -4, 6)
    status, answer = get(client, app, trader, "performance/me/all-time")
    assert status == 200
    jsonschema.validate(answer, SCHEMA, format_checker=jsonschema.FormatChecker())
    assert answer["metrics"]["trade_count"] == 3
    assert answer["metrics"]["total_pnl"] == 12.0
    assert answer["metrics"]["profit_factor"] == 4.0
    assert answer["mode"] == "paper"


def test_figures_of_one_robot_leave_the_others_out(client, app, trader):
    round_trips(make_bot(trader, plugin_id="demo"), 10)
    round_trips(make_bot(trader), 5)
    _, robot = get(client, app, trader, f"performance/{trader.id}/plugin/demo/all-time")
    _, all_bots = get(client, app, trader, f"performance/{trader.id}/all-time")
    assert robot["plugin_id"] == "demo"
    assert robot["metrics"]["total_pnl"] == 10.0
    assert all_bots["metrics"]["total_pnl"] == 15.0


@pytest.mark.parametrize("period", ["daily", "weekly", "monthly", "all-time"])
def test_nobody_traded_yet_is_answered_with_zeros_and_reasons(client, app, trader, period):
    status, answer = get(client, app, trader, f"performance/me/{period}")
    assert status == 200
    jsonschema.validate(answer, SCHEMA)
    assert answer["metrics"]["trade_count"] == 0
    assert answer["undefined"]["win_rate"] == "no_decided_trades"


def test_an_earlier_window_is_asked_for_by_date(client, app, trader):
    bot = make_bot(trader)
    earlier = clock.now() - timedelta(days=3)
    trade(bot, Traded(earlier, "1", "100"), Traded(earlier, "-1", "101"))
    refresh(bot)
    day = earlier.date().isoformat()
    _, past = get(client, app, trader, f"performance/me/daily?date={day}")
    _, today = get(client, app, trader, "performance/me/daily")
    assert (past["date"], past["metrics"]["trade_count"]) == (day, 1)
    assert today["metrics"]["trade_count"] == 0


def test_an_unknown_period_is_not_found(client, app, trader):
    assert get(client, app, trader, "performance/me/hourly")[0] == 404


def test_figures_of_another_user_are_not_found(client, app, trader):
    other = make_user("other@example.com")
    bot = make_bot(other)
    round_trips(bot, 10)
    paths = [
        f"performance/{other.id}/daily",
        f"performance/{other.id}/plugin/demo/daily",
        f"bots/{bot.id}/performance",
    ]
    assert [get(client, app, trader, path)[0] for path in paths] == [404, 404, 404]
    assert get(client, app, trader, "dashboard")[1]["bots"] == []


def test_figures_need_a_session(client):
    paths = ["performance/me/daily", "dashboard", "performance/me/plugin/demo/daily"]
    assert [client.get(f"/api/{path}").status_code for path in paths] == [401, 401, 401]


def test_the_free_plan_says_what_unlocks_a_period(client, app, user):
    status, answer = get(client, app, user, "performance/me/all-time")
    assert (status, answer["error"]) == (403, "plan_limit_reached")
    assert answer["details"] == {
        "limit": "periods", "allowed": ["daily"], "plan": "free", "next_plan": "mid",
    }  # fmt: skip


def test_the_free_plan_shows_seven_days(client, app, user):
    days = {n: (clock.now() - timedelta(days=n)).date() for n in (7, 8)}
    assert get(client, app, user, f"performance/me/daily?date={days[7]}")[0] == 200
    status, answer = get(client, app, user, f"performance/me/daily?date={days[8]}")
    assert status == 403
    assert answer["details"]["limit"] == "history_days"
    assert answer["details"]["next_plan"] == "low"


def test_a_range_of_a_bot_obeys_the_plan_too(client, app, user):
    bot = make_bot(user)
    first = (clock.now() - timedelta(days=8)).date()
    assert get(client, app, user, f"bots/{bot.id}/performance?start_date={first}")[0] == 403
    last = clock.now().date()
    assert get(client, app, user, f"bots/{bot.id}/performance?end_date={last}")[0] == 403


def test_a_bot_answers_figures_trades_and_curve(client, app, trader):
    bot = make_bot(trader)
    round_trips(bot, 10, -20)
    status, answer = get(client, app, trader, f"bots/{bot.id}/performance?period=all-time")
    assert status == 200
    assert answer["metrics"]["total_pnl"] == -10.0
    assert [trip["pnl"] for trip in answer["trades"]] == ["-20", "10"]
    assert [p["equity"] for p in answer["equity_curve"]][0::2] == ["100000", "100010", "99990"]
    assert answer["equity_curve"][-1]["drawdown"] == pytest.approx(-2000 / 100_010)


def test_a_range_of_days_equals_the_whole_when_it_holds_all(client, app, trader):
    bot = make_bot(trader)
    start = clock.now() - timedelta(days=9)
    for n, (price, out) in enumerate([(100, 130), (100, 90), (100, 100), (100, 120), (100, 95)]):
        at = start + timedelta(days=2 * n)
        trade(bot, Traded(at, "9", str(price)), Traded(at, "-9", str(out), "1"))
    refresh(bot)
    first = (start - timedelta(days=1)).date()
    _, whole = get(client, app, trader, f"bots/{bot.id}/performance?period=all-time")
    _, span = get(client, app, trader, f"bots/{bot.id}/performance?start_date={first}")
    assert span["metrics"] == pytest.approx(whole["metrics"])
    assert span["period"] == "range"


@pytest.mark.parametrize("query", ["start_date=0001-01-01", "end_date=9999-12-31"])
def test_days_at_the_edges_of_the_calendar_are_answered(client, app, trader, query):
    stocks = make_bot(trader, asset_type="stocks", exchange="alpaca")
    crypto = make_bot(trader)
    paths = [f"bots/{bot.id}/performance?{query}" for bot in (stocks, crypto)]
    assert [get(client, app, trader, path)[0] for path in paths] == [200, 200]


def test_a_range_that_ends_before_it_starts_is_refused(client, app, trader):
    path = f"bots/{make_bot(trader).id}/performance?start_date=2026-02-02&end_date=2026-02-01"
    assert get(client, app, trader, path)[0] == 422


def test_the_dashboard_shows_everything_in_one_call(client, app, user):
    first, second = make_bot(user), make_bot(user, status="paused", starting_cash=Decimal(500))
    round_trips(first, 10, -4)
    with db.transaction() as session:
        count_use(session, user.id, "webhooks", clock.now().date(), 4, limit=100)
    status, page = get(client, app, user, "dashboard")
    assert status == 200
    assert (page["total_value"], page["todays_pnl"]) == ("100506", "6")
    assert (page["active_bots"], page["bot_count"]) == (1, 2)
    assert [bot["equity"] for bot in page["bots"]] == ["100006", "500"]
    assert page["bots"][0]["trade_count"] == 2
    assert page["metrics"]["win_rate"] == 50.0
    assert page["recent_trades"][0]["bot_name"] == "Bot"
    assert page["recent_signals"][0]["bot_id"] == str(first.id)
    assert page["equity_curve"][-1]["equity"] == "100006"
    assert page["plan"]["usage"] == {"bots": 2, "webhooks_today": 4}
    assert page["system"] == {"market_data": "live", "queue_age_seconds": 0.0}
    assert second.id != first.id


def test_the_dashboard_never_adds_paper_to_real_money(client, app, user):
    round_trips(make_bot(user), 10)
    live = make_bot(user, trading_mode="live", starting_cash=Decimal(700))
    now = clock.now()
    trade(live, Traded(now, "1", "100"), Traded(now, "-1", "93"), mode="live")
    refresh(live)
    pages = [get(client, app, user, f"dashboard?mode={mode}")[1] for mode in ("paper", "live")]
    shown = [
        (p["mode"], p["total_value"], p["todays_pnl"], p["metrics"]["total_pnl"]) for p in pages
    ]
    assert shown == [("paper", "100010", "10", 10.0), ("live", "693", "-7", -7.0)]
    assert [len(page["bots"]) for page in pages] == [2, 2]
    assert pages[1]["equity_curve"][-1]["equity"] == "693"


def test_the_public_record_of_a_robot_is_the_houses(client, trader):
    house = make_user("house@example.com", is_house=True)
    round_trips(make_bot(house, plugin_id="demo"), 10)
    round_trips(make_bot(trader, plugin_id="demo"), 99)
    record = client.get("/api/performance/plugin/demo/all-time").get_json()
    assert record["metrics"]["total_pnl"] == 10.0
    assert record["user_id"] is None


def test_a_robot_without_a_public_record_is_not_found(client, trader):
    round_trips(make_bot(trader, plugin_id="own"), 99)
    assert client.get("/api/performance/plugin/own/all-time").status_code == 404
