"""How fast the first calls of a page answer with a long history, over HTTP through the test client.

`run()` loads 100,000 and then 1,000,000 round trips into a PostgreSQL of its own and measures
GET /api/performance/me/all-time and GET /api/dashboard for the user who made them.
"""

import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.factories import headers_for, make_bot, make_user
from tests.performance.books import Traded, refresh, trade
from tradingrobotplug import clock, db, queues
from tradingrobotplug.app import create_app
from tradingrobotplug.config import Settings
from tradingrobotplug.embedded import start_postgres, start_redis
from tradingrobotplug.models import Bot, Subscription, User

PATHS = {"all_time": "/api/performance/me/all-time", "dashboard": "/api/dashboard"}
SIZES = (100_000, 1_000_000)
CALLS = 300
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
INSERT INTO equity_samples (user_id, plugin_id, bot_id, mode, kind, at, equity, growth, fill_seq,
                            marks)
SELECT user_id, '', CASE kind WHEN 'bot' THEN bot_id END, mode, 'fill', filled_at, 100000, 1, seq,
       '{}'
FROM fills, (VALUES ('bot'), ('user')) owner(kind)
WHERE bot_id = :bot_id AND side = 'sell' AND broker_fill_id LIKE :tag || '%';
"""


def run() -> dict[str, Any]:
    """Milliseconds per call at each size, and how the larger compares to the smaller."""
    with tempfile.TemporaryDirectory(prefix="trp-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        postgres, redis = start_postgres(home), start_redis(home)
        try:
            return _measured(home, postgres.url, redis.url)
        finally:
            db.engine().dispose()
            postgres.stop()
            redis.stop()


def _measured(home: Path, database_url: str, redis_url: str) -> dict[str, Any]:
    settings = Settings(
        home=home, mode="embedded", database_url=database_url, redis_url=redis_url,
        jwt_secret="for-the-benchmark-" * 3,
    )  # fmt: skip
    db.Base.metadata.create_all(db.connect(database_url))
    queues.connect(redis_url)
    app = create_app(settings)
    user = _trader()
    bots = [make_bot(user, name=f"Bot {n}") for n in range(BOTS)]
    _trade_a_little(bots)
    results: dict[str, Any] = {}
    loaded = 0
    for size in SIZES:
        _load(bots, size - loaded, f"{size}-")
        loaded = size
        results[str(size)] = _times(app, user) | {"refresh": _refreshes(bots[0])}
    results["ratio_p99"] = _ratios(results)
    return results


def _trader() -> User:
    user = make_user()
    row = Subscription(user_id=user.id, plan_id="premium", status="active", updated_at=clock.now())
    with db.transaction() as session:
        session.add(row)
    return user


def _trade_a_little(bots: list[Bot]) -> None:
    start = datetime.now(UTC) - timedelta(hours=1)
    for bot in bots:
        trade(bot, Traded(start, "1", "100"), Traded(start + timedelta(minutes=1), "-1", "101"))
        refresh(bot)


def _load(bots: list[Bot], count: int, tag: str) -> None:
    """Store history, and set the cursors beyond it: the figures cost the same whatever they say."""
    step = HISTORY / (2 * SIZES[-1])
    for bot in bots:
        with db.transaction() as session:
            trade_id = session.scalar(
                text("SELECT id FROM trades WHERE bot_id = :bot LIMIT 1"), {"bot": bot.id}
            )
            values = {
                "trade_id": trade_id, "bot_id": bot.id, "user_id": bot.user_id, "tag": tag,
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
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # What the server would do later by itself, so that it does not disturb the measuring.
        connection.execute(text("VACUUM ANALYZE"))
        connection.execute(text("CHECKPOINT"))
    os.sync()


def _times(app: Flask, user: User) -> dict[str, Any]:
    client, headers = app.test_client(), headers_for(app, user)
    return {name: _calls(client, path, headers) for name, path in PATHS.items()}


def _calls(client: FlaskClient, path: str, headers: dict[str, str]) -> dict[str, float]:
    def call() -> None:
        answer = client.get(path, headers=headers)
        assert answer.status_code == 200, answer.text

    queues.redis().flushall()  # the request limit starts anew: it is not what is measured
    for _ in range(20):
        call()
    return _spread([_seconds(call) for _ in range(CALLS)])


def _refreshes(bot: Bot) -> dict[str, float]:
    """One fill stored and taken into the figures; only the taking in is timed."""
    taken = []
    for n in range(CALLS):
        sign = "" if n % 2 == 0 else "-"
        _store_fill(bot, sign, Decimal(100 + n % 5))
        taken.append(_seconds(lambda: refresh(bot)))
    return _spread(taken)


def _store_fill(bot: Bot, sign: str, price: Decimal) -> None:
    with db.transaction() as session:
        session.execute(
            text(
                "INSERT INTO fills (trade_id, broker_fill_id, bot_id, user_id, mode, symbol, side,"
                " quantity, price, fee, filled_at) SELECT id, gen_random_uuid()::text, bot_id,"
                " user_id, 'paper', 'BTC-USD', :side, 1, :price, 0, now() FROM trades"
                " WHERE bot_id = :bot LIMIT 1"
            ),
            {"bot": bot.id, "side": "sell" if sign else "buy", "price": price},
        )


def _seconds(act: Any) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _spread(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "p50_ms": round(ordered[len(ordered) // 2] * 1000, 2),
        "p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1000, 2),
    }


def _ratios(results: dict[str, Any]) -> dict[str, float]:
    small, large = (results[str(size)] for size in SIZES)
    return {n: round(large[n]["p99_ms"] / small[n]["p99_ms"], 2) for n in small}


if __name__ == "__main__":
    import json

    print(json.dumps(run(), indent=2))
