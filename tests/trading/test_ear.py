"""An account's ear between the venue's words and the polls they ask for."""

import asyncio
import time
import uuid
from concurrent.futures import Future
from contextlib import suppress

import pytest

from tradingrobotplug.trading import ear, polling


@pytest.mark.parametrize(("word", "pause"), [("busy", 0.5), ("failed", 1.0)])
def test_a_poll_that_came_to_nothing_is_repeated_after_a_pause(
    monkeypatch: pytest.MonkeyPatch, word: polling.Polled, pause: float
) -> None:
    asked: list[float] = []
    traded: list[bool] = []

    def ask(*_: object, has_traded: bool) -> Future[polling.Polled]:
        asked.append(time.monotonic())
        traded.append(has_traded)
        answer: Future[polling.Polled] = Future()
        answer.set_result(word if len(asked) == 1 else "done")
        return answer

    async def told_once() -> None:
        one = ear.Ear(uuid.uuid4(), lambda *_: True)
        one._has_traded = True
        one._told.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(one._ask(), pause + 1)

    monkeypatch.setattr(polling, "ask", ask)
    asyncio.run(told_once())
    first, second = asked
    assert second - first >= pause
    assert traded == [True, True]  # still true when it is asked again
