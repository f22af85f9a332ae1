import time
import uuid
from threading import Timer

import pytest

from tradingrobotplug import queues
from tradingrobotplug.trading import precedence


@pytest.fixture(autouse=True)
def no_flood_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precedence, "_since", None)


def wait_in_line(signals: int) -> None:
    queues.enqueue_all(queues.PROCESS_SIGNALS, [(str(uuid.uuid4()),) for _ in range(signals)])


def seconds_held() -> float:
    began = time.monotonic()
    precedence.after_signals()
    return time.monotonic() - began


def test_few_signals_hold_nobody_back(clean: None) -> None:
    wait_in_line(precedence.MANY)
    assert queues.waiting(queues.SIGNALS) == precedence.MANY
    assert seconds_held() < precedence._LOOK_EVERY


def test_many_signals_go_first(clean: None) -> None:
    wait_in_line(precedence.MANY + 1)
    Timer(0.3, queues.redis().flushdb).start()
    assert 0.3 <= seconds_held() < precedence.LONGEST_SECONDS


def test_a_flood_that_lasts_delays_everybody_together_and_once(
    clean: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precedence, "LONGEST_SECONDS", 0.3)
    wait_in_line(precedence.MANY + 1)
    assert 0.3 <= seconds_held() < 1
    assert seconds_held() < precedence._LOOK_EVERY
    queues.redis().flushdb()
    precedence.after_signals()
    wait_in_line(precedence.MANY + 1)
    assert 0.3 <= seconds_held() < 1  # the next flood


def test_without_redis_nobody_is_held_back(clean: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "_pause_until", time.monotonic() + 60)
    wait_in_line(precedence.MANY + 1)
    assert queues.waiting(queues.SIGNALS) == 0
