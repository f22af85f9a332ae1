"""Whatever alerts, prices and faults come in whatever order: the books add up, and are the
venue's."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.conftest import empty
from tests.factories import make_user
from tests.trading.accounts import AccountDesk, at_coinbase, bot_at, keep, open_vault
from tests.trading.balance import (
    assert_books_add_up,
    assert_nothing_is_left_unguarded,
    assert_same_as_venue,
)
from tests.trading.sequences import D, Fault, Run, Step, steps
from tests.venues import Sandbox
from tradingrobotplug import db
from tradingrobotplug.brokers.keys import BrokerKeys
from tradingrobotplug.config import Settings
from tradingrobotplug.models import User

pytestmark = pytest.mark.wide

Opened = Callable[[User, Sandbox], AccountDesk]
ASKED = [(("path", "/v2/orders"), ("method", method)) for method in ("POST", "GET", "DELETE")]
ALPACA = [
    *(Fault("status", (*asked, ("status", 429))) for asked in ASKED),
    *(Fault("status", (*asked, ("status", 500))) for asked in ASKED),
    *(Fault(kind, asked) for kind in ("status_after", "html_after") for asked in ASKED),
    *(Fault(kind) for kind in ("unknown_status", "null_submitted_at", "duplicate_id")),
    Fault("partial_fill"),
    Fault("late_fills"),
    Fault("late_visibility", (("seconds", 3),)),
]
COINBASE = [
    Fault(kind, (("venue", "coinbase"), ("seconds", 3)))
    for kind in (
        "status_after", "html_after", "refuse", "duplicate_id", "unknown_status", "unsupported",
        "fail", "wait", "late", "late_fills", "partial_cancel", "partial_rest", "slow_cancel",
        "refuse_cancel",
    )
]  # fmt: skip
# A sequence has eight steps at most and each example takes a second: what fails is told as it is.
# The same ones in every run: a new failure is a change's, and not yesterday's luck.
_any = settings(
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    max_examples=10,
    deadline=None,
    print_blob=False,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def carried_out(
    clean: None, markets: Sandbox, settings: Settings, tmp_path: Path
) -> Callable[[Opened, list[Step], str], None]:
    """A sequence at a new account, from an empty database, brought to rest and checked."""
    open_vault(settings, tmp_path)

    def carry_out(opened: Opened, sequence: list[Step], price: str) -> None:
        empty()
        markets.reset()
        desk = opened(make_user(f"{db.new_id()}@example.com"), markets)
        cash = desk.broker.balances().cash
        with pytest.MonkeyPatch.context() as patch:
            run = Run(desk, markets, patch, D(price))
            try:
                live_through(run, sequence)
                assert_same_as_venue(desk, cash)
            except AssertionError as error:
                told = [*map(str, sequence), "", *run.told()]
                error.add_note("\n".join(told))
                raise

    return carry_out


def live_through(run: Run, sequence: list[Step]) -> None:
    for step in sequence:
        run.take(step)
        assert_books_add_up(run.desk)
    run.come_to_rest()
    assert_books_add_up(run.desk)
    assert_nothing_is_left_unguarded(run.desk)


def alpaca(user: User, markets: Sandbox) -> AccountDesk:
    key = f"key-{db.new_id()}"
    markets.tell("keys", broker="alpaca", environment="paper", key=key, secret="secret")
    account = keep(user, "alpaca", "paper", BrokerKeys(key, "secret"))
    return bot_at(account, user, markets, asset_type="stocks", exchange="alpaca")


@_any
@given(sequence=steps(("1", "2.5", "5", "10"), ALPACA))
def test_at_alpaca_the_books_add_up_and_are_the_brokers(
    carried_out: Callable[..., None], sequence: list[Step]
) -> None:
    carried_out(alpaca, sequence, "200")


@_any
@given(sequence=steps(("0.00012345", "0.05", "0.1", "0.3"), COINBASE))
def test_at_coinbase_the_books_add_up_and_are_the_brokers(
    carried_out: Callable[..., None], sequence: list[Step]
) -> None:
    carried_out(at_coinbase, sequence, "50000")
