"""What a long history costs: the calls of a page, a fill's refresh, all figures from scratch.

Pages over HTTP through the test client, in a PostgreSQL of its own.
"""

import os
import time
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import text

from tests.factories import headers_for, make_bot, make_user
from tests.performance.books import Traded, refresh, trade
from tradingrobotplug import clock, db, queues
from tradingrobotplug.models import Bot, Subscription, User

from . import from_scratch
from .engines import application
from .figure import Figure, percentile

PATHS = {
    "all-time": "/api/performance/me/all-time",
    "dashboard": "/api/dashboard",
    "analysis": "/api/performance/me/analysis",
    "best round trips": "/api/performance/me/round-trips?sort=best",
    "equity": "/api/performance/me/equity",
}
SIZES = (10_000, 100_000, 1_000_000)
CALLS, WARM_UP = 300, 20
BOTS = 10
HISTORY = timedelta(days=90)

# Two fills and a round trip each, with the equity samples of its exit.
_LOAD = """
INSERT INTO fills (trade_id, broker_fill_id, bot_id, user_id, mode, symbol, side, quantity, price,
                   fee, filled_at)
SELECT :trade_id, :tag || n, :bot_id, :user_id, 'paper', 'BTC-USD',
       CASE n % 2 WHEN 0 THEN 'buy' ELSE 'sell' END, 1, 100 + n % 7, 0.1, :start + n * :step
FROM generate_series(1, :count * 2) n;
INSERT INTO round_trips (bot_id, user_id, mode, symbol, side, quantity, entry_price, exit_price,
                         entry_value, fees, pnl, entered_at, exited_at, exit_fill_seq)
SELECT bot_id, user_id, mode, symbol, 'long', 1, 100, price, 100, 0.2, price - 103,
       filled_at - interval '1 minute', filled_at, seq
FROM fills WHERE bot_id = :bot_id AND side = 'sell' AND broker_fill_id LIKE :tag || '%';
INSERT INTO round_trip_sums (bot_id, mode, period, day, weekday, hour, symbol, side, user_id,
                             plugin_id, trades, wins, losses, gross_profit, gross_loss, entry_value,
                             hold_microseconds, returns, holds)
SELECT bot_id, mode, period, CASE period WHEN 'daily' THEN day WHEN 'monthly' THEN month
       ELSE '1970-01-01' END AS day, weekday, hour, symbol, side, user_id, '', count(*),
       count(*) FILTER (WHERE pnl > 0), count(*) FILTER (WHERE pnl < 0),
       coalesce(sum(pnl) FILTER (WHERE pnl > 0), 0), coalesce(sum(pnl) FILTER (WHERE pnl < 0), 0),
       sum(entry_value), 60000000 * count(*), array_fill(1, ARRAY[16]), array_fill(1, ARRAY[8])
FROM (SELECT *, (exited_at AT TIME ZONE 'UTC')::date AS day,
             date_trunc('month', exited_at AT TIME ZONE 'UTC')::date AS month,
             extract(isodow FROM exited_at AT TIME ZONE 'UTC')::int - 1 AS weekday,
             extract(hour FROM exited_at AT TIME ZONE 'UTC')::int AS hour
      FROM round_trips WHERE bot_id = :bot_id) trip,
     (VALUES ('daily'), ('monthly'), ('all-time')) span(period)
GROUP BY bot_id, mode, period, 4, weekday, hour, symbol, side, user_id
ON CONFLICT DO NOTHING;
INSERT INTO equity_samples (user_id, plugin_id, bot_id, mode, kind, at, equity, growth, fill_seq,
                            marks)
SELECT user_id, '', CASE kind WHEN 'bot' THEN bot_id END, mode, 'fill', filled_at, 100000, 1, seq,
       '{}'
FROM fills, (VALUES ('bot'), ('user')) owner(kind)
WHERE bot_id = :bot_id AND side = 'sell' AND broker_fill_id LIKE :tag || '%';
"""


_FILL = """
INSERT INTO fills (trade_id, broker_fill_id, bot_id, user_id, mode, symbol, side, quantity, price,
                   fee, filled_at)
SELECT id, :tag, bot_id, user_id, 'paper', 'BTC-USD', :side, 1, 100, 0.1, now()
FROM trades WHERE bot_id = :bot LIMIT 1;
INSERT INTO round_trips (bot_id, user_id, mode, symbol, side, quantity, entry_price, exit_price,
                         entry_value, fees, pnl, entered_at, exited_at, exit_fill_seq)
SELECT bot_id, user_id, mode, symbol, 'long', 1, 100, 100, 100, 0.2, -0.2, filled_at, filled_at, seq
FROM fills WHERE bot_id = :bot AND broker_fill_id = :tag
"""


def run() -> list[Figure]:
    """Milliseconds per call for users with 10,000, 100,000 and 1,000,000 round trips.

    They live in one database and are asked in turn, call by call, so that a noisy machine weighs
    on each; ratios are those of the medians.
    """
    with application() as app:
        return [*from_scratch.run(), *_measured(app)]


