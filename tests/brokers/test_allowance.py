"""The allowance of requests: shared by all, kept in reserve for exits, alive without Redis."""

import time
from collections.abc import Callable

import pytest

from tradingrobotplug import queues
from tradingrobotplug.brokers.allowance import Allowance, Purpose
from tradingrobotplug.brokers.broker import NotReached
from tradingrobotplug.config import Settings

POLL, ENTRY, EXIT = Purpose.POLL, Purpose.ENTRY, Purpose.EXIT
SLOW = 0.01  # a second: nothing comes back while a test runs


@pytest.fixture(autouse=True)
def emptied(clean: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "_pause_until", 0.0)


@pytest.fixture
def without_redis(settings: Settings) -> Callable[[], None]:
    """Called, it leads this process to where no Redis is."""
    return lambda: queues.connect("redis://127.0.0.1:1/0")


def taken(allowance: Allowance, purpose: Purpose) -> int:
    """How many requests go through until one does not."""
    for count in range(1_000):
        try:
            allowance.take(purpose)
        except NotReached:
            return count
    raise AssertionError("there is no end")


def test_polls_and_entries_leave_a_reserve_that_exits_may_use() -> None:
    allowance = Allowance("someone", SLOW, 50)
    assert [taken(allowance, purpose) for purpose in (POLL, ENTRY, EXIT)] == [30, 10, 10]


def test_asking_what_rests_leaves_enough_to_ask_what_became_of_it() -> None:
    allowance = Allowance("someone", SLOW, 50)
    assert [taken(allowance, purpose) for purpose in (Purpose.WATCH, POLL)] == [20, 10]


def test_two_processes_share_what_one_account_has() -> None:
    one, other = Allowance("someone", SLOW, 10), Allowance("someone", SLOW, 10)
    assert (taken(one, EXIT), taken(other, EXIT)) == (10, 0)


def test_accounts_do_not_share() -> None:
    one, other = Allowance("someone", SLOW, 10), Allowance("someone else", SLOW, 10)
    assert (taken(one, EXIT), taken(other, EXIT)) == (10, 10)


def test_the_wait_that_is_named_is_long_enough_and_not_longer() -> None:
    allowance = Allowance("someone", 5, 2)
    allowance.take(EXIT)
    allowance.take(EXIT)
    with pytest.raises(NotReached) as refused:
        allowance.take(EXIT)
    assert refused.value.seconds is not None
    assert 0 < refused.value.seconds <= 0.2
    time.sleep(refused.value.seconds)
    allowance.take(EXIT)


def test_it_never_fills_beyond_its_burst() -> None:
    allowance = Allowance("someone", 100, 3)
    taken(allowance, EXIT)
    time.sleep(0.2)
    assert 3 <= taken(allowance, EXIT) <= 4


def test_an_emptied_one_lets_nobody_through_at_first() -> None:
    allowance = Allowance("someone", SLOW, 10)
    allowance.empty()
    assert taken(allowance, EXIT) == 0


def test_without_redis_a_process_has_a_part_and_still_a_reserve(
    without_redis: Callable[[], None],
) -> None:
    without_redis()
    allowance = Allowance("someone", SLOW, 40)
    assert [taken(allowance, purpose) for purpose in (POLL, ENTRY, EXIT)] == [6, 2, 2]


def test_without_redis_it_can_be_emptied_too(without_redis: Callable[[], None]) -> None:
    without_redis()
    allowance = Allowance("someone", SLOW, 40)
    allowance.empty()
    assert taken(allowance, EXIT) == 0


def test_redis_keeps_no_key_of_anybody() -> None:
    Allowance("PKSECRET", SLOW, 10).take(POLL)
    assert b"PKSECRET" not in b" ".join(queues.redis().keys())
    assert queues.redis().ttl(queues.redis().keys()[0]) > 0
