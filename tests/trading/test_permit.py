"""Where a bot's entries stand by now: its plan, its account, other bots, its own books."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from tests.bots.traders import (
    LIMITS,
    PAPER_ONLY,
    REVOKED,
    SAFEGUARDED,
    UNGUARDED,
    change,
    live_account,
    subscribe,
)
from tests.factories import make_bot
from tests.trading.conftest import SYMBOL, Desk
from tradingrobotplug import clock, db
from tradingrobotplug.config import Settings
from tradingrobotplug.models import (
    AccountState,
    Bot,
    Fill,
    Order,
    Position,
    RoundTrip,
    TradingAccount,
    User,
)
from tradingrobotplug.trading import holdings
from tradingrobotplug.trading.intent import Intent
from tradingrobotplug.vault import keyring

D = Decimal


@pytest.fixture
def account(user: User, settings: Settings) -> TradingAccount:
    keyring.connect(settings)
    return live_account(user)


@pytest.fixture
def live(desk: Desk, user: User, account: TradingAccount) -> Desk:
    """The desk's bot, which has bought half a Bitcoin on paper, sold it and gone live."""
    subscribe(user, SAFEGUARDED)
    desk.trade("buy", "0.5")
    desk.trade("close")
    with db.transaction() as session:
        session.add(seen(account))
    return gone_live(desk, account)


def seen(account: TradingAccount) -> AccountState:
    """The account as its broker showed it a moment ago."""
    million = D(1_000_000)
    return AccountState(
        account_id=account.id, cash=million, buying_power=million, equity=million,
        fee_rate=D("0.006"), positions={}, outside={}, unsupported=[], answered_at=clock.now(),
    )  # fmt: skip


def gone_live(desk: Desk, account: TradingAccount) -> Desk:
    change(
        Bot,
        desk.bot.id,
        trading_mode="live",
        trading_account_id=account.id,
        risk_management=LIMITS,
        starting_cash=D(5000),
        went_live_at=clock.now(),
    )
    with db.transaction() as session:
        desk.bot = session.get_one(Bot, desk.bot.id)
    return desk


def reason(desk: Desk, quantity: str = "0.1", action: Any = "buy") -> str | None:
    """Why an entry is refused; None if it is planned."""
    return desk.plan(desk.signal(), Intent(action, SYMBOL, D(quantity))).reason


def test_a_live_bot_with_everything_it_needs_enters(live: Desk) -> None:
    assert reason(live) is None


def test_a_smaller_plan_acts_on_the_next_signal(live: Desk, user: User) -> None:
    subscribe(user, PAPER_ONLY)
    assert reason(live) == "The Free plan does not include live trading."
    subscribe(user, SAFEGUARDED)
    assert reason(live) is None


@pytest.mark.parametrize(
    "columns",
    [REVOKED, {"permissions": "read"}, {"environment": "paper"}, {"broker": "alpaca"}],
    ids=["revoked", "read only", "on paper", "other broker"],
)
def test_an_account_that_can_t_trade_refuses_entries(
    live: Desk, account: TradingAccount, columns: dict[str, Any]
) -> None:
    change(TradingAccount, account.id, **columns)
    assert "The keys of" in str(reason(live)) or "“Account 1”" in str(reason(live))


def test_a_paper_bot_never_enters_with_real_money(live: Desk) -> None:
    change(Bot, live.bot.id, trading_mode="paper")
    live.bot.trading_mode = "paper"
    assert "is not one that this bot may trade at" in str(reason(live))


def test_a_live_bot_without_an_account_enters_nothing(live: Desk) -> None:
    live.bot.trading_account_id = None
    assert reason(live) == "This bot trades live, but has no trading account."


def test_an_exit_of_a_live_bot_passes_whatever_its_plan_and_account(
    live: Desk, user: User, account: TradingAccount
) -> None:
    hold(live.bot, "0.2")
    subscribe(user, PAPER_ONLY)
    change(TradingAccount, account.id, **REVOKED)
    assert reason(live, "0.2", "sell") is None


def test_the_first_live_order_is_at_most_twice_the_largest_on_paper(live: Desk) -> None:
    assert "it may be worth" in str(reason(live, "1.01"))
    assert reason(live, "0.99") is None


def test_once_a_live_entry_has_filled_the_next_may_be_larger(live: Desk) -> None:
    reason(live)
    with db.transaction() as session:
        session.execute(update(Order).where(Order.mode == "live").values(filled_quantity=D("0.1")))
    assert reason(live, "5") is None


def test_a_first_order_that_rests_leaves_the_next_one_limited(live: Desk) -> None:
    reason(live)
    assert "it may be worth" in str(reason(live, "1.01"))


def test_gone_live_again_the_first_order_is_small_again(
    live: Desk, account: TradingAccount
) -> None:
    reason(live)
    with db.transaction() as session:
        session.execute(update(Order).where(Order.mode == "live").values(filled_quantity=D("0.1")))
    gone_live(live, account)
    assert "it may be worth" in str(reason(live, "1.01"))


def test_without_safeguards_the_first_order_is_as_large_as_asked(live: Desk, user: User) -> None:
    subscribe(user, UNGUARDED)
    assert reason(live, "5") is None