def _measured(app: Flask) -> list[Figure]:
    users = [_with_history(size) for size in SIZES]
    _settle()
    figures = _refreshed(users)
    for name, path in PATHS.items():
        _, small, large = _calls(app, users, path)
        figures += [
            Figure(f"{name}, 100 k round trips, p50", percentile(small, 0.5), "ms"),
            Figure(f"{name}, 100 k round trips, p99", percentile(small, 0.99), "ms", 50),
            Figure(f"{name}, 1 M round trips, p99", percentile(large, 0.99), "ms", 50),
            Figure(f"{name}, 1 M ÷ 100 k, p50", _ratio(small, large), "times", 1.3),
        ]
    return figures


def _refreshed(users: list[User]) -> list[Figure]:
    """What it takes until a fill is in all figures: every second one closes a round trip."""
    with db.transaction() as session:
        bots = [session.query(Bot).filter_by(user_id=user.id).first() for user in users]
    times: list[list[float]] = [[] for _ in users]
    for number in range(WARM_UP + CALLS):
        for taken, bot in zip(times, bots, strict=True):
            assert bot is not None
            _fill(bot, number)
            started = time.perf_counter()
            refresh(bot)
            taken.append((time.perf_counter() - started) * 1000)
    small, _, large = (taken[WARM_UP:] for taken in times)
    return [
        Figure("refresh after a fill, 10 k round trips, p50", percentile(small, 0.5), "ms"),
        Figure("refresh after a fill, 1 M round trips, p50", percentile(large, 0.5), "ms"),
        Figure("refresh after a fill, 1 M round trips, p99", percentile(large, 0.99), "ms", 10),
        Figure("refresh after a fill, 1 M ÷ 10 k, p50", _ratio(small, large), "times", 1.3),
    ]


def _fill(bot: Bot, number: int) -> None:
    """What trading stores of a fill; tests' way of matching would read all of history."""
    values = {"bot": bot.id, "tag": f"new-{number}", "side": "sell" if number % 2 else "buy"}
    with db.transaction() as session:
        for statement in _FILL.split(";")[: 1 + number % 2]:
            session.execute(text(statement), values)


def _ratio(small: list[float], large: list[float]) -> float:
    return percentile(large, 0.5) / percentile(small, 0.5)


def _with_history(size: int) -> User:
    user = _trader(f"trader{size}@example.com")
    bots = [make_bot(user, name=f"Bot {n}") for n in range(BOTS)]
    _trade_a_little(bots)
    _load(bots, size)
    return user


def _trader(email: str) -> User:
    user = make_user(email)
    row = Subscription(user_id=user.id, plan_id="premium", status="active", updated_at=clock.now())
    with db.transaction() as session:
        session.add(row)
    return user


def _trade_a_little(bots: list[Bot]) -> None:
    start = datetime.now(UTC) - timedelta(hours=1)
    for bot in bots:
        trade(bot, Traded(start, "1", "100"), Traded(start + timedelta(minutes=1), "-1", "101"))
        refresh(bot)


def _load(bots: list[Bot], count: int) -> None:
    """Store history, and set the cursors beyond it: the figures cost the same whatever they say."""
    step = HISTORY * len(bots) / (2 * count)
    for bot in bots:
        with db.transaction() as session:
            trade_id = session.scalar(
                text("SELECT id FROM trades WHERE bot_id = :bot LIMIT 1"), {"bot": bot.id}
            )
            values = {
                "trade_id": trade_id, "bot_id": bot.id, "user_id": bot.user_id, "tag": "history-",
                "start": datetime.now(UTC) - HISTORY, "step": step,
                "count": count // len(bots),
            }  # fmt: skip
            # Foreign keys are not looked up row by row: the rows refer to what is known to exist.
            session.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in _LOAD.split(";")[:-1]:
                session.execute(text(statement), values)
            session.execute(
                text(
                    "UPDATE performance_cursors SET fill_seq ="
                    " (SELECT max(seq) FROM fills WHERE bot_id = :bot) WHERE bot_id = :bot"
                ),
                {"bot": bot.id},
            )


def _settle() -> None:
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # What the server would do later by itself, so that it does not disturb the measuring.
        connection.execute(text("VACUUM ANALYZE"))
        connection.execute(text("CHECKPOINT"))
    os.sync()


def _calls(app: Flask, users: list[User], path: str) -> list[list[float]]:
    client = app.test_client()
    headers = [headers_for(app, user) for user in users]
    times: list[list[float]] = [[] for _ in users]
    for number in range(WARM_UP + CALLS):
        if number % 25 == 0:
            queues.redis().flushall()  # the request limit starts anew: it is not what is measured
        for taken, whose in zip(times, headers, strict=True):
            started = time.perf_counter()
            answer = client.get(path, headers=whose)
            taken.append((time.perf_counter() - started) * 1000)
            assert answer.status_code == 200, answer.text
    return [taken[WARM_UP:] for taken in times]
