"""Fills become figures: once each, in every window."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import select

from tests.factories import make_bot, make_user
from tradingrobotplug import clock, db, queues
from tradingrobotplug.marketdata import quotes
from tradingrobotplug.marketdata.quotes import Quote
from tradingrobotplug.models import (
    BotPerformance,
    EquitySample,
    PerformanceCursor,
    UserPerformance,
)
from tradingrobotplug.performance import jobs, service

from .books import START, Traded, at, closed, refresh, snapshot, trade

pytestmark = pytest.mark.usefixtures("clean")


@pytest.fixture
def bot():
    return make_bot(make_user())


def by_text(bot):
    return str(bot.id)


def cursor(bot):
    with db.transaction() as session:
        return session.get(PerformanceCursor, (bot.id, bot.trading_mode))


def window(bot, period, plugin_id=""):
    with db.transaction() as session:
        return session.scalars(
            select(UserPerformance)
            .where(UserPerformance.user_id == bot.user_id, UserPerformance.period == period)
            .where(UserPerformance.plugin_id == plugin_id)
            .order_by(UserPerformance.date.desc())
        ).first()


def kinds(bot):
    with db.transaction() as session:
        query = select(EquitySample.kind).where(EquitySample.bot_id == bot.id)
        return set(session.scalars(query))


def days(bot):
    with db.transaction() as session:
        query = select(BotPerformance).where(BotPerformance.bot_id == bot.id)
        return session.scalars(query.order_by(BotPerformance.date)).all()


def at_the_time(monkeypatch, moment, price=None):
    """The clock stands at `moment`, and every symbol has this price."""
    quote = Quote("BTC-USD", *[Decimal(price or 1)] * 2, Decimal(1), Decimal(1), moment)
    monkeypatch.setattr(clock, "now", lambda: moment)
    monkeypatch.setattr(quotes, "latest", lambda *_: quote)


def test_a_round_trip_shows_in_every_window(bot):
    trade(bot, Traded(START, "2", "100", "1"), Traded(at(minutes=5), "-2", "110", "1"))
    refresh(bot)
    found = [window(bot, period).metrics for period in ("daily", "weekly", "monthly", "all-time")]
    assert [m["total_pnl"] for m in found] == [18.0] * 4
    assert [m["trade_count"] for m in found] == [1] * 4
    assert [m["avg_trade_size"] for m in found] == [200.0] * 4
    assert [m["avg_hold_seconds"] for m in found] == [300.0] * 4
    assert cursor(bot).metrics["total_pnl"] == 18.0
    assert cursor(bot).equity == Decimal(100_018)
    assert days(bot)[0].metrics["total_pnl"] == 18.0


def test_the_equity_curve_shows_a_fill_at_once(bot):
    trade(bot, Traded(START, "2", "100", "1"))
    refresh(bot)
    with db.transaction() as session:
        query = select(EquitySample).where(EquitySample.bot_id == bot.id)
        points = session.scalars(query.order_by(EquitySample.seq)).all()
    assert [(p.kind, p.equity) for p in points] == [("start", 100_000), ("fill", 99_999)]


def test_a_refresh_repeated_changes_nothing(bot):
    trade(bot, Traded(START, "1", "100"), Traded(at(hours=1), "-1", "90"))
    refresh(bot)
    before = snapshot([bot])
    refresh(bot)
    assert snapshot([bot]) == before


def test_two_refreshes_at_once_count_each_fill_once(bot):
    fills = [Traded(at(minutes=n), "1" if n % 2 == 0 else "-1", str(100 + n)) for n in range(40)]
    trade(bot, *fills)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(refresh, [bot] * 4))
    assert window(bot, "all-time").metrics["trade_count"] == 20
    assert cursor(bot).metrics["total_pnl"] == 20.0


def test_bots_of_one_user_refreshed_at_once_add_up():
    user = make_user()
    bots = [make_bot(user, plugin_id="demo") for _ in range(4)]
    trips = [Traded(START, "1", "100"), Traded(at(minutes=1), "-1", "103")]
    [trade(bot, *trips) for bot in bots]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(refresh, bots))
    assert window(bots[0], "all-time").metrics["total_pnl"] == 12.0
    assert window(bots[0], "all-time", "demo").metrics["total_pnl"] == 12.0


def test_amounts_are_stored_to_the_last_place(bot):
    trade(bot, Traded(at(), "1", "12345678901.000000000003"))
    refresh(bot)
    trade(bot, Traded(at(minutes=1), "-1", "12345678901.000000000004", fee="0.000000000002"))
    refresh(bot)
    assert cursor(bot).cash == bot.starting_cash - Decimal("0.000000000001")
    assert cursor(bot).totals["gross_loss"] == "-1E-12"
    with db.transaction() as session:
        latest = select(EquitySample).where(EquitySample.bot_id == bot.id)
        sample = session.scalars(latest.order_by(EquitySample.seq.desc())).first()
    assert sample.equity == cursor(bot).equity == cursor(bot).cash


def test_fills_are_taken_in_after_redis_lost_the_call(bot):
    trade(bot, Traded(START, "1", "100"))
    assert jobs.catch_up() == 1
    assert cursor(bot).fill_seq > 0
    assert jobs.catch_up() == 0


def test_fills_of_a_moment_become_one_job():
    users = make_user("first@example.com"), make_user("second@example.com")
    first, second = sorted(map(make_bot, users), key=by_text)
    for traded in (first, second, first):
        queues.gather(queues.REFRESH_PERFORMANCE, str(traded.id))
    jobs.ask_for_traded()
    jobs.ask_for_traded()
    queue = Queue(queues.GENERAL, connection=queues.redis(), serializer=JSONSerializer)
    [job] = queue.jobs
    assert job.func_name == queues.REFRESH_PERFORMANCE[1]
    assert list(job.args) == [str(first.id), str(second.id)]
    trade(first, Traded(START, "1", "100"))
    trade(second, Traded(START, "1", "100"))
    job.func(*job.args)
    assert jobs.catch_up() == 0


@contextmanager
def spoilt(bot):
    """Figures that can't be read."""
    with db.transaction() as session:
        kept = session.get(PerformanceCursor, (bot.id, "paper"))
        track, kept.track = kept.track, {}
    yield
    with db.transaction() as session:
        session.get(PerformanceCursor, (bot.id, "paper")).track = track


