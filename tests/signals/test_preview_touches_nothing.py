"""A preview leaves no trace, and shows the very orders that the alert then makes."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.factories import make_bot
from tests.venues import Sandbox
from tradingrobotplug import clock, db
from tradingrobotplug.models import Bot, Order, UsageCounter, User
from tradingrobotplug.money import as_text
from tradingrobotplug.signals import jobs

from .alerts import change, post
from .conftest import orders_of, post_alert
from .previewing import Preview, mine, preview, prices, stocks_bot

__all__ = ["mine", "preview", "prices"]

SAMPLES = sorted((Path(__file__).parents[2] / "shared-schemas" / "samples").glob("alert-*"))
# Of what the venue reads; amounts are text on the wire.
TERMS = ("leg", "venue", "symbol", "side", "type", "time_in_force", "extended_hours", "quantity",
         "limit_price", "stop_price", "trail_percent", "trail_amount",
         "reference_price")  # fmt: skip


def hold(bot: Bot, *alerts: str) -> None:
    for alert in alerts:
        post_alert(bot, alert.encode())
    jobs.process_signals(str(bot.id))


def everything() -> dict[str, Any]:
    """Every row of every table, as a fingerprint."""
    with db.transaction() as session:
        return {
            table.name: session.scalar(
                text(f'SELECT count(*) || md5(string_agg(t::text, E"\\n" ORDER BY t::text)) '
                     f'FROM "{table.name}" t'.replace('E"\\n"', "','"))
            )
            for table in db.Base.metadata.sorted_tables
        }  # fmt: skip


@pytest.mark.parametrize(
    "alert",
    [
        "buy 0.01 BTCUSD",
        "close BTCUSD",
        "FLATTEN",
        "cancel BTCUSD",
        "hello",
        '{"action": "buy", "symbol": "BTC-USD", "cancel": true}',
    ],
)
def test_a_preview_changes_no_row_and_no_order_at_the_venue(
    prices: Sandbox, bot: Bot, preview: Preview, alert: str
) -> None:
    hold(
        bot,
        '{"action": "buy", "symbol": "BTC-USD", "quantity": "0.1", "stopLoss": "5%"}',
        "buy 0.1 BTCUSD at 40000 limit",
    )
    preview(bot, "buy 1 BTCUSD")  # the session's first request of the minute is noted
    before = everything()
    preview(bot, alert)
    assert everything() == before


def bot_for_sample(user: User, sample: Path) -> Bot:
    return stocks_bot(user) if b"AAPL" in sample.read_bytes() else make_bot(user)


def on_the_wire(order: Order) -> dict[str, Any]:
    values = {name: getattr(order, name) for name in TERMS}
    return {n: as_text(v) if isinstance(v, Decimal) else v for n, v in values.items()}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_the_order_shown_is_the_order_made(
    prices: Sandbox, user: User, preview: Preview, sample: Path
) -> None:
    bot = bot_for_sample(user, sample)
    hold(bot, *HELD[bot.asset_type])
    body = sample.read_text().replace("2026-01-05T15:00:03Z", clock.now().isoformat())
    shown = preview(bot, body)
    signal_id = post_alert(bot, body.encode())
    jobs.process_signals(str(bot.id))
    made = orders_of(signal_id)
    assert shown["status"] == "planned"
    assert [{name: o[name] for name in TERMS} for o in shown["orders"]] == [
        on_the_wire(order) for order in made if order.parent_id is None
    ]
    guards = sorted((o.type, as_text(o.quantity)) for o in made if o.parent_id is not None)
    filled = [order for order in made if order.parent_id is None and order.filled_quantity]
    foretold = [g for o in shown["orders"] for g in o["protection"] if filled]
    assert sorted((g["type"], g["quantity"]) for g in foretold) == guards


HELD = {"crypto": ("buy 0.1 BTCUSD", "buy 2 ETHUSD"), "stocks": ("buy 20 shares of AAPL",)}


def test_there_are_eleven_samples() -> None:
    assert len(SAMPLES) == 11


def test_a_repeat_is_shown_with_the_signal_it_repeats(
    client: Any, prices: Sandbox, bot: Bot, preview: Preview
) -> None:
    alert = '{"action": "buy", "symbol": "BTC-USD", "quantity": 0.01}'
    first = post(client, bot, alert.encode()).json["signal_id"]
    shown = preview(bot, alert)
    assert (shown["status"], shown["orders"]) == ("refused", [])
    assert (shown["webhook"]["answer"], shown["webhook"]["signal_id"]) == ("duplicate", first)


def test_a_repeat_after_its_window_is_taken(
    client: Any, prices: Sandbox, bot: Bot, preview: Preview, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = '{"action": "buy", "symbol": "BTC-USD", "quantity": 0.01}'
    post(client, bot, alert.encode())
    later = clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert preview(bot, alert)["webhook"]["answer"] == "received"


def test_the_daily_number_is_looked_at(
    prices: Sandbox, bot: Bot, user: User, preview: Preview
) -> None:
    with db.transaction() as session:
        day = clock.now().date()
        session.add(UsageCounter(user_id=user.id, day=day, kind="webhooks", count=10**9))
    shown = preview(bot, "buy 0.01 BTCUSD")
    assert (shown["status"], shown["webhook"]["answer"]) == ("refused", "rate_limited")
    assert "alerts a day" in shown["refusal"]


def test_what_is_too_large_is_not_looked_into(bot: Bot, preview: Preview) -> None:
    shown = preview(bot, "x" * (64 * 1024 + 1))
    assert (shown["status"], shown["webhook"]["answer"]) == ("refused", "too_large")


def test_a_paused_bot_lets_exits_through_only(prices: Sandbox, bot: Bot, preview: Preview) -> None:
    hold(bot, "buy 0.01 BTCUSD")
    change(bot, status="paused")
    entry, exit_ = preview(bot, "buy 0.01 BTCUSD"), preview(bot, "close BTCUSD")
    assert (entry["status"], entry["refusal"]) == ("ignored", "The bot is paused.")
    assert (exit_["status"], len(exit_["orders"])) == ("planned", 1)
