import pytest

from tests.sandbox.trader import Trader, begin
from tests.venues import Sandbox, markets, sandbox

__all__ = ["markets", "sandbox"]


@pytest.fixture
def trader(sandbox: Sandbox) -> Trader:
    return begin(sandbox)
