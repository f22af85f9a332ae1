"""Our books beside Alpaca's: bracket orders, shares held back by guards, paper accounts."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.trading.accounts import AccountDesk, at_alpaca, bot_at, open_vault
from tests.trading.conftest import rows
from tests.venues import HEADERS, Sandbox
from tradingrobotplug import clock, db
from tradingrobotplug.config import Settings
from tradingrobotplug.models import AccountState, Drift, Order, Position, TradingAccount, User
from tradingrobotplug.trading.intent import Level, StopLoss, TakeProfit
from tradingrobotplug.trading.locks import transactions_on
from tradingrobotplug.trading.reconciliation import reconciler, repair, repairing

D = Decimal
GUARDS: dict[str, Any] = {
    "stop": StopLoss(Level(D(5), "percent")),
    "take_profits": (TakeProfit(Level(D(10), "percent")),),
}


@pytest.fixture
def alpaca(user: User, markets: Sandbox, settings: Settings, tmp_path: Path) -> AccountDesk:
    """The account holds three shares of the user's own."""
    open_vault(settings, tmp_path)
    desk = at_alpaca(user, markets)
    by_hand(desk, "buy", "3")
    look(desk, 0)
    return desk


def look(desk: AccountDesk, *minutes: float) -> None:
    """Reconcile so many minutes from now."""
    for later in minutes:
        account_id = desk.bot.trading_account_id
        assert account_id is not None
        reconciler.look(account_id, clock.now() + timedelta(minutes=later))


def by_hand(desk: AccountDesk, side: str, quantity: str, **fields: str) -> str:
    """The user's own order; its id at Alpaca."""
    body = {"symbol": "AAPL", "side": side, "qty": quantity, "type": "market",
            "time_in_force": "day"} | fields  # fmt: skip
    answer = requests.post(f"{desk.market.url}/v2/orders", json=body, headers=HEADERS, timeout=5)
    answer.raise_for_status()
    found = requests.get(
        f"{desk.market.url}/v2/orders/{answer.json()['id']}", headers=HEADERS, timeout=5
    )
    return str(found.json()["id"])


def drifts() -> list[tuple[Any, ...]]:
    found = rows(Drift, Drift.resolved_at.is_(None))
    return [(one.kind, one.symbol, one.ours, one.theirs) for one in found]


def mend(way: Any) -> None:
    """What the route does."""
    now = clock.now()
    (drift,) = rows(Drift, Drift.resolved_at.is_(None))
    with db.transaction() as session:
        task = repairing.asked(session, drift.user_id, drift.id, way)
    assert task is not None
    with db.engine().connect() as connection:
        repair.carry_out(task, now, transactions_on(connection))


@pytest.fixture
def sold(alpaca: AccountDesk) -> AccountDesk:
    """The bot has bought ten shares and guards them; its user has sold four of all."""
    alpaca.trade("buy", "10", symbol="AAPL", **GUARDS)
    alpaca.settle(2)
    by_hand(alpaca, "sell", "3")
    requests.delete(f"{alpaca.market.url}/v2/orders", headers=HEADERS, timeout=5)
    by_hand(alpaca, "sell", "4")
    alpaca.settle(2)
    look(alpaca, 1, 2, 3)
    return alpaca


def test_a_guarded_position_beside_the_user_s_own_shares_is_no_drift(alpaca: AccountDesk) -> None:
    alpaca.trade("buy", "10", symbol="AAPL", **GUARDS)
    alpaca.settle(2)
    look(alpaca, 1, 2, 3)

    (state,) = rows(AccountState)
    assert (state.positions, state.outside) == ({"AAPL": "13"}, {"AAPL": "3"})
    assert ("stop_loss", "bracket", "accepted") in alpaca.orders() or len(alpaca.orders()) > 1
    assert drifts() == []


def test_shares_sold_by_hand_show_and_the_book_takes_it_over(sold: AccountDesk) -> None:
    assert drifts() == [("position", "AAPL", 13, 6)]
    mend("broker")

    assert [one.quantity for one in rows(Position)] == [D(3)]
    look(sold, 4, 5)
    assert drifts() == []


def test_the_shares_are_bought_back_and_guarded(sold: AccountDesk) -> None:
    mend("ours")
    sold.work()
    sold.settle(3)

    assert (sold.held(), rows(Position)[0].quantity) == (13, 10)
    live = rows(Order, Order.state.in_(("accepted", "held")), Order.parent_id.is_not(None))
    assert sum({one.oco_group: one.quantity for one in live}.values()) == D(10)
    look(sold, 4, 5)
    assert drifts() == []


def test_an_order_that_alpaca_does_not_know_is_given_up(alpaca: AccountDesk) -> None:
    alpaca.trade("buy", "10", symbol="AAPL", order_type="limit", limit_price=D(150))
    requests.delete(f"{alpaca.market.url}/v2/orders", headers=HEADERS, timeout=5)
    with db.transaction() as session:
        order = session.get_one(Order, rows(Order)[0].id)
        order.client_order_id, order.broker_order_id = "trp" + "y" * 29, None
    look(alpaca, 1, 2)
    assert drifts() == [("missing_order", "AAPL", 10, 0)]

    mend("broker")
    assert [one.state for one in rows(Order)] == ["cancelled"]


def test_loss_7_two_bots_at_alpaca_keep_their_own_books(alpaca: AccountDesk, user: User) -> None:
    with db.transaction() as session:
        account = session.get_one(TradingAccount, alpaca.bot.trading_account_id)
    other = bot_at(account, user, alpaca.market, asset_type="stocks", exchange="alpaca")
    alpaca.trade("buy", "5", symbol="AAPL")
    other.trade("buy", "2", symbol="AAPL")
    alpaca.settle(2)
    other.trade("close", symbol="AAPL")
    alpaca.settle(2)
    look(alpaca, 1, 2, 3)

    assert [(p.bot_id, p.quantity) for p in rows(Position)] == [(alpaca.bot.id, D(5))]
    assert (alpaca.held(), drifts()) == (8, [])