def test_safeguards_refuse_entries_without_a_daily_loss_limit(live: Desk) -> None:
    live.bot.risk_management = {}
    assert "no daily loss limit" in str(reason(live))


@pytest.fixture
def other(live: Desk, user: User, account: TradingAccount) -> Bot:
    """Another bot on the same account."""
    return make_bot(user, name="Bear", trading_mode="live", trading_account_id=account.id)


def hold(bot: Bot, quantity: str) -> None:
    now = clock.now()
    row = Position(
        bot_id=bot.id, symbol=SYMBOL, user_id=bot.user_id, mode="live", quantity=D(quantity),
        average_price=D(50_000), opened_at=now, updated_at=now,
    )  # fmt: skip
    with db.transaction() as session:
        session.add(row)


def enter(bot: Bot, live: Desk, side: str, state: str) -> None:
    with db.transaction() as session:
        session.add(order_of(bot, live, side, state))


def signal_of(bot: Bot, live: Desk) -> UUID:
    return live.signal() if bot.id == live.bot.id else Desk(bot, live.market).signal()


def order_of(bot: Bot, live: Desk, side: str, state: str) -> Order:
    return Order(
        signal_id=signal_of(bot, live), leg="entry", bot_id=bot.id, user_id=bot.user_id,
        mode="live", venue="coinbase", client_order_id="other", state=state, symbol=SYMBOL,
        side=side, type="limit", time_in_force="gtc", quantity=D(1), created_at=clock.now(),
    )  # fmt: skip


CROSSED = "Your bot “Bear” trades BTC-USD the other way at the same account."


def test_an_entry_against_another_bot_s_position_is_refused(live: Desk, other: Bot) -> None:
    hold(other, "-1")
    assert reason(live) == CROSSED


@pytest.mark.parametrize("state", ["planned", "submitting", "accepted", "partially_filled"])
def test_an_entry_against_another_bot_s_unfinished_entry_is_refused(
    live: Desk, other: Bot, state: str
) -> None:
    enter(other, live, "sell", state)
    assert reason(live) == CROSSED


def test_another_bot_in_the_same_direction_is_no_obstacle(live: Desk, other: Bot) -> None:
    hold(other, "1")
    enter(other, live, "buy", "accepted")
    assert reason(live) is None


def test_another_bot_s_entry_that_has_ended_is_no_obstacle(live: Desk, other: Bot) -> None:
    enter(other, live, "sell", "cancelled")
    assert reason(live) is None


def test_a_bot_at_another_account_is_no_obstacle(live: Desk, other: Bot) -> None:
    hold(other, "-1")
    change(Bot, other.id, trading_account_id=None)
    assert reason(live) is None


def test_of_two_opposite_entries_planned_at_once_one_is_refused(live: Desk, other: Bot) -> None:
    with ThreadPoolExecutor(1) as thread:
        with db.transaction() as session:
            assert holdings.crossed(session, live.bot, SYMBOL, "buy") is None
            second = thread.submit(crossed, other, "sell")
            with pytest.raises(TimeoutError):
                second.result(timeout=0.3)
            session.add(order_of(live.bot, live, "buy", "planned"))
        assert second.result(timeout=5) == CROSSED.replace("Bear", "Bot")


def crossed(bot: Bot, side: str) -> str | None:
    with db.transaction() as session:
        return holdings.crossed(session, bot, SYMBOL, side)


def test_what_was_made_on_paper_today_pays_for_no_live_loss(live: Desk) -> None:
    with db.transaction() as session:
        session.execute(update(RoundTrip).values(pnl=D(1000)))
        result = holdings.day_result(session, live.bot, {}, {}, clock.now())
    assert result == 0


def test_a_live_bot_s_equity_is_its_capital_and_what_its_live_fills_made_of_it(live: Desk) -> None:
    assert equity(live.bot, {}) == D(5000)
    with db.transaction() as session:
        paper = session.query(Fill).filter(Fill.side == "buy").one()
        at = {"trade_id": paper.trade_id, "bot_id": paper.bot_id, "user_id": paper.user_id}
        fill = {"mode": "live", "symbol": SYMBOL, "side": "buy", "quantity": D("0.1")}
        money = {"price": D(50_000), "fee": D(3)}
        session.add(Fill(broker_fill_id="1", filled_at=clock.now(), **at, **fill, **money))
        before = clock.now() - timedelta(days=1)  # an earlier time live
        session.add(Fill(broker_fill_id="0", filled_at=before, **at, **fill, **money))
    hold(live.bot, "0.1")
    assert equity(live.bot, {SYMBOL: D(51_000)}) == D(5000) - D(5000) - 3 + D(5100)


def equity(bot: Bot, marks: dict[str, Decimal]) -> Decimal:
    with db.transaction() as session:
        return holdings.equity(session, bot, holdings.positions_of(session, bot.id), marks)


def test_an_entry_beyond_the_account_s_buying_power_is_refused(
    live: Desk, account: TradingAccount
) -> None:
    change(AccountState, account.id, buying_power=D(100))
    assert str(reason(live)).endswith("fee included; the account has $100 of buying power.")
