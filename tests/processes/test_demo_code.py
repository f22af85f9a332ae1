from pathlib import Path

import pytest

from .system import run

pytestmark = pytest.mark.slow


def test_without_a_demo_there_is_no_code(tmp_path: Path) -> None:
    done = run("demo", "code", "--home", str(tmp_path))
    assert (done.returncode, "There is no demo user" in done.stderr) == (1, True)
