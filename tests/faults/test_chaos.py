"""Everything fails at once, and not an alert is lost, traded twice or out of order."""

import os

import pytest

from tests.faults.chaos import Chaos, break_brokers, start_all
from tests.faults.desks import Desk, open_alpaca, open_coinbase, owner
from tests.faults.plant import Plant
from tests.faults.proxy import proxied
from tests.faults.reckoning import have_settled, reckon
from tests.faults.sender import A_SECOND, Sender
from tests.processes.system import until
from tests.venues import Sandbox

pytestmark = pytest.mark.slow

SECONDS = int(os.environ.get("CHAOS_SECONDS", "20"))
SEEDS = [int(seed) for seed in os.environ.get("CHAOS_SEEDS", "4").split()]
ALPACA = [f"alpaca{number}" for number in range(1, 7)]
COINBASE = [f"coinbase{number}" for number in range(1, 7)]


def open_desks(plant: Plant, sandbox: Sandbox) -> list[Desk]:
    """Six bots at Alpaca and six at Coinbase, each with fifteen alerts a minute: of one account
    Alpaca takes 200 requests a minute, and an order with its fills costs several."""
    user, given = owner(plant)
    stocks = [open_alpaca(user, sandbox, name, **given) for name in ALPACA]
    units = given | {"position_sizing": {"type": "fixed_units", "value": "0.01"}}
    coins = [open_coinbase(user, sandbox, name, **units) for name in COINBASE]
    return [desk for pair in zip(stocks, coins, strict=True) for desk in pair]


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_doubled_or_inverted_while_everything_fails(
    factory: Plant, sandbox: Sandbox, seed: int
) -> None:
    with proxied(sandbox.url) as broker, proxied(factory.redis.url) as bell:
        factory.lead(Sandbox(broker.url).addresses, bell.redis_url)
        desks = open_desks(factory, sandbox)
        start_all(factory)
        chaos = Chaos(factory, {"broker": broker, "redis": bell}, seed)
        sender = Sender(factory.secret, chaos.next_api)
        break_brokers(sandbox)
        chaos.rage_during(lambda: sender.send([d.bot for d in desks], buys, SECONDS * A_SECOND))
        have_ended = until(lambda: have_settled(desks), 60)
        sandbox.tell("faults")
        found = reckon(desks, sender, chaos.frozen)
    print(f"\nseed {seed}, {SECONDS} s", *chaos.done, found, sep="\n")
    assert have_ended
    assert len(sender.accepted) == SECONDS * A_SECOND
    assert found.is_clean, f"seed {seed}: {found}"


def buys(number: int) -> dict[str, str]:
    """The desks take turns, stocks and coins."""
    return {"action": "buy", "symbol": ("AAPL", "BTC-USD")[number % 2]}
