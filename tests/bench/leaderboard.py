"""How fast the leaderboard answers with 100,000 users on it, over HTTP through the test client, and
how long a refresh of its boards takes."""

import random
import time
from collections.abc import Iterator

from flask import Flask
from sqlalchemy import text

from tests.factories import make_bot, make_user
from tradingrobotplug import clock, db, queues
from tradingrobotplug.models.leaderboard import SORTED_BY
from tradingrobotplug.performance import leaderboard_board
from tradingrobotplug.performance.periods import Period

from .engines import application
from .figure import Figure, percentile

USERS, ROBOTS, CALLS, WARM_UP = 100_000, 12, 400, 20
PATH = "/api/performance/public/leaderboard"

_METRICS = """jsonb_build_object('trade_count', n % 60, 'win_rate', random() * 100,
    'total_pnl', random(), 'total_return_pct', random() * 90 - 30, 'profit_factor', random() * 3,
    'sharpe_ratio', CASE WHEN n % 50 > 0 THEN random() * 5 - 2 END,
    'sortino_ratio', random(), 'max_drawdown', -random() * 40)"""
_LOAD = f"""
INSERT INTO users (id, email, username, role, is_house, created_at)
SELECT gen_random_uuid(), 'u' || n || '@example.com', 'u' || n, 'user', false, now()
FROM generate_series(1, {USERS}) n;
INSERT INTO leaderboard_members (user_id, handle, joined_at)
SELECT id, 'calm-fox-' || username, now() FROM users WHERE NOT is_house;
INSERT INTO user_performance_metrics (id, user_id, plugin_id, date, period, mode, track, totals,
    metrics, undefined, closed_at, updated_at)
SELECT gen_random_uuid(), id, plugin_id, day, period, 'paper', '{{}}', '{{}}', {_METRICS}, '{{}}',
    closed_at, now()
FROM (SELECT id, '' AS plugin_id, substr(username, 2)::int AS n FROM users WHERE NOT is_house
      UNION ALL SELECT user_id, plugin_id, 31 FROM bots) owner,
     (VALUES ('all-time', date '1970-01-01', NULL),
             ('daily', current_date - 40, now())) kind(period, day, closed_at);
INSERT INTO equity_samples (user_id, plugin_id, bot_id, mode, kind, at, equity, growth, marks)
SELECT user_id, plugin_id, NULL, 'paper', kind, now() - n * interval '1 hour', 1000 + n % 9, 1,
    '{{}}'
FROM bots, generate_series(0, 960) n, (VALUES ('hourly'), ('daily'), ('fill')) samples(kind)
"""  # fmt: skip


def run() -> list[Figure]:
    """Milliseconds per call for pages anywhere on the board, and for each order of its columns."""
    with application() as app:
        return _measured(app)


def _measured(app: Flask) -> list[Figure]:
    _load()
    first, again = _refreshed(), _refreshed()
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
        connection.execute(text("CHECKPOINT"))
    random_ = random.Random(1)
    anywhere = _calls(app, ({"page": random_.randint(1, USERS // 50)} for _ in iter(int, 1)))
    sorts = _calls(
        app,
        ({"sort": random_.choice(SORTED_BY), "page": random_.randint(1, 20)} for _ in iter(int, 1)),
    )
    robots = _calls(app, ({"kind": "robot"} for _ in iter(int, 1)))
    return [
        Figure("Leaderboard of 100 k users, any page, p50", percentile(anywhere, 0.5), "ms"),
        Figure("Leaderboard of 100 k users, any page, p99", percentile(anywhere, 0.99), "ms", 50),
        Figure("Leaderboard of 100 k users, any order, p99", percentile(sorts, 0.99), "ms", 50),
        Figure("Leaderboard, robots with their curves, p99", percentile(robots, 0.99), "ms", 50),
        Figure("Refresh of one board of 100 k, all new", first, "s"),
        Figure("Refresh of one board of 100 k, nothing new", again, "s"),
    ]


def _load() -> None:
    house = make_user("house@example.com", is_house=True)
    for n in range(ROBOTS):
        make_bot(house, plugin_id=f"robot{n}", name=f"Robot {n}")
    for statement in _LOAD.split(";"):
        with db.transaction() as session:
            session.execute(text("SET LOCAL session_replication_role = replica"))
            session.execute(text(statement))
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _refreshed() -> float:
    began = time.perf_counter()
    with db.transaction() as session:
        leaderboard_board.refresh(session, "paper", Period.ALL_TIME, clock.now())
        leaderboard_board.refresh_curves(session, "paper", clock.now())
    return time.perf_counter() - began


def _calls(app: Flask, queries: Iterator[dict[str, object]]) -> list[float]:
    client, taken = app.test_client(), []
    for number in range(WARM_UP + CALLS):
        if number % 25 == 0:
            queues.redis().flushall()  # the request limit starts anew: it is not what is measured
        query = next(queries)
        began = time.perf_counter()
        answer = client.get(PATH, query_string=query)
        taken.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, answer.text
        assert answer.get_json()["entries"], query
    return taken[WARM_UP:]
