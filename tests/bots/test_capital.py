"""Capital put into a bot and taken out of it: a flow, and neither a gain nor a loss."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import KEY, headers_for, make_bot, make_key
from tests.performance.books import Traded, refresh, trade
from tradingrobotplug import clock, db
from tradingrobotplug.models import Bot, CapitalFlow, PaperAccount, Position, User
from tradingrobotplug.trading import capital

from .traders import Trader, refusal


@pytest.fixture
def mine(app: Flask, client: FlaskClient, user: User) -> Trader:
    """On paper, with $1,000."""
    bot = make_bot(user, starting_cash=Decimal(1_000))
    return Trader(client, headers_for(app, user), bot.id, bot.id)


def earned(bot: Bot, percent: str) -> None:
    """A round trip of $1,000 that ends now."""
    now, sold = clock.now(), str(1000 + 10 * Decimal(percent))
    trade(bot, Traded(now, "1", "1000"), Traded(now, "-1", sold), mode=bot.trading_mode)


def hold(bot: Bot, quantity: str, price: str, cash: str) -> None:
    """A position, and what the paper broker has left besides."""
    now = clock.now()
    position = Position(
        bot_id=bot.id, user_id=bot.user_id, symbol="BTC-USD", mode="paper",
        quantity=Decimal(quantity), average_price=Decimal(price), opened_at=now, updated_at=now,
    )  # fmt: skip
    held = {"BTC-USD": quantity}
    with db.transaction() as session:
        session.add_all([position, PaperAccount(bot_id=bot.id, cash=Decimal(cash), positions=held)])


def equity_of(trader: Trader) -> Any:
    path = f"/api/bots/{trader.bot_id}/equity"
    return trader.client.get(path, headers=trader.headers).json


def performance_of(trader: Trader) -> Any:
    path = f"/api/bots/{trader.bot_id}/performance"
    return trader.client.get(path, headers=trader.headers).json["metrics"]


def cash_of(bot: Bot) -> Decimal:
    with db.transaction() as session:
        return capital.cash(session, session.get_one(Bot, bot.id))


def flows(bot: Bot) -> list[Decimal]:
    with db.transaction() as session:
        mine = select(CapitalFlow.amount).where(CapitalFlow.bot_id == bot.id)
        return list(session.scalars(mine.order_by(CapitalFlow.seq)))


@pytest.mark.parametrize("is_refreshed", [True, False], ids=["known", "not yet known"])
def test_equity_changes_by_the_flow_and_the_return_does_not(
    mine: Trader, is_refreshed: bool
) -> None:
    earned(mine.bot, "10")
    is_refreshed and refresh(mine.bot)
    assert mine.post("capital", amount="900").status_code == 200
    refresh(mine.bot)
    before = performance_of(mine)
    assert before["total_return_pct"] == pytest.approx(10)
    assert mine.post("capital", amount="-1000").json["bot"]["starting_cash"] == "1000"
    refresh(mine.bot)

    shown = mine.client.get(f"/api/bots/{mine.bot_id}", headers=mine.headers).json["bot"]
    assert shown["performance"]["equity"] == 1100 + 900 - 1000
    after = performance_of(mine)
    for figure in ("total_return_pct", "total_return", "max_drawdown", "total_pnl"):
        assert after[figure] == before[figure]
    earned(mine.bot, "10")
    refresh(mine.bot)
    assert performance_of(mine)["total_return_pct"] == pytest.approx((1.1 * 1.1 - 1) * 100)


def test_the_curve_names_the_flow(mine: Trader) -> None:
    earned(mine.bot, "10")
    refresh(mine.bot)
    mine.post("capital", amount="250.5")
    refresh(mine.bot)
    assert [flow["amount"] for flow in equity_of(mine)["flows"]] == ["1000", "250.5"]


def test_a_bot_that_never_traded_begins_with_what_it_was_given(mine: Trader) -> None:
    answer = mine.post("capital", amount="-400")
    assert answer.json["bot"]["starting_cash"] == "600"
    assert answer.json["bot"]["performance"]["equity"] == 600
    assert (flows(mine.bot), cash_of(mine.bot)) == ([], 600)


def test_what_the_paper_broker_lets_it_spend_moves_too(mine: Trader) -> None:
    earned(mine.bot, "10")
    with db.transaction() as session:
        session.add(PaperAccount(bot_id=mine.bot_id, cash=Decimal(1_100), positions={}))
    mine.post("capital", amount="50")
    assert cash_of(mine.bot) == 1150


def test_no_more_than_is_free_is_taken_out(mine: Trader) -> None:
    hold(mine.bot, "1", "700", cash="300")
    answer = mine.post("capital", amount="-300.01")
    assert refusal(answer) == (409, "capital_not_free")
    assert answer.json["details"] == {"free": "300"}
    assert flows(mine.bot) == []
    assert mine.post("capital", amount="-300").status_code == 200


def test_what_was_sold_short_ties_capital_twice(mine: Trader) -> None:
    hold(mine.bot, "-1", "300", cash="1300")
    assert mine.post("capital", amount="-701").json["details"] == {"free": "700"}


@pytest.mark.parametrize("amount", ["0", "1000000000.01", "-1000000000.01", "x", None])
def test_an_amount_that_makes_no_sense_is_refused(mine: Trader, amount: str | None) -> None:
    assert mine.post("capital", amount=amount).status_code == 422


def test_a_live_bot_counts_with_what_it_was_given(ready: Trader) -> None:
    ready.go_live()
    earned(ready.bot, "-50")
    assert ready.post("capital", amount="500").status_code == 200
    assert cash_of(ready.bot) == 5000 - 500 + 500
    refresh(ready.bot)
    assert performance_of(ready)["total_return_pct"] == pytest.approx(-10)
    assert ready.post("capital", amount="-5000.01").json["details"] == {"free": "5000"}


def test_more_real_money_needs_a_fresh_proof_and_less_does_not(ready: Trader, user: User) -> None:
    ready.go_live()
    make_key(user)
    key = {"X-API-Key": KEY}
    assert refusal(ready.post("capital", headers=key, amount="1"))[1] == "second_factor_required"
    assert ready.post("capital", headers=key, amount="-1").status_code == 200
    assert flows(ready.bot) == [5000, -1]
