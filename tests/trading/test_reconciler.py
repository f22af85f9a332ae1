"""Our books beside a broker's, over the real SDK at the simulated Coinbase."""

from decimal import Decimal

from tests.trading.accounts import keep
from tests.venues import markets, sandbox
from tradingrobotplug import clock, db
from tradingrobotplug.brokers.keys import BrokerKeys
from tradingrobotplug.models import Drift, Notification, Order, Position, TradingAccount, User
from tradingrobotplug.trading import accounts
from tradingrobotplug.trading.reconciliation import reconciler
from tradingrobotplug.trading_accounts import service

from .broker_desk import BrokerDesk, app, broker_desk, second_bot
from .conftest import SYMBOL, rows

__all__ = ["app", "broker_desk", "markets", "sandbox"]

D = Decimal


def test_what_the_broker_says_of_an_account_is_kept(broker_desk: BrokerDesk) -> None:
    broker_desk.look()

    state = broker_desk.state()
    assert (state.cash, state.fee_rate, state.problem) == (100_000, D("0.006"), None)
    assert state.equity == 130_000
    assert state.positions == state.outside == {SYMBOL: "3"}
    assert state.asked_at == state.answered_at


def test_what_a_user_holds_and_trades_besides_is_nobody_s_drift(broker_desk: BrokerDesk) -> None:
    broker_desk.look()
    broker_desk.by_hand("SELL", "1")
    broker_desk.look(3)

    assert broker_desk.drifts() == []
    assert broker_desk.state().outside == {SYMBOL: "2"}


def test_a_bot_s_own_trades_are_no_drift(broker_desk: BrokerDesk) -> None:
    broker_desk.look()
    broker_desk.trade("buy", "0.5")
    broker_desk.look(3)
    assert (broker_desk.drifts(), broker_desk.state().positions) == ([], {SYMBOL: "3.5"})

    broker_desk.trade("sell", "0.5")
    broker_desk.look(3)
    assert (broker_desk.drifts(), broker_desk.state().outside) == ([], {SYMBOL: "3"})


def test_units_beyond_a_bot_s_at_the_first_look_are_the_user_s_own(
    broker_desk: BrokerDesk,
) -> None:
    broker_desk.trade("buy", "0.5")
    reconciler.look(broker_desk.account.id, clock.now())
    assert broker_desk.state().outside == {}  # it moves: what is whose shows a little later

    broker_desk.look(3)
    assert (broker_desk.drifts(), broker_desk.state().outside) == ([], {SYMBOL: "3"})


def test_a_bot_s_units_sold_by_hand_are_a_drift_at_the_second_look(
    broker_desk: BrokerDesk,
) -> None:
    broker_desk.look()
    broker_desk.trade("buy", "0.5")
    broker_desk.look()
    broker_desk.by_hand("SELL", "0.2")

    broker_desk.look()
    assert broker_desk.drifts() == []
    broker_desk.look()
    assert broker_desk.drifts() == [("position", SYMBOL, D("3.5"), D("3.3"))]


def test_a_drift_is_told_once(broker_desk: BrokerDesk) -> None:
    broker_desk.look()
    broker_desk.trade("buy", "0.5")
    broker_desk.by_hand("SELL", "0.2")
    broker_desk.look(3)
    broker_desk.by_hand("SELL", "0.1")
    broker_desk.look(3)

    (told,) = rows(Notification, Notification.event == "drift")
    assert told.bot_id == broker_desk.bot.id
    assert told.facts == {
        "symbol": SYMBOL,
        "reason": "Coinbase: The broker holds 3.3, our books come to 3.5.",
    }
    (drift,) = rows(Drift)
    assert (drift.theirs, drift.seen_at > drift.found_at) == (D("3.2"), True)


def test_a_drift_that_disappears_is_gone(broker_desk: BrokerDesk) -> None:
    broker_desk.look()
    broker_desk.trade("buy", "0.5")
    broker_desk.by_hand("SELL", "0.2")
    broker_desk.look(2)
    broker_desk.by_hand("BUY", "0.2")
    broker_desk.look()

    (drift,) = rows(Drift)
    assert drift.resolution == "gone"


def test_while_an_order_is_on_its_way_nothing_is_compared(broker_desk: BrokerDesk) -> None:
    broker_desk.look()
    broker_desk.trade("buy", "0.5")
    broker_desk.look()
    broker_desk.trade("buy", "0.1", order_type="limit", limit_price=D(9_000))
    (order,) = rows(Order, Order.type == "limit")
    with db.transaction() as session:
        session.get_one(Order, order.id).state = "submitting"
    broker_desk.by_hand("SELL", "0.2")
    broker_desk.look(4)

    assert broker_desk.drifts() == []


def test_an_order_under_our_name_that_nothing_stands_behind_is_a_drift(
    broker_desk: BrokerDesk,
) -> None:
    broker_desk.look()
    broker_desk.by_hand("BUY", "0.3", name="trp" + "x" * 29, limit_price="9000")
    broker_desk.by_hand("BUY", "0.3", limit_price="9000")
    broker_desk.look(2)

    assert broker_desk.drifts() == [("unknown_order", "trp" + "x" * 29, 0, D("0.3"))]


