"""What loses money, of bots at an Alpaca account. The numbers are those of the list that the design
was made from; tests/brokers has those that the adapter answers for alone."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.factories import make_bot
from tests.trading.accounts import AccountDesk, bot_at, keep, let_trade_live, open_vault
from tests.trading.conftest import rows
from tests.venues import KEY, SECRET, Sandbox
from tradingrobotplug import clock, db
from tradingrobotplug.brokers.broker import NotReached
from tradingrobotplug.brokers.keys import BrokerKeys
from tradingrobotplug.config import Settings
from tradingrobotplug.models import Fill, Order, PaperOrder, Position, TradingAccount, User
from tradingrobotplug.trading import submit
from tradingrobotplug.trading.intent import Level, StopLoss
from tradingrobotplug.trading.locks import bot_lock
from tradingrobotplug.trading_accounts import access

D = Decimal
FIVE_PERCENT = StopLoss(Level(D(5), "percent"))
GUARDS = Order.parent_id.is_not(None)


@pytest.fixture
def account(user: User, settings: Settings, tmp_path: Path) -> TradingAccount:
    open_vault(settings, tmp_path)
    return keep(user, "alpaca", "paper", BrokerKeys(KEY, SECRET))


@pytest.fixture
def first(account: TradingAccount, user: User, markets: Sandbox) -> AccountDesk:
    return stocks_bot(account, user, markets)


@pytest.fixture
def second(account: TradingAccount, user: User, markets: Sandbox) -> AccountDesk:
    return stocks_bot(account, user, markets)


def stocks_bot(
    account: TradingAccount, user: User, markets: Sandbox, **columns: object
) -> AccountDesk:
    return bot_at(account, user, markets, asset_type="stocks", exchange="alpaca", **columns)


def held_by(desk: AccountDesk) -> Decimal:
    """Units of AAPL in the bot's own book."""
    return sum((p.quantity for p in rows(Position, Position.bot_id == desk.bot.id)), D(0))


def test_loss_6_an_exit_whose_answer_was_lost_is_an_own_order_and_sells_once(
    first: AccountDesk, second: AccountDesk, markets: Sandbox
) -> None:
    first.trade("buy", "10", symbol="AAPL")
    second.trade("buy", "5", symbol="AAPL")
    first.settle()
    markets.tell("faults", kind="status_after", path="/v2/orders", method="POST")
    (sale,) = first.trade("close", symbol="AAPL").orders
    again = [submit.send(sale.signal_id, clock.now()).word for _ in range(2)]
    first.settle()
    assert (sale.type, sale.quantity, again) == ("market", 10, ["done", "done"])
    assert (held_by(first), first.held()) == (D(0), D(5))
    assert [fill.quantity for fill in rows(Fill, Fill.side == "sell")] == [10]


def test_loss_6_a_close_that_comes_twice_closes_once(first: AccountDesk) -> None:
    first.trade("buy", "10", symbol="AAPL")
    first.settle()
    first.trade("close", symbol="AAPL")
    first.settle()
    assert first.trade("close", symbol="AAPL").status == "ignored"
    assert first.held() == 0


def test_loss_7_each_of_two_bots_on_one_account_sells_its_own(
    first: AccountDesk, second: AccountDesk
) -> None:
    first.trade("buy", "10", symbol="AAPL")
    second.trade("buy", "4", symbol="AAPL")
    first.settle()
    second.trade("sell", "9", symbol="AAPL")
    second.settle()
    assert (held_by(first), held_by(second), first.held()) == (D(10), D(0), D(10))
    assert second.trade("close", symbol="AAPL").status == "ignored"


def test_loss_7_a_sell_without_a_position_opens_no_short(
    first: AccountDesk, account: TradingAccount, user: User, markets: Sandbox
) -> None:
    first.trade("buy", "10", symbol="AAPL")
    first.settle()
    assert stocks_bot(account, user, markets).trade("sell", "3", symbol="AAPL").status == "refused"
    shorting = stocks_bot(account, user, markets, execution={"allow_short": True})
    assert shorting.trade("sell", "3", symbol="AAPL").status == "refused"
    assert rows(Order, Order.bot_id == shorting.bot.id) == []
    assert (held_by(first), held_by(shorting), first.held()) == (D(10), D(0), D(10))


