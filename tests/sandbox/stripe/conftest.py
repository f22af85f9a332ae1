from collections.abc import Iterator

import pytest

from tests.sandbox.stripe.shop import WEBHOOK_SECRET, Endpoint, Shop, listening, opened
from tests.venues import Sandbox


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    return opened(sandbox)


@pytest.fixture
def endpoint(shop: Shop) -> Iterator[Endpoint]:
    with listening() as found:
        shop.tell("endpoint", url=found.url, secret=WEBHOOK_SECRET)
        yield found
