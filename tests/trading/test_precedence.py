import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Timer

import pytest

from tradingrobotplug import queues
from tradingrobotplug.trading import precedence


@pytest.fixture(autouse=True)
def no_flood_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precedence, "_since", None)
    monkeypatch.setattr(precedence, "_looked_at", 0.0)


def wait_in_line(signals: int) -> None:
    queues.enqueue_all(queues.PROCESS_SIGNALS, [(str(uuid.uuid4()),) for _ in range(signals)])


def seconds_held(longest: float = precedence.NEWS) -> float:
    began = time.monotonic()
    precedence.after_signals(longest)
    return time.monotonic() - began


def test_few_signals_hold_nobody_back(clean: None) -> None:
    wait_in_line(precedence.MANY)
    assert queues.waiting(queues.SIGNALS) == precedence.MANY
    assert seconds_held() < precedence._LOOK_EVERY


def test_many_signals_go_first(clean: None) -> None:
    wait_in_line(precedence.MANY + 1)
    Timer(0.3, queues.redis().flushdb).start()
    assert 0.3 <= seconds_held() < precedence.NEWS


def test_a_flood_that_lasts_delays_everybody_together_and_once(clean: None) -> None:
    wait_in_line(precedence.MANY + 1)
    assert 0.3 <= seconds_held(0.3) < 1
    assert seconds_held(0.3) < 0.3
    assert 0.1 <= seconds_held(1.5) < 1.5  # counted from the same moment
    queues.redis().flushdb()
    time.sleep(precedence._LOOK_EVERY)
    precedence.after_signals(0.3)
    wait_in_line(precedence.MANY + 1)
    time.sleep(precedence._LOOK_EVERY)
    assert 0.3 <= seconds_held(0.3) < 1  # the next flood


def test_of_all_who_hold_back_one_asks(clean: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def waiting(name: str) -> int:
        asked.append(name)
        return precedence.MANY + 1

    monkeypatch.setattr(queues, "waiting", waiting)
    with ThreadPoolExecutor(16) as many:
        held = list(many.map(lambda _: seconds_held(0.5), range(16)))
    assert max(held) >= 0.4
    assert len(asked) <= 7


def test_without_redis_nobody_is_held_back(clean: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "_pause_until", time.monotonic() + 60)
    wait_in_line(precedence.MANY + 1)
    assert queues.waiting(queues.SIGNALS) == 0