@pytest.fixture
def two():
    """Bots of two users, that traded."""
    bots = [make_bot(make_user(f"{name}@example.com")) for name in ("first", "second")]
    for bot in bots:
        trade(bot, Traded(START, "1", "100"))
    jobs.catch_up()
    return bots


@pytest.mark.parametrize("has_names", [True, False])
@pytest.mark.parametrize("place", [0, 1])
def test_a_bot_that_fails_does_not_keep_the_others_from_their_figures(
    two, place, has_names, caplog
):
    for bot in two:
        trade(bot, Traded(at(hours=1), "-1", "100"))
    with spoilt(two[place]):
        jobs.refresh(*map(by_text, two)) if has_names else jobs.catch_up()
    with db.transaction() as session:
        assert service.behind(session, "paper") == [two[place].id]
    assert [record.message for record in caplog.records] == ["figures.not_refreshed"]


def test_an_id_that_is_none_does_not_keep_the_others_from_their_figures(bot, caplog):
    trade(bot, Traded(START, "1", "100"))
    jobs.refresh("no id", str(bot.id))
    assert jobs.catch_up() == 0
    assert [record.message for record in caplog.records] == ["figures.not_refreshed"]


@pytest.mark.parametrize("place", [0, 1])
def test_a_user_who_fails_does_not_keep_the_others_from_samples_and_closings(
    two, place, monkeypatch, caplog
):
    with spoilt(two[place]):
        at_the_time(monkeypatch, at(hours=2), 110)
        jobs.sample_equity()
        at_the_time(monkeypatch, at(days=1))
        jobs.close_windows()
    told = [record.message for record in caplog.records]
    assert told == ["figures.not_sampled", "figures.not_closed"]
    shown = [kinds(bot) for bot in two]
    assert {"hourly", "daily"} <= shown[1 - place]
    assert not {"hourly", "daily"} & shown[place]


def test_a_redis_that_is_away_does_not_hold_a_fill_up(bot):
    queues.connect("redis://127.0.0.1:1/0")
    trade(bot, Traded(START, "1", "100"))
    queues.gather(queues.REFRESH_PERFORMANCE, str(bot.id))
    jobs.ask_for_traded()
    assert jobs.catch_up() == 1


def test_a_short_sale_earns_when_the_price_falls(bot):
    trade(bot, Traded(START, "-2", "100"), Traded(at(hours=1), "2", "95"))
    refresh(bot)
    assert cursor(bot).metrics["total_pnl"] == 10.0
    assert cursor(bot).equity == Decimal(100_010)


def test_an_open_position_counts_in_equity_but_not_as_a_trade(bot):
    trade(bot, Traded(START, "10", "100"), Traded(at(hours=1), "10", "110"))
    refresh(bot)
    assert cursor(bot).equity == Decimal(100_100)
    assert cursor(bot).metrics["trade_count"] == 0
    assert cursor(bot).metrics["total_return_pct"] == pytest.approx(0.1)


