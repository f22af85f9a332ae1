"""The public record: who is on it, in which order, and what it does not say."""

import time
from datetime import timedelta
from decimal import Decimal

import pytest
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import update

from tests.factories import headers_for, make_bot, make_user
from tradingrobotplug import clock, db, queues, worker
from tradingrobotplug.models import User, UserPerformance
from tradingrobotplug.performance import leaderboard_jobs, leaderboard_members
from tradingrobotplug.performance.periods import Period
from tradingrobotplug.trading import worth

from .books import Traded, refresh, trade
from .exporting import round_trips

PATH = "/api/performance/public/leaderboard"


@pytest.fixture
def house(clean):
    return make_user("house@example.com", is_house=True)


def board(client, **query):
    leaderboard_jobs.refresh()
    answer = client.get(PATH, query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def names(client, **query):
    return [entry["name"] for entry in board(client, **query)["entries"]]


def join(app, user):
    return app.test_client().put("/api/leaderboard/membership", headers=headers_for(app, user))


def leave(app, user):
    return app.test_client().delete("/api/leaderboard/membership", headers=headers_for(app, user))


def record(user, plugin_id="", days=30, mode="paper", **figures):
    """A user's stored figures of all time, with a first day so many days ago."""
    shown = {
        "trade_count": 40, "win_rate": 50.0, "total_return_pct": 1.0, "profit_factor": 1.0,
        "sharpe_ratio": 1.0, "sortino_ratio": 1.0, "max_drawdown": -1.0, "total_pnl": 10.0,
    }  # fmt: skip
    now = clock.now()
    first = now.date() - timedelta(days=days)
    common = {
        "user_id": user.id, "plugin_id": plugin_id, "mode": mode, "track": {}, "totals": {},
        "metrics": shown | figures, "undefined": {}, "updated_at": now,
    }  # fmt: skip
    rows = [(Period.ALL_TIME, "1970-01-01", None), (Period.DAILY, first, now)]
    with db.transaction() as session:
        session.add_all(
            UserPerformance(**common, period=period, date=day, closed_at=closed)
            for period, day, closed in rows
        )


def members(app, **records):
    """Users by name, each with figures, all taking part; handle → name."""
    found = {}
    for name, figures in records.items():
        user = make_user(f"{name}@example.com")
        record(user, **figures)
        found[join(app, user).get_json()["handle"]] = name
    return found


def test_it_shows_robots_of_the_house_and_nobody_who_did_not_ask(client, house):
    round_trips(make_bot(house, plugin_id="demo", name="Demo robot"), 10, -4)
    round_trips(make_bot(make_user(), plugin_id="demo"), 99)
    found = board(client)
    assert [entry["name"] for entry in found["entries"]] == ["Demo robot"]
    entry = found["entries"][0]
    assert (entry["ranked"], entry["rank"], entry["mode"]) == (False, None, "paper")
    assert (entry["total_pnl"], entry["trade_count"], entry["delisted"]) == (6.0, 2, False)
    assert "hypothetical performance" in found["statement"]
    assert 1 < len(entry["equity"]) <= 60
    answer = client.get(PATH)
    assert answer.headers["Cache-Control"] == "public, max-age=15"
    assert str(house.id) not in answer.text


def test_a_young_record_is_drawn_from_its_start_up_to_the_price_of_now(client, house):
    now = clock.now()
    bot = make_bot(house, plugin_id="demo", created_at=now - timedelta(minutes=9))
    trade(bot, Traded(now - timedelta(minutes=5), "2", "100"))
    refresh(bot)
    with db.transaction() as session:
        worth.keep_marks(session, {("crypto", "BTC-USD"): Decimal(110)}, now)
    entry = board(client)["entries"][0]
    assert entry["holding"] == ["BTC-USD"]
    assert [point["equity"] for point in entry["equity"]] == ["100000", "100000", "100020"]
    times = [point["at"] for point in entry["equity"]]
    assert times == sorted(set(times))


def test_ranks_go_by_risk_adjusted_return_and_need_thirty_trades_and_three_weeks(app, client):
    found = members(
        app,
        few={"trade_count": 29, "sharpe_ratio": 9.0},
        none={"trade_count": 30, "sharpe_ratio": None},
        good={"trade_count": 30, "sharpe_ratio": 2.0},
        young={"days": 20, "sharpe_ratio": 5.0},
        fair={"days": 21, "sharpe_ratio": 1.0},
    )
    entries = board(client)["entries"]
    assert [(found[e["name"]], e["rank"], e["ranked"]) for e in entries] == [
        ("good", 1, True), ("fair", 2, True), ("none", 3, True), ("few", None, False),
        ("young", None, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("sharpe_ratio", "cab"), ("total_return_pct", "abc"), ("max_drawdown", "bca"),
        ("profit_factor", "bac"), ("win_rate", "cba"), ("trade_count", "acb"),
    ],
)  # fmt: skip
def test_it_can_be_sorted_and_ranks_stay(app, client, sort, order):
    figures = {
        "a": {"sharpe_ratio": 2.0, "total_return_pct": 9.0, "max_drawdown": -9.0,
              "profit_factor": 2.0, "win_rate": 10.0, "trade_count": 99},
        "b": {"sharpe_ratio": 1.0, "total_return_pct": 8.0, "max_drawdown": -1.0,
              "profit_factor": 3.0, "win_rate": 20.0, "trade_count": 50},
        "c": {"sharpe_ratio": 3.0, "total_return_pct": 7.0, "max_drawdown": -2.0,
              "profit_factor": 1.0, "win_rate": 30.0, "trade_count": 60},
        "d": {"sharpe_ratio": 9.0, "total_return_pct": 99.0, "max_drawdown": 0.0,
              "profit_factor": 9.0, "win_rate": 99.0, "trade_count": 29},
    }  # fmt: skip
    found = members(app, **figures)
    entries = board(client, sort=sort)["entries"]
    assert "".join(found[entry["name"]] for entry in entries) == f"{order}d"
    assert {found[e["name"]]: e["rank"] for e in entries} == {"a": 2, "b": 3, "c": 1, "d": None}


@pytest.mark.parametrize("sort", ["sharpe_ratio", "win_rate"])
def test_pages_follow_each_other(app, client, sort):
    members(app, **{f"u{n}": {"sharpe_ratio": float(n), "win_rate": float(n)} for n in range(5)})
    pages = [board(client, sort=sort, page=n, limit=2) for n in (1, 2, 3, 4)]
    assert [entry["rank"] for page in pages for entry in page["entries"]] == [1, 2, 3, 4, 5]
    assert {page["total"] for page in pages} == {5}


def test_live_and_paper_are_boards_of_their_own(app, client):
    user = make_user()
    record(user, sharpe_ratio=1.0)
    record(user, mode="live", sharpe_ratio=2.0)
    join(app, user)
    boards = [board(client, mode=mode) for mode in ("paper", "live")]
    assert [b["entries"][0]["sharpe_ratio"] for b in boards] == [1.0, 2.0]
    assert "hypothetical" not in boards[1]["statement"]


def test_a_user_is_anonymous_and_shows_no_dollars(app, client, clean):
    user = make_user("anna@example.com")
    record(user, total_pnl=123456.0)
    handle = join(app, user).get_json()["handle"]
    board(client)
    text = client.get(PATH).text
    entry = client.get(PATH).get_json()["entries"][0]
    assert (entry["name"], entry["kind"], entry["total_pnl"]) == (handle, "user", None)
    assert (entry["equity"], entry["holding"], entry["plugin_id"]) == ([], [], None)
    assert [word for word in ("anna", str(user.id), "123456") if word in text] == []


def test_who_leaves_is_gone_at_once_and_comes_back_under_the_same_name(app, client, clean):
    user = make_user()
    record(user)
    first = join(app, user).get_json()
    assert names(client) == [first["handle"]]
    gone = leave(app, user).get_json()
    assert (gone["listed"], gone["handle"]) == (False, first["handle"])
    assert client.get(PATH).get_json()["entries"] == []
    assert names(client) == []
    assert join(app, user).get_json()["handle"] == first["handle"]
    assert names(client) == [first["handle"]]


def test_taking_part_twice_changes_nothing(app, clean):
    user = make_user()
    answers = [join(app, user).get_json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert [leave(app, user).status_code for _ in range(2)] == [200, 200]


def test_one_sees_ones_own_places(app, client, clean):
    user = make_user()
    record(user)
    join(app, user)
    board(client)
    answer = client.get("/api/leaderboard/membership", headers=headers_for(app, user)).get_json()
    assert answer["places"] == [
        {"mode": "paper", "period": "all-time", "rank": 1, "trade_count": 40, "days": 30}
    ]


@pytest.mark.parametrize("column", ["suspended_at", "leaving_at"])
def test_who_is_suspended_or_leaves_for_good_is_not_shown(app, client, clean, column):
    user = make_user()
    record(user)
    join(app, user)
    assert len(names(client)) == 1
    with db.transaction() as session:
        session.execute(update(User).where(User.id == user.id).values({column: clock.now()}))
    assert names(client) == []


def test_a_robot_that_was_taken_off_stays_and_says_so(client, house):
    robot = make_bot(house, plugin_id="old", name="Old robot", deleted_at=clock.now())
    round_trips(robot, 5)
    entry = board(client)["entries"][0]
    assert (entry["name"], entry["delisted"]) == ("Old robot", True)


def test_robots_alone_can_be_asked_for(app, client, house):
    members(app, someone={"sharpe_ratio": 9.0})
    round_trips(make_bot(house, plugin_id="demo", name="Demo robot"), 5)
    found = board(client, kind="robot")
    assert ([entry["name"] for entry in found["entries"]], found["total"]) == (["Demo robot"], 1)


def asked():
    """How often workers were asked for the boards."""
    name, path = queues.REFRESH_BOARDS
    waiting = Queue(name, connection=queues.redis(), serializer=JSONSerializer).jobs
    return [job.func_name for job in waiting].count(path)


def test_a_worker_is_asked_for_the_boards_once_until_it_is_done_and_they_rested(clean, monkeypatch):
    [leaderboard_jobs.ask() for _ in range(3)]
    assert asked() == 1
    monkeypatch.setattr(leaderboard_jobs, "_REST", 1_000_000)
    leaderboard_jobs.refresh()
    leaderboard_jobs.ask()
    assert asked() == 1
    monkeypatch.setattr(leaderboard_jobs, "_REST", 0)
    leaderboard_jobs.refresh()
    time.sleep(0.01)
    leaderboard_jobs.ask()
    assert asked() == 2


def test_the_scheduler_asks_and_a_worker_runs_what_was_asked_for():
    paths = [path for _, path in worker.PERIODIC]
    assert "tradingrobotplug.performance.leaderboard_jobs.ask" in [*worker.AT_START, *paths]
    assert queues.REFRESH_BOARDS[0] == queues.EXPORTS
    assert worker.function(queues.REFRESH_BOARDS[1]) is leaderboard_jobs.refresh


def test_a_redis_that_is_away_does_not_stop_the_scheduler(clean, monkeypatch):
    with monkeypatch.context() as away:
        away.setattr(queues, "_pause_until", time.monotonic() + 60)
        leaderboard_jobs.ask()
        leaderboard_jobs.refresh()
    assert asked() == 0
    leaderboard_jobs.ask()
    assert asked() == 1


def test_a_refresh_writes_only_what_changed(app, client, clean):
    members(app, a={"sharpe_ratio": 1.0}, b={"sharpe_ratio": 2.0})

    def versions():
        with db.transaction() as session:
            return session.connection().exec_driver_sql(
                "SELECT user_id, xmin::text FROM leaderboard_entries ORDER BY user_id"
            ).all()  # fmt: skip

    board(client)
    before = versions()
    board(client)
    assert (len(before), versions()) == (2, before)


def test_a_window_that_is_over_is_not_shown_as_the_present_one(app, client, clean):
    user = make_user()
    record(user)
    join(app, user)
    assert names(client, period="daily") == []
    assert len(names(client)) == 1


def test_what_is_far_down_is_shown_in_the_default_order_only(client, clean):
    query = {"sort": "win_rate", "page": 1_000, "limit": 50}
    assert client.get(PATH, query_string=query).status_code == 422
    assert client.get(PATH, query_string=query | {"sort": "sharpe_ratio"}).status_code == 200


def test_a_handle_that_is_taken_is_made_up_again(app, clean, monkeypatch):
    handles = iter(["calm-fox-1000", "calm-fox-1000", "wise-elk-2000"])
    monkeypatch.setattr(leaderboard_members, "_handle", lambda: next(handles))
    users = [make_user(f"u{n}@example.com") for n in range(2)]
    found = [join(app, user).get_json()["handle"] for user in users]
    assert found == ["calm-fox-1000", "wise-elk-2000"]
