"""Everything fails at once, and not an alert is lost, traded twice or out of order."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.chaos import Chaos, break_brokers, start_all
from tests.faults.desks import Desk, open_alpaca, open_coinbase
from tests.faults.plant import Plant, make_plant
from tests.faults.proxy import proxied
from tests.faults.reckoning import have_settled, reckon
from tests.faults.sender import Sender
from tests.faults.venue import Book
from tests.processes.system import until
from tests.trading.accounts import open_vault
from tests.venues import Sandbox
from tradingrobotplug import clock, db, queues
from tradingrobotplug.config import Settings
from tradingrobotplug.models import Subscription, User
from tradingrobotplug.plans import catalogue

pytestmark = pytest.mark.slow

SECONDS = int(os.environ.get("CHAOS_SECONDS", "20"))
SEEDS = [int(seed) for seed in os.environ.get("CHAOS_SEEDS", "4").split()]


@pytest.fixture(scope="module")
def _factory() -> Iterator[Plant]:
    with tempfile.TemporaryDirectory(prefix="trp-chaos-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        plant = make_plant(home, {}, ("", Book()))
        yield plant
        plant.postgres.stop()
        plant.redis.stop()


@pytest.fixture
def factory(_factory: Plant, settings: Settings) -> Iterator[Plant]:
    """The product on engines of its own, with an empty table of everything."""
    db.connect(_factory.postgres.url)
    queues.connect(_factory.redis.url)
    _factory.reset()
    open_vault(settings, _factory.home)
    yield _factory
    _factory.stop_all()
    db.connect(settings.database_url)
    queues.connect(settings.redis_url)


def open_desks(plant: Plant, sandbox: Sandbox) -> list[Desk]:
    """Two bots at Alpaca and two at Coinbase, of a user whose plan lets them trade."""
    assert plant.bot is not None
    with db.transaction() as session:
        user = session.get_one(User, plant.bot.user_id)
        plan = next(plan for plan in reversed(catalogue.plans()) if plan.live_trading)
        now = clock.now()
        session.add(Subscription(user_id=user.id, plan_id=plan.id, status="active", updated_at=now))
    given = {"secret_hash": plant.bot.secret_hash}
    stocks = [open_alpaca(user, sandbox, name, **given) for name in ("alpaca1", "alpaca2")]
    units = given | {"position_sizing": {"type": "fixed_units", "value": "0.01"}}
    coins = [open_coinbase(user, sandbox, name, **units) for name in ("coinbase1", "coinbase2")]
    return [stocks[0], coins[0], stocks[1], coins[1]]


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_doubled_or_inverted_while_everything_fails(
    factory: Plant, seed: int
) -> None:
    [market] = factory.start("sandbox")
    sandbox = Sandbox(f"http://127.0.0.1:{market.port}")
    with proxied(sandbox.url) as broker, proxied(factory.redis.url) as bell:
        factory.lead(Sandbox(f"http://127.0.0.1:{broker.port}").addresses, bell.port)
        desks = open_desks(factory, sandbox)
        start_all(factory)
        chaos = Chaos(factory, {"broker": broker, "redis": bell}, seed)
        sender = Sender(factory.secret, chaos.next_api)
        break_brokers(sandbox)
        chaos.rage_during(lambda: sender.send([d.bot for d in desks], buys, SECONDS * 4))
        have_ended = until(have_settled, 60)
        sandbox.tell("faults")
        found = reckon(desks, sender, chaos.frozen)
    print(f"\nseed {seed}, {SECONDS} s", *chaos.done, found, sep="\n")
    assert have_ended
    assert len(sender.accepted) == SECONDS * 4
    assert found.is_clean, f"seed {seed}: {found}"


def buys(number: int) -> dict[str, str]:
    """The desks take turns, stocks and coins."""
    return {"action": "buy", "symbol": ("AAPL", "BTC-USD")[number % 2]}
