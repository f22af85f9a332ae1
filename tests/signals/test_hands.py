"""A worker's hands: bots that one process carries out at a time."""

import time
import uuid
from threading import Event

import pytest

from tradingrobotplug.signals import jobs


def test_a_bot_at_a_slow_broker_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    slow, quick, answer, done = str(uuid.uuid4()), str(uuid.uuid4()), Event(), Event()

    def carry_out(bot_id: str) -> None:
        if bot_id == slow:
            assert answer.wait(5)
        else:
            done.set()

    monkeypatch.setattr(jobs, "process_signals", carry_out)
    jobs.hand_over(slow)
    jobs.hand_over(quick)
    assert done.wait(5)
    answer.set()


def test_a_worker_takes_no_more_bots_than_it_has_hands(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = [], Event()

    def carry_out(bot_id: str) -> None:
        begun.append(bot_id)
        assert go_on.wait(5)

    monkeypatch.setattr(jobs, "process_signals", carry_out)
    for _ in range(jobs.HANDS):
        jobs.hand_over(str(uuid.uuid4()))
    assert not jobs._free.acquire(timeout=0.05)  # the next job waits in its queue
    go_on.set()
    assert jobs._free.acquire(timeout=5)
    jobs._free.release()


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever bot is carried out: it fails."""

    def carry_out(bot_id: str) -> None:
        raise RuntimeError(bot_id)

    monkeypatch.setattr(jobs, "process_signals", carry_out)


def test_a_failure_is_logged_and_frees_the_hand(
    failing: None, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(jobs.HANDS * 2):
        jobs.hand_over(str(uuid.uuid4()))
    jobs._hands.submit(lambda: None).result(5)
    assert "signal.work_failed" in caplog.text


def test_a_failure_in_the_sweeper_is_logged(
    failing: None, caplog: pytest.LogCaptureFixture
) -> None:
    jobs._work_on([uuid.uuid4()])
    deadline = time.monotonic() + 5
    while "signal.work_failed" not in caplog.text and time.monotonic() < deadline:
        time.sleep(0.01)
    assert "signal.work_failed" in caplog.text
