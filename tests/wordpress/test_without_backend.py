"""Public pages when the backend refuses connections or stays silent."""

import time
from collections.abc import Iterator

import pytest

from .conftest import RelayedSite
from .visitor import Visitor

pytestmark = pytest.mark.slow

WORDS = {"/pricing/": "Compare the plans", "/marketplace/": "data-trp-robots"}
EXTRA_SECONDS = 0.3


def seconds_for(visitor: Visitor, path: str) -> float:
    started = time.monotonic()
    assert visitor.page(path).status == 200
    return time.monotonic() - started


@pytest.fixture(scope="module")
def warm(relayed: RelayedSite) -> dict[str, float]:
    """How long each page takes with a cache that has just been filled, at best of three."""
    visitor = Visitor(relayed.url)
    return {path: min(seconds_for(visitor, path) for _ in range(4)) for path in WORDS}


@pytest.fixture(params=["refuses", "stays silent"])
def no_backend(
    relayed: RelayedSite, warm: dict[str, float], request: pytest.FixtureRequest
) -> Iterator[RelayedSite]:
    if request.param == "refuses":
        relayed.relay.close()
    relayed.relay.silent = True
    yield relayed
    relayed.relay.silent = False
    if relayed.relay.listener is None:
        relayed.relay.open()


@pytest.mark.parametrize(("path", "words"), WORDS.items())
def test_a_page_renders_from_the_cache_with_its_time(
    no_backend: RelayedSite, warm: dict[str, float], path: str, words: str
) -> None:
    visitor = Visitor(no_backend.url)
    page = visitor.page(path).text
    assert words in page
    assert "As of " in page
    taken = min(seconds_for(visitor, path) for _ in range(3))
    assert taken < warm[path] + EXTRA_SECONDS
