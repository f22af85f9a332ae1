"""Public pages when the backend refuses connections or stays silent."""

import time
from collections.abc import Iterator

import pytest

from .conftest import RelayedSite
from .visitor import Visitor

pytestmark = pytest.mark.site

WORDS = {
    "/pricing/": "Compare the plans",
    "/marketplace/": "data-trp-robots",
    "/performance/": "Performance, in the open",
}
NEEDS_NO_BACKEND = "/how-it-works/"
OLDER_THAN_ANY_LIFETIME = 2 * 60 * 60
EXTRA_SECONDS = 0.3


@pytest.fixture(params=["refuses", "stays silent"])
def no_backend(relayed: RelayedSite, request: pytest.FixtureRequest) -> Iterator[RelayedSite]:
    """Pages were seen two hours ago; since then the backend does not answer."""
    for path in WORDS:
        Visitor(relayed.url).page(path)
    relayed.age_cache(OLDER_THAN_ANY_LIFETIME)
    relayed.relay.silent = True
    if request.param == "refuses":
        relayed.relay.close()
    yield relayed
    relayed.relay.silent = False
    if relayed.relay.listener is None:
        relayed.relay.open()


def seconds_for(visitor: Visitor, path: str) -> float:
    started = time.monotonic()
    assert visitor.page(path).status == 200
    return time.monotonic() - started


def test_pages_render_from_the_cache_with_their_time_and_without_waiting(
    no_backend: RelayedSite,
) -> None:
    visitor = Visitor(no_backend.url)
    pages = {path: visitor.page(path).text for path in WORDS}
    assert [path for path, words in WORDS.items() if words not in pages[path]] == []
    assert [path for path, page in pages.items() if "As of " not in page] == []
    assert [path for path, page in pages.items() if "not answering right now" not in page] == []
    taken = {
        path: min(seconds_for(visitor, path) for _ in range(3))
        for path in [*WORDS, NEEDS_NO_BACKEND]
    }
    slowest = max(taken[path] for path in WORDS)
    assert slowest - taken[NEEDS_NO_BACKEND] < EXTRA_SECONDS