def test_daily_returns_hold_the_days_without_a_trade(bot):
    trade(bot, Traded(START, "1000", "100"), Traded(at(hours=1), "-1000", "110"))
    trade(bot, Traded(at(days=3), "1000", "100"), Traded(at(days=3, hours=1), "-1000", "90"))
    refresh(bot)
    closed(bot, at(days=4))
    # Closes: 110,000 · 110,000 · 110,000 · 100,000, from 100,000.
    returns = [0.1, 0.0, 0.0, -1 / 11]
    mean = sum(returns) / 4
    deviation = (sum((r - mean) ** 2 for r in returns) / 3) ** 0.5
    metrics = window(bot, "all-time").metrics
    assert metrics["sharpe_ratio"] == pytest.approx(mean / deviation * 365**0.5, rel=1e-9)
    assert metrics["max_drawdown"] == pytest.approx(-100 / 11, rel=1e-9)


def test_missed_closings_are_caught_up(bot):
    trade(bot, Traded(START, "1", "100"))
    refresh(bot)
    closed(bot, at(days=40))
    daily, weekly = window(bot, "daily"), window(bot, "weekly")
    assert (daily.date.isoformat(), weekly.date.isoformat()) == ("2026-04-11", "2026-04-06")
    assert daily.closed_at is None
    assert len(days(bot)) == 41
    assert days(bot)[0].closed_at == datetime(2026, 3, 3, tzinfo=UTC)


def test_a_stock_week_closes_over_the_weekend():
    bot = make_bot(make_user(), asset_type="stocks", exchange="alpaca")
    friday = datetime(2026, 3, 6, 20, tzinfo=UTC)
    trade(bot, Traded(friday, "1", "100", symbol="AAPL"))
    refresh(bot)
    closed(bot, friday + timedelta(days=1))
    assert [day.date.isoformat() for day in days(bot)] == ["2026-03-06", "2026-03-09"]
    assert window(bot, "weekly").date.isoformat() == "2026-03-09"


def test_a_user_with_stocks_and_crypto_counts_days_in_utc():
    user = make_user()
    stocks = make_bot(user, asset_type="stocks", exchange="alpaca")
    crypto = make_bot(user)
    saturday = datetime(2026, 3, 7, 15, tzinfo=UTC)
    trade(stocks, Traded(saturday - timedelta(days=1), "1", "100", symbol="AAPL"))
    trade(crypto, Traded(saturday, "1", "100"))
    refresh(stocks)
    refresh(crypto)
    assert window(crypto, "daily").date.isoformat() == "2026-03-07"


def test_hourly_samples_value_positions_at_present_prices(bot, monkeypatch):
    trade(bot, Traded(START, "10", "100"))
    refresh(bot)
    at_the_time(monkeypatch, at(hours=1, seconds=5), "150")
    jobs.sample_equity()
    jobs.sample_equity()
    assert cursor(bot).equity == Decimal(100_500)
    with db.transaction() as session:
        query = select(EquitySample).where(EquitySample.kind == "hourly")
        points = session.scalars(query.order_by(EquitySample.seq)).all()
    assert [(p.bot_id, p.equity) for p in points] == [(bot.id, 100_500), (None, 100_500)]
    assert points[0].marks == {"BTC-USD": "150"}


def test_the_scheduler_closes_a_day_at_its_last_sample(bot, monkeypatch):
    trade(bot, Traded(START, "1000", "100"))
    refresh(bot)
    midnight = datetime(2026, 3, 3, tzinfo=UTC)
    at_the_time(monkeypatch, midnight + timedelta(seconds=2), "110")
    jobs.sample_equity()
    jobs.close_windows()
    first = days(bot)[0]
    assert first.closed_at == midnight
    assert first.metrics["total_return_pct"] == pytest.approx(10)
    assert window(bot, "all-time").totals["returns"] == 1


def test_capital_of_a_second_bot_is_no_return():
    user = make_user()
    first, second = make_bot(user), make_bot(user, starting_cash=Decimal(50_000))
    trade(first, Traded(START, "1", "100"), Traded(at(hours=1), "-1", "1100"))
    refresh(first)
    trade(second, Traded(at(hours=2), "1", "100"), Traded(at(hours=3), "-1", "100"))
    refresh(second)
    assert window(first, "all-time").metrics["total_return_pct"] == pytest.approx(1.0)


def test_a_total_loss_ends_at_minus_a_hundred_percent():
    bot = make_bot(make_user(), starting_cash=Decimal(1_000))
    trade(bot, Traded(START, "10", "100"), Traded(at(hours=1), "-10", "0.000000000001"))
    trade(bot, Traded(at(days=2), "1", "1"), Traded(at(days=2, hours=1), "-1", "1"))
    refresh(bot)
    assert cursor(bot).metrics["max_drawdown"] == pytest.approx(-100)
    assert cursor(bot).metrics["total_return_pct"] == pytest.approx(-100)
