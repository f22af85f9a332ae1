"""What a process would have written to its log."""

import io
import logging
from collections.abc import Iterator

import pytest

from tradingrobotplug.logs import LineFormatter


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything that is logged during the test, as the log has it, at its most talkative."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(LineFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(level)
    root.removeHandler(handler)