def test_loss_8_what_was_filled_before_the_venue_cancelled_is_guarded(
    first: AccountDesk, markets: Sandbox
) -> None:
    markets.tell("faults", kind="partial_fill")
    first.trade("buy", "10", symbol="AAPL", stop=FIVE_PERCENT)
    first.settle()
    (entry, stop) = rows(Order)
    assert (entry.state, entry.filled_quantity) == ("cancelled", 5)
    assert (stop.state, stop.quantity, held_by(first)) == ("accepted", 5, D(5))
    first.price("189", symbol="AAPL")
    first.settle(2)
    assert (held_by(first), first.held()) == (D(0), D(0))


def test_loss_12_an_order_for_paper_never_reaches_a_live_account(
    user: User, markets: Sandbox, settings: Settings, tmp_path: Path
) -> None:
    open_vault(settings, tmp_path)
    keys = {"broker": "alpaca", "key": "live-key", "secret": "live-secret"}
    markets.tell("keys", environment="live", **keys)
    live = keep(user, "alpaca", "live", BrokerKeys("live-key", "live-secret"))
    desk = stocks_bot(live, user, markets, trading_mode="paper")
    assert desk.trade("buy", "10", symbol="AAPL").status == "refused"
    assert (desk.broker.positions(), desk.broker.open_orders()) == ({}, [])
    with pytest.raises(NotReached):
        access.broker_of(live.id, "paper")


def test_loss_12_a_live_bot_without_an_account_never_falls_back_to_paper(
    user: User, markets: Sandbox
) -> None:
    let_trade_live(user)
    desk = AccountDesk(
        make_bot(user, asset_type="stocks", exchange="alpaca", trading_mode="live"), markets, "AAPL"
    )
    desk.price("200", symbol="AAPL")
    plan = desk.trade("buy", "10", symbol="AAPL")
    assert (plan.status, "account" in str(plan.reason)) == ("refused", True)
    assert (rows(Order), rows(PaperOrder)) == ([], [])


def test_loss_13_a_stop_refused_as_a_wash_trade_is_held_here_and_sells(
    first: AccountDesk, second: AccountDesk
) -> None:
    second.trade("buy", "1", symbol="AAPL", order_type="limit", limit_price=D(150))
    first.trade("buy", "10", symbol="AAPL", stop=FIVE_PERCENT)
    first.settle(2)
    assert [state for _, _, state in first.orders(GUARDS)] == ["rejected", "held"]
    first.price("189", symbol="AAPL")
    first.settle(3)
    assert (held_by(first), first.held()) == (D(0), D(0))
    (entry,) = rows(Order, Order.bot_id == second.bot.id)
    assert (entry.state, "another bot" in str(entry.reason)) == ("cancelled", True)


def test_loss_13_an_exit_that_would_meet_another_bots_entry_waits_for_that_bot(
    first: AccountDesk, second: AccountDesk
) -> None:
    first.trade("buy", "10", symbol="AAPL")
    first.settle()
    second.trade("buy", "1", symbol="AAPL", order_type="limit", limit_price=D(150))
    with db.engine().connect() as busy, bot_lock(busy, second.bot.id):
        (sale,) = first.trade("close", symbol="AAPL").orders
        assert submit.send(sale.signal_id, clock.now()).word == "retry"
    assert submit.send(sale.signal_id, clock.now()).word == "done"
    first.settle()
    assert (held_by(first), first.held()) == (D(0), D(0))


def test_loss_14_fills_that_nobody_saw_are_all_booked_by_the_next_poll(
    first: AccountDesk, second: AccountDesk
) -> None:
    first.trade("buy", "10", symbol="AAPL", stop=FIVE_PERCENT)
    first.settle()
    second.trade("buy", "3", symbol="MSFT", order_type="limit", limit_price=D(90))
    first.price("189", symbol="AAPL")
    first.price("89", symbol="MSFT")
    first.settle()
    assert first.broker.positions() == {"MSFT": D(3)}
    assert {p.symbol: p.quantity for p in rows(Position)} == {"MSFT": D(3)}
    assert [state for _, _, state in first.orders()] == ["filled", "filled", "filled"]


def test_loss_15_a_stop_that_fills_while_it_is_cancelled_is_booked_and_nothing_sold_twice(
    first: AccountDesk,
) -> None:
    first.trade("buy", "10", symbol="AAPL", stop=FIVE_PERCENT)
    first.settle()
    first.price("189", symbol="AAPL")  # Alpaca has sold; nobody has asked yet
    plan = first.trade("close", symbol="AAPL")
    first.settle()
    assert (plan.status, plan.reason) == ("ignored", "no position")
    assert [state for _, _, state in first.orders()] == ["filled", "filled"]
    assert (held_by(first), first.held()) == (D(0), D(0))
