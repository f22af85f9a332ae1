import os
import subprocess
import sys
from pathlib import Path

import pytest

from tradingrobotplug import processor

_SHARES = Path("/proc/self/autogroup")
_SAYS = "import os; from pathlib import Path; from tradingrobotplug import processor; "
_DOES = "processor.stand_back(10); print(os.getpriority(os.PRIO_PROCESS, 0)); "
_SHARE = f"share = Path('{_SHARES}'); print(share.read_text() if share.exists() else '')"


def _stand_back(*, alone: bool) -> list[str]:
    """Nice value of a process that stood back, and the share of its session."""
    program = [sys.executable, "-c", _SAYS + _DOES + _SHARE]
    said = subprocess.run(
        program, check=True, capture_output=True, text=True, start_new_session=alone
    )
    return said.stdout.split("\n")


def test_who_stands_back_takes_less_of_the_processors() -> None:
    assert _stand_back(alone=True)[0] == str(os.getpriority(os.PRIO_PROCESS, 0) + 10)


@pytest.mark.skipif(not _SHARES.exists(), reason="Linux shares no processors among sessions here")
def test_a_session_of_its_own_gets_a_smaller_share() -> None:
    assert _stand_back(alone=True)[1].endswith("nice 10")


@pytest.mark.skipif(not _SHARES.exists(), reason="Linux shares no processors among sessions here")
def test_a_session_with_others_in_it_keeps_its_share() -> None:
    before = _SHARES.read_text().strip()
    assert _stand_back(alone=False)[1] == before


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How far this process, which leads its session, would have stood back."""
    steps: list[int] = []
    monkeypatch.setattr("os.nice", steps.append)
    monkeypatch.setattr("os.getsid", lambda _: os.getpid())
    return steps


def test_a_share_that_can_not_be_lessened_is_left(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, steps: list[int]
) -> None:
    monkeypatch.setattr(processor, "_SHARE", tmp_path)  # a folder takes no text
    processor.stand_back(10)
    assert steps == [10]


def test_a_change_that_linux_refuses_for_the_moment_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, steps: list[int]
) -> None:
    written: list[str] = []

    class Busy:
        def write_text(self, text: str) -> None:
            written.append(text)
            if len(written) < 3:
                raise BlockingIOError

    monkeypatch.setattr(processor, "_SHARE", Busy())
    monkeypatch.setattr(processor, "_PAUSE_SECONDS", 0)
    processor.stand_back(5)
    assert (steps, written) == ([5], ["5", "5", "5"])
