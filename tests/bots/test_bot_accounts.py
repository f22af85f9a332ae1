"""A paper bot between our paper broker and its user's accounts on paper."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import KEY, headers_for, make_key, make_user
from tests.trading.conftest import SYMBOL, Desk
from tests.vault.accounts import keep
from tradingrobotplug import clock, db
from tradingrobotplug.models import AuditLog, Bot, Order, TradingAccount, User
from tradingrobotplug.signals.service import record_signal
from tradingrobotplug.trading import locks

from .traders import REVOKED, UNGUARDED, Trader, change, refusal, subscribe, trade

STOCKS = {"asset_type": "stocks", "exchange": "alpaca"}


@pytest.fixture
def stocks(trader: Trader, user: User) -> Trader:
    """A bot for stocks, and an Alpaca paper account."""
    change(Bot, trader.bot_id, **STOCKS)
    return Trader(trader.client, trader.headers, trader.bot_id, keep(user, 2).id)


def move(trader: Trader, account_id: UUID | None, **headers: Any) -> Any:
    body = {"trading_account_id": account_id and str(account_id)}
    return trader.post("account", headers.get("headers"), **body)


def test_a_bot_moves_to_a_paper_account_and_back(stocks: Trader) -> None:
    there = move(stocks, stocks.account_id).json["bot"]
    assert there["trading_account"] == {
        "id": str(stocks.account_id),
        "label": "Account 2",
        "broker": "alpaca",
        "environment": "paper",
    }
    assert there["trading_mode"] == "paper"
    assert move(stocks, None).json["bot"]["trading_account"] is None


def test_a_move_is_recorded(stocks: Trader) -> None:
    move(stocks, stocks.account_id)
    with db.transaction() as session:
        row = session.scalars(select(AuditLog).where(AuditLog.action == "bot.moved")).one()
    assert row.object_id == str(stocks.bot_id)
    assert row.details == {"by": "session", "account": str(stocks.account_id)}


def test_an_api_key_that_may_trade_may_move_a_paper_bot(stocks: Trader, user: User) -> None:
    subscribe(user, UNGUARDED)
    make_key(user)
    assert move(stocks, stocks.account_id, headers={"X-API-Key": KEY}).status_code == 200


def test_crypto_has_no_paper_account_and_is_told_so(trader: Trader) -> None:
    answer = move(trader, trader.account_id)
    assert refusal(answer) == (409, "account_not_fitting")
    assert "Coinbase has no paper environment" in answer.json["message"]
    assert "at our paper broker" in answer.json["message"]


@pytest.mark.parametrize(
    ("columns", "error"),
    [
        ({"environment": "live"}, "account_not_fitting"),
        ({"broker": "coinbase", "environment": "live"}, "account_not_fitting"),
        ({"permissions": "read"}, "account_cannot_trade"),
        (
            REVOKED,
            "account_cannot_trade",
        ),
    ],
    ids=["live", "other broker", "read only", "revoked"],
)
def test_an_account_that_does_not_fit_is_refused(
    stocks: Trader, columns: dict[str, Any], error: str
) -> None:
    change(TradingAccount, stocks.account_id, **columns)
    assert refusal(move(stocks, stocks.account_id)) == (409, error)
    assert stocks.bot.trading_account_id is None


def test_someone_else_s_account_and_bot_are_not_there(app: Flask, stocks: Trader) -> None:
    stranger = make_user("stranger@example.com")
    foreign = keep(stranger, 3)
    assert refusal(move(stocks, foreign.id)) == (404, "trading_account_not_found")
    own = headers_for(app, stranger)
    assert refusal(move(stocks, foreign.id, headers=own)) == (404, "bot_not_found")


def test_a_bot_with_a_position_stays_where_it_is(trader: Trader, desk: Desk) -> None:
    trade(desk, "buy", "0.5")
    answer = move(trader, None)
    assert refusal(answer) == (409, "bot_not_flat")
    assert answer.json["details"]["positions"] == ["0.5 BTC-USD"]


@pytest.mark.parametrize("state", ["held", "planned", "submitting", "accepted", "partially_filled"])
def test_a_bot_with_an_open_order_stays_where_it_is(trader: Trader, desk: Desk, state: str) -> None:
    trade(desk, "buy", "0.5")
    trade(desk, "close")
    with db.transaction() as session:
        session.scalars(select(Order).where(Order.leg == "exit")).one().state = state
    answer = move(trader, None)
    assert refusal(answer) == (409, "bot_not_flat")
    assert answer.json["details"]["orders"] == [f"sell 0.5 {SYMBOL} ({state})"]


def test_an_alert_that_waits_was_meant_for_where_the_bot_trades(trader: Trader) -> None:
    with db.transaction() as session:
        body = b'{"action":"buy","symbol":"BTC-USD"}'
        record_signal(session, trader.bot_id, body, None, "robot", clock.now())
    answer = move(trader, None)
    assert refusal(answer) == (409, "bot_not_flat")
    assert answer.json["message"].endswith("It has alerts that wait: 1.")


def test_a_bot_at_work_is_not_moved(trader: Trader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "_WAIT_SECONDS", 1.0)
    with db.engine().connect() as connection, locks.bot_lock(connection, trader.bot_id):
        assert refusal(move(trader, None)) == (409, "bot_busy")
    assert move(trader, None).status_code == 200


def test_a_live_bot_is_not_moved_by_the_way(trader: Trader) -> None:
    change(Bot, trader.bot_id, trading_mode="live", trading_account_id=trader.account_id)
    assert refusal(move(trader, None)) == (409, "bot_is_live")


def test_a_bot_without_an_account_says_where_it_goes(stocks: Trader) -> None:
    assert stocks.post("account").status_code == 422


def test_a_copy_begins_at_the_paper_broker(trader: Trader, user: User) -> None:
    change(Bot, trader.bot_id, trading_mode="live", trading_account_id=trader.account_id)
    copy = trader.post("clone").json["bot"]
    assert (copy["trading_mode"], copy["trading_account"], copy["went_live_at"]) == (
        "paper",
        None,
        None,
    )
