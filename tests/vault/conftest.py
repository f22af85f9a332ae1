"""A key file of the test's own, and a place that a record belongs to."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.keyservice import kms, kms_settings
from tradingrobotplug.config import Settings
from tradingrobotplug.db import new_id
from tradingrobotplug.vault import keyring
from tradingrobotplug.vault.keyring import Binding
from tradingrobotplug.vault.local import LocalKeyring

__all__ = ["kms", "kms_settings"]


@pytest.fixture
def local(tmp_path: Path, settings: Settings) -> LocalKeyring:
    """A new key file."""
    keyring.connect(replace(settings, home=tmp_path))
    found = keyring.connected()
    assert isinstance(found, LocalKeyring)
    return found


@pytest.fixture
def binding() -> Binding:
    return Binding(new_id(), new_id(), 1)
