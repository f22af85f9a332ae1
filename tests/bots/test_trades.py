"""Orders and positions over HTTP, made by real trades at the paper broker."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.trading.conftest import Desk
from tests.venues import Sandbox, markets, sandbox
from tradingrobotplug import clock, db
from tradingrobotplug.marketdata import venue
from tradingrobotplug.models import Bot, Order, Subscription, User
from tradingrobotplug.performance.jobs import refresh

__all__ = ["markets", "sandbox"]

Get = Callable[[str], Any]


@pytest.fixture
def desk(bot: dict[str, Any], markets: Sandbox) -> Desk:
    with db.transaction() as session:
        found = Desk(session.get_one(Bot, UUID(bot["id"])), markets)
    found.price("50000")
    return found


@pytest.fixture
def get(client: FlaskClient, headers: dict[str, str], bot: dict[str, Any]) -> Get:
    return lambda path: client.get(f"/api/bots/{bot['id']}{path}", headers=headers).json


def test_a_trade_shows_what_it_made_and_how_far_it_slipped(desk: Desk, get: Get) -> None:
    desk.trade("buy", "0.5", price=Decimal(50_000))
    desk.price("52000")
    desk.trade("close")

    answer = get("/trades")

    sold, bought = answer["trades"]
    assert (answer["total"], answer["page"], answer["limit"]) == (2, 1, 50)
    assert (bought["leg"], bought["pnl"], bought["state"]) == ("entry", None, "filled")
    assert (bought["quantity"], bought["reference_price"]) == ("0.5", "50000")
    assert bought["slippage_bps"] > 0
    assert (sold["leg"], sold["side"]) == ("exit", "sell")
    assert Decimal(sold["pnl"]) > 0
    assert sold["submitted_at"] is not None


@pytest.mark.parametrize(
    ("query", "legs"),
    [
        ("?status=filled", ["entry", "entry"]),
        ("?status=accepted", ["stop_loss"]),
        ("?status=open", ["stop_loss"]),
        ("?symbol=ETH-USD", ["entry"]),
        ("?symbol=eth-usd&status=filled", ["entry"]),
        ("?symbol=SOL-USD", []),
        ("?limit=1&page=3", ["entry"]),
        ("?side=sell", ["stop_loss"]),
        ("?end_date=2020-01-01", []),
        ("?start_date=2020-01-01&side=buy", ["entry", "entry"]),
    ],
)
def test_trades_are_filtered_and_paged(desk: Desk, get: Get, query: str, legs: list[str]) -> None:
    desk.trade("buy", "0.1", stop_loss=Decimal(45_000))
    desk.price("2500", symbol="ETH-USD")
    desk.trade("buy", "0.1", symbol="ETH-USD")

    assert [trade["leg"] for trade in get(f"/trades{query}")["trades"]] == legs


def test_pages_of_trades_go_on_after_the_last_one(desk: Desk, get: Get) -> None:
    desk.trade("buy", "0.1")
    desk.trade("buy", "0.1")
    desk.trade("close")
    whole = get("/trades")
    first = get("/trades?limit=2")
    rest = get(f"/trades?limit=2&after={first['next']}")
    assert [*first["trades"], *rest["trades"]] == whole["trades"]
    assert (first["total"], rest["next"], whole["next"]) == (3, None, None)


def test_an_order_that_may_still_trade_is_shown_however_old(
    desk: Desk, get: Get, subscribed: User
) -> None:
    desk.trade("buy", "0.1", stop_loss=Decimal(45_000))
    with db.transaction() as session:
        session.merge(
            Subscription(user_id=subscribed.id, plan_id="free", status="active",
                         updated_at=clock.now())
        )  # fmt: skip
        session.execute(update(Order).values(created_at=clock.now() - timedelta(days=9)))
    answer = get("/trades")
    assert [trade["leg"] for trade in answer["trades"]] == ["stop_loss"]
    assert answer["history"]["clamped"] is True


def test_an_unknown_status_is_refused_by_name(get: Get, bot: dict[str, Any]) -> None:
    assert "status" in get("/trades?status=perhaps")["details"]["fields"]["query"]


def test_a_position_is_shown_at_the_market_s_price(desk: Desk, get: Get) -> None:
    desk.trade("buy", "0.5")
    desk.price("52000")

    (position,) = get("/positions")["positions"]

    assert (position["symbol"], position["quantity"]) == ("BTC-USD", "0.5")
    gain = (Decimal(position["market_price"]) - Decimal(position["average_price"])) / 2
    assert Decimal(position["unrealised_pnl"]) == gain > 0


def test_without_market_data_a_position_shows_no_price(desk: Desk, get: Get) -> None:
    desk.trade("buy", "0.5")
    desk.market.tell("faults", path="/", kind="status", status=500, count=1000)
    venue.forget()

    (position,) = get("/positions")["positions"]

    assert position["quantity"] == "0.5"
    assert (position["market_price"], position["unrealised_pnl"]) == (None, None)


def test_a_bot_counts_its_open_positions(desk: Desk, get: Get) -> None:
    desk.trade("buy", "0.5")

    assert get("")["bot"]["open_positions"] == 1


def test_a_bot_shows_its_figures_once_they_are_taken(
    desk: Desk, get: Get, bot: dict[str, Any]
) -> None:
    desk.trade("buy", "0.5")
    desk.price("52000")
    desk.trade("close")
    (sold, _) = get("/trades")["trades"]

    refresh(bot["id"])

    pnl = float(sold["pnl"])
    assert get("")["bot"]["performance"] == {
        "total_pnl": pytest.approx(pnl, abs=0.01),
        "trade_count": 1,
        "win_rate": 100.0,
        "equity": pytest.approx(100_000 + pnl, abs=0.01),
    }
