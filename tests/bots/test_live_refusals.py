"""Why a bot is not let live: plan, safeguards, account, what it holds."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from tests.factories import make_user
from tests.trading.conftest import SYMBOL, Desk
from tradingrobotplug import db
from tradingrobotplug.models import Bot, Order, Signal, TradingAccount, User
from tradingrobotplug.trading.intent import Intent

from .traders import PAPER_ONLY, REVOKED, Trader, change, live_account, refusal, subscribe, trade


def test_a_plan_on_paper_only_is_refused_with_the_next_one(ready: Trader, user: User) -> None:
    subscribe(user, PAPER_ONLY)
    answer = ready.terms()
    assert refusal(answer) == (403, "plan_limit_reached")
    assert answer.json["details"] == {
        "limit": "live_trading",
        "allowed": False,
        "plan": "free",
        "next_plan": "mid",
    }


def test_safeguards_ask_for_a_daily_loss_limit(ready: Trader) -> None:
    change(Bot, ready.bot_id, risk_management={"stop_loss_percent": "2"})
    assert refusal(ready.terms()) == (409, "daily_loss_limit_needed")


def test_safeguards_ask_for_a_trade_on_paper(trader: Trader, desk: Desk) -> None:
    desk.plan(desk.signal(), Intent("buy", SYMBOL, Decimal(1)))  # planned, never filled
    with db.transaction() as session:
        session.execute(update(Order).values(state="cancelled"))
        session.execute(update(Signal).values(status="done"))
    answer = trader.terms()
    assert refusal(answer) == (409, "not_traded_on_paper")


@pytest.mark.parametrize(
    ("columns", "error"),
    [
        ({"broker": "alpaca"}, "account_not_fitting"),
        ({"broker": "alpaca", "environment": "paper"}, "account_not_fitting"),
        ({"environment": "paper"}, "account_not_fitting"),
        ({"permissions": "read"}, "account_cannot_trade"),
        (REVOKED, "account_cannot_trade"),
    ],
    ids=["other broker", "other broker on paper", "on paper", "read only", "revoked"],
)
def test_an_account_that_does_not_fit_is_refused(
    ready: Trader, columns: dict[str, Any], error: str
) -> None:
    change(TradingAccount, ready.account_id, **columns)
    assert refusal(ready.terms()) == (409, error)


@pytest.mark.parametrize("capital", ["0", "-5", "1000000001", "NaN", None])
def test_capital_is_above_zero(ready: Trader, capital: str | None) -> None:
    assert ready.terms(capital=capital).status_code == 422


def test_someone_else_s_account_is_not_there(ready: Trader) -> None:
    foreign = live_account(make_user("stranger@example.com"), 2)
    answer = ready.terms(trading_account_id=str(foreign.id))
    assert refusal(answer) == (404, "trading_account_not_found")


def test_a_bot_that_holds_something_is_refused_with_what_it_holds(
    ready: Trader, desk: Desk
) -> None:
    trade(desk, "buy", "0.25")
    answer = ready.terms()
    assert refusal(answer) == (409, "bot_not_flat")
    assert answer.json["details"]["positions"] == ["0.25 BTC-USD"]
    assert "It holds 0.25 BTC-USD" in answer.json["message"]
