"""One running system for the folder."""

from collections.abc import Iterator

import pytest

from .system import System


@pytest.fixture(scope="package")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    started = System(tmp_path_factory.mktemp("up") / "home", "--no-demo").start()
    started.ready()
    yield started
    started.stop()
