"""How long a file of a million trades takes, and how much memory its worker and the API need.

Each file is made in a fork, as by the worker, and once sent by the API; what counts is by how much
the fork's memory grows at its most (VmHWM after it was set back, proc_pid_status(5)).
"""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from tests.factories import headers_for, make_bot, make_user
from tests.performance.books import Traded, trade
from tradingrobotplug import clock, db
from tradingrobotplug.models import Bot, Subscription, User
from tradingrobotplug.performance.exports import jobs, service

from .engines import application
from .figure import Figure

SMALL, LARGE = 200_000, 1_000_000
_BATCH = 100_000

# Ids that grow, as ours do: they begin with the time.
_ORDERS = """
INSERT INTO trades (id, signal_id, leg, bot_id, user_id, mode, venue, client_order_id, state,
    symbol, side, type, time_in_force, extended_hours, quantity, protection, filled_quantity,
    average_price, fees, attempts, created_at, finished_at)
SELECT CAST(lpad(to_hex(n), 12, '0') || right(replace(t.bot_id::text, '-', ''), 20) AS uuid),
    t.signal_id, n::text, t.bot_id, t.user_id, t.mode, t.venue,
    t.bot_id || '-' || n, 'filled', t.symbol, CASE n % 2 WHEN 0 THEN 'sell' ELSE 'buy' END, t.type,
    t.time_in_force, false, 1, '{}', 1, 100 + n % 7, 0.1, 1, t.created_at, t.created_at
FROM trades t, generate_series(CAST(:first AS int), CAST(:last AS int)) n WHERE t.id = :order
"""
_FILLS = """
INSERT INTO fills (trade_id, broker_fill_id, bot_id, user_id, mode, symbol, side, quantity, price,
    fee, filled_at)
SELECT id, '1', bot_id, user_id, mode, symbol, side, 1, average_price, 0.1, created_at
FROM trades WHERE bot_id = :bot AND id <> :order
"""
_TRIPS = """
INSERT INTO round_trips (bot_id, user_id, mode, symbol, side, quantity, entry_price, exit_price,
    entry_value, fees, pnl, entered_at, exited_at, exit_fill_seq)
SELECT bot_id, user_id, mode, symbol, 'long', 1, 100, price, 100, 0.2, price - 100.2, filled_at,
    filled_at, seq
FROM fills WHERE bot_id = :bot AND side = 'sell' AND trade_id <> :order
"""


def run() -> list[Figure]:
    """Seconds, rows a second and megabytes for a history of 1,000,000 orders; and how many more
    megabytes than for one of 200,000: none, if memory is constant."""
    with application() as app:
        return _measured(app)


def _measured(app: Flask) -> list[Figure]:
    bots = [_with_history(size) for size in (SMALL, LARGE)]
    ways: dict[str, Callable[[Bot], None]] = {
        "CSV by the worker": lambda bot: _make(bot, "trades_csv"),
        "JSON by the worker": lambda bot: _make(bot, "trades_json"),
        "CSV sent at once": lambda bot: _send(app, bot),
    }
    figures: list[Figure] = []
    for name, way in ways.items():
        _, small = _in_a_fork(way, bots[0])
        seconds, large = _in_a_fork(way, bots[1])
        figures += [
            Figure(f"{name}, 1 M trades", seconds, "s"),
            Figure(f"{name}, rows a second", LARGE / seconds, "rows"),
            Figure(f"{name}, memory for 200 k trades", small, "MB"),
            Figure(f"{name}, memory for 1 M trades", large, "MB", 64),
            Figure(f"{name}, memory 1 M − 200 k", large - small, "MB", 10),
        ]
    return figures


def _with_history(size: int) -> Bot:
    user = make_user(f"trader{size}@example.com")
    bot = make_bot(user)
    now = datetime.now(UTC)
    row = Subscription(user_id=user.id, plan_id="premium", status="active", updated_at=now)
    with db.transaction() as session:
        session.add(row)
    trade(bot, Traded(now - timedelta(days=1), "1", "100"))
    with db.transaction() as session:
        found = session.execute(text("SELECT id FROM trades WHERE bot_id = :b"), {"b": bot.id})
        order = found.scalar_one()
    for first in range(1, size, _BATCH):
        last = min(first + _BATCH, size) - 1
        _store(_ORDERS, order=order, first=first, last=last)
    _store(_FILLS, bot=bot.id, order=order)
    _store(_TRIPS, bot=bot.id, order=order)
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE trades, fills, round_trips"))
    return bot


def _store(statement: str, **values: object) -> None:
    with db.transaction() as session:
        # Foreign keys are not looked up row by row: the rows refer to what is known to exist.
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(statement), values)


def _make(bot: Bot, kind: str) -> None:
    wish = dict.fromkeys(("mode", "start_date", "end_date"))
    with db.transaction() as session:
        made = service.ask(
            session, bot.user_id, {"kind": kind, "bot_id": bot.id, **wish}, clock.now()
        )
    jobs.make(str(made.id))
    with db.transaction() as session:
        assert service.own(session, bot.user_id, made.id).state == "done"


def _send(app: Flask, bot: Bot) -> None:
    with db.transaction() as session:
        user = session.get_one(User, bot.user_id)
    answer = app.test_client().get(
        f"/api/bots/{bot.id}/trades/export", headers=headers_for(app, user), buffered=False
    )
    assert answer.status_code == 200
    for _ in answer.response:
        pass


def _in_a_fork(way: Callable[[Bot], None], bot: Bot) -> tuple[float, float]:
    """Seconds, and megabytes by which the fork grew at its most."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        db.dispose(close=False)
        Path("/proc/self/clear_refs").write_text("5")  # the high-water mark begins anew
        before, began = _kilobytes("VmRSS"), time.perf_counter()
        way(bot)
        taken, grown = time.perf_counter() - began, _kilobytes("VmHWM") - before
        os.write(writer, f"{taken} {grown}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    seconds, kilobytes = os.read(reader, 100).decode().split()
    os.close(reader)
    return float(seconds), float(kilobytes) / 1024


def _kilobytes(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