def test_an_order_of_ours_that_was_cancelled_by_hand_ends_here_too(
    broker_desk: BrokerDesk,
) -> None:
    broker_desk.look()
    broker_desk.trade("buy", "0.3", order_type="limit", limit_price=D(9_000))
    (order,) = rows(Order)
    broker_desk.hands.cancel_orders([order.broker_order_id])
    broker_desk.look(2)

    assert [one.state for one in rows(Order)] == ["cancelled"]
    assert broker_desk.drifts() == []


def test_an_order_that_traded_unseen_is_booked(broker_desk: BrokerDesk) -> None:
    broker_desk.look()
    broker_desk.trade("buy", "0.3", order_type="limit", limit_price=D(9_000))
    broker_desk.price("8000")
    broker_desk.look(3)

    assert [one.quantity for one in rows(Position)] == [D("0.3")]
    assert broker_desk.drifts() == []


def test_an_order_that_has_vanished_there_is_a_drift(broker_desk: BrokerDesk) -> None:
    broker_desk.look()
    broker_desk.trade("buy", "0.3", order_type="limit", limit_price=D(9_000))
    (order,) = rows(Order)
    broker_desk.hands.cancel_orders([order.broker_order_id])
    with db.transaction() as session:
        session.get_one(Order, order.id).broker_order_id = "never-there"
        session.get_one(Order, order.id).client_order_id = "trp" + "y" * 29
    broker_desk.look(2)

    assert broker_desk.drifts() == [("missing_order", "trp" + "y" * 29, D("0.3"), 0)]


def test_a_broker_that_is_down_is_a_problem_and_no_drift(broker_desk: BrokerDesk) -> None:
    broker_desk.look()
    broker_desk.market.tell("faults", kind="status", status=503, path="/api/v3/", count=99)
    broker_desk.look(2)

    state = broker_desk.state()
    assert state.problem == "Coinbase could not be asked: Coinbase answered 503."
    assert state.asked_at > state.answered_at
    assert (state.positions, rows(Drift), rows(Notification)) == ({SYMBOL: "3"}, [], [])

    broker_desk.market.tell("faults")
    broker_desk.look()
    assert broker_desk.state().problem is None


def test_keys_that_the_broker_refuses_are_told_once(broker_desk: BrokerDesk) -> None:
    broker_desk.look()
    broker_desk.market.tell("keys")
    broker_desk.look(3)

    (told,) = rows(Notification)
    assert (told.event, told.facts["reason"]) == ("lost_key", broker_desk.state().problem)
    assert broker_desk.state().problem == "Coinbase does not accept these keys."


def test_revoked_keys_are_told_once_and_nobody_is_asked(broker_desk: BrokerDesk) -> None:
    with db.transaction() as session:
        service.erase(session.get_one(TradingAccount, broker_desk.account.id), clock.now())
    broker_desk.look(2)

    assert broker_desk.state().problem == "The keys were revoked here. Give new ones."
    assert [one.event for one in rows(Notification)] == ["lost_key"]


def test_loss_7_two_bots_of_one_account_keep_their_own_books(broker_desk: BrokerDesk) -> None:
    broker_desk.look()
    other = second_bot(broker_desk)
    broker_desk.trade("buy", "0.5")
    other.trade("buy", "0.2")
    other.trade("close")
    broker_desk.look(3)

    (position,) = rows(Position)
    assert (position.bot_id, position.quantity) == (broker_desk.bot.id, D("0.5"))
    assert broker_desk.state().positions == {SYMBOL: "3.5"}
    assert broker_desk.drifts() == []


def test_loss_7_a_bot_never_sells_what_another_or_the_user_holds(broker_desk: BrokerDesk) -> None:
    broker_desk.look()
    other = second_bot(broker_desk)
    broker_desk.trade("buy", "0.5")
    plan = other.trade("close")
    broker_desk.trade("sell", "3")
    broker_desk.look(3)

    assert plan.status == "ignored"
    assert rows(Position) == []
    assert broker_desk.state().positions == {SYMBOL: "3"}


def test_accounts_that_bots_use_or_that_are_new_are_looked_at(
    broker_desk: BrokerDesk, user: User
) -> None:
    now = clock.now()
    with db.transaction() as session:
        row = session.get_one(TradingAccount, broker_desk.account.id)
        row.verified_at = row.verified_at.replace(year=2025)
        assert reconciler.due(session, now) == [row.id]
        broker_desk.bot.deleted_at = now
        session.merge(broker_desk.bot)
        session.flush()
        assert reconciler.due(session, now) == []
        row.verified_at = now
        session.flush()
        assert reconciler.due(session, now) == [row.id]


def test_of_many_accounts_a_part_is_due_each_second_however_long_they_were_left(
    broker_desk: BrokerDesk, user: User
) -> None:
    now = clock.now()
    keys = [BrokerKeys(f"key-{number}", "secret") for number in range(59)]
    ids = [keep(user, "coinbase", "paper", one, one.key).id for one in keys] + [
        broker_desk.account.id
    ]
    with db.transaction() as session:
        for one in ids:
            accounts.state_of(session, one).asked_at = now - reconciler.EVERY
        session.flush()
        assert len(reconciler.due(session, now)) == 3
        accounts.state_of(session, ids[7]).asked_at = now - 9 * reconciler.EVERY
        session.flush()
        found = reconciler.due(session, now)
        assert (found[0], len(found)) == (ids[7], 3)
