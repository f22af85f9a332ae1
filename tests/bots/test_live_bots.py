"""What a live bot's user may still change, and what stands in its way."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from tests.trading.conftest import Desk
from tests.vault.accounts import keep
from tradingrobotplug import clock, db
from tradingrobotplug.models import Bot, Halt, Order, TradingAccount, User
from tradingrobotplug.trading_accounts import panic

from .traders import (
    LIMITS,
    PAPER_ONLY,
    REVOKED,
    UNGUARDED,
    Trader,
    change,
    live_account,
    refusal,
    subscribe,
    trade,
)


@pytest.fixture
def live(trader: Trader) -> Trader:
    """A bot that trades with real money."""
    change(
        Bot,
        trader.bot_id,
        trading_mode="live",
        trading_account_id=trader.account_id,
        went_live_at=clock.now(),
    )
    return trader


def edit(trader: Trader, **changes: Any) -> Any:
    path = f"/api/bots/{trader.bot_id}"
    return trader.client.put(path, json=changes, headers=trader.headers)


def delete(trader: Trader, path: str) -> Any:
    return trader.client.delete(f"/api/{path}", headers=trader.headers)


def shown(trader: Trader) -> Any:
    return trader.client.get(f"/api/bots/{trader.bot_id}", headers=trader.headers).json["bot"]


def test_safeguards_keep_the_daily_loss_limit(live: Trader) -> None:
    assert refusal(edit(live, risk_management={})) == (409, "daily_loss_limit_needed")
    assert live.bot.risk_management == LIMITS
    assert edit(live, risk_management={"max_daily_loss": "100"}).status_code == 200
    assert edit(live, name="Day owl").status_code == 200


def test_without_safeguards_or_on_paper_the_limit_may_go(live: Trader, user: User) -> None:
    subscribe(user, UNGUARDED)
    assert edit(live, risk_management={}).status_code == 200


def test_on_paper_the_limit_may_go(trader: Trader) -> None:
    assert edit(trader, risk_management={}).status_code == 200


def test_nothing_blocks_a_bot_that_may_trade(live: Trader) -> None:
    assert shown(live)["blocked"] == []


def test_a_smaller_plan_blocks_a_live_bot_and_not_a_paper_one(live: Trader, user: User) -> None:
    subscribe(user, PAPER_ONLY)
    assert shown(live)["blocked"] == ["The Free plan does not include live trading."]
    change(Bot, live.bot_id, trading_mode="paper", trading_account_id=None)
    assert shown(live)["blocked"] == []


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        (
            REVOKED,
            "The keys of the account “Account 1” were revoked. Give new ones.",
        ),
        (
            {"permissions": "read"},
            "The account “Account 1” may be read only: allow it to trade first.",
        ),
        (
            {"environment": "paper"},
            "The account “Account 1” is not one that this bot may trade at.",
        ),
    ],
    ids=["revoked", "read only", "not live"],
)
def test_an_account_that_can_t_trade_blocks_its_bot(
    live: Trader, columns: dict[str, Any], sentence: str
) -> None:
    change(TradingAccount, live.account_id, **columns)
    assert shown(live)["blocked"] == [sentence]


def test_a_live_bot_without_an_account_is_blocked(live: Trader) -> None:
    change(Bot, live.bot_id, trading_account_id=None)
    assert shown(live)["blocked"] == ["This bot trades live, but has no trading account."]


def test_safeguards_block_a_live_bot_without_a_daily_loss_limit(live: Trader) -> None:
    change(Bot, live.bot_id, risk_management={})
    (sentence,) = shown(live)["blocked"]
    assert "no daily loss limit" in sentence


def test_who_stopped_trading_is_said(trader: Trader, user: User) -> None:
    with db.transaction() as session:
        session.add(Halt(level="entries", ordered_at=clock.now()))
        mine = {"user_id": user.id, "ordered_by": user.id, "ordered_at": clock.now()}
        session.add(Halt(level="flatten", lifted_at=clock.now(), **mine))
        session.add(Halt(level="cancel", **mine))
    (sentence,) = shown(trader)["blocked"]
    assert sentence.startswith("You stopped trading at ")


def test_a_lock_is_shown_with_its_end(trader: Trader) -> None:
    until = clock.now() + timedelta(hours=5)
    change(Bot, trader.bot_id, locked_until=until)
    assert shown(trader)["locked_until"] == until.isoformat()


def test_a_live_bot_that_holds_something_is_not_deleted(trader: Trader, desk: Desk) -> None:
    trade(desk, "buy", "0.5")
    change(Bot, trader.bot_id, trading_mode="live", trading_account_id=trader.account_id)
    assert refusal(delete(trader, f"bots/{trader.bot_id}")) == (409, "bot_not_flat")
    trade(desk, "close")
    assert delete(trader, f"bots/{trader.bot_id}").status_code == 200


def test_an_account_that_bots_trade_at_is_not_removed(live: Trader) -> None:
    answer = delete(live, f"trading-accounts/{live.account_id}")
    assert refusal(answer) == (409, "account_in_use")
    assert answer.json["details"] == {"bots": ["Night owl"]}
    delete(live, f"bots/{live.bot_id}")
    assert delete(live, f"trading-accounts/{live.account_id}").status_code == 200


def test_an_account_with_an_order_under_way_is_not_removed(trader: Trader, desk: Desk) -> None:
    trade(desk, "buy", "0.5")
    with db.transaction() as session:
        session.execute(update(Order).values(account_id=trader.account_id, state="accepted"))
    answer = delete(trader, f"trading-accounts/{trader.account_id}")
    assert refusal(answer) == (409, "account_in_use")


def test_an_account_that_nothing_trades_at_is_removed(trader: Trader, user: User) -> None:
    assert delete(trader, f"trading-accounts/{live_account(user, 2).id}").status_code == 200
    assert delete(trader, f"trading-accounts/{keep(user, 3).id}").status_code == 200


def test_the_answer_to_a_leak_goes_on_working(live: Trader) -> None:
    with db.transaction() as session:
        panic.stop_everything(session, clock.now())
    assert shown(live)["status"] == "paused"
    assert shown(live)["blocked"] == [
        "The keys of the account “Account 1” were revoked. Give new ones."
    ]
