"""`trp billing sync` and `trp billing reconcile`."""

import argparse

from .. import clock, db, logs, queues
from ..billing import reconcile, shop, stripe_api
from ..config import Settings
from ..errors import ServiceError
from ..robots import catalogue
from . import running
from .problem import Problem


def sync(given: argparse.Namespace) -> int:
    """Put plans and robots on sale at Stripe; what is there already stays."""
    _connect(given)
    try:
        done = shop.stock(catalogue.robots().values())
    except ServiceError as refusal:
        raise Problem(refusal.message) from refusal
    for line in done:
        print(line)
    print(f"{len(done)} prices made at Stripe ({stripe_api.mode()} mode); the others were there.")
    return 0


def compare(given: argparse.Namespace) -> int:
    """Compare with Stripe, put right what differs, and say it."""
    _connect(given)
    count = 0
    try:
        for sentence in reconcile.run(clock.now()):
            print(sentence)
            count += 1
    except ServiceError as refusal:
        raise Problem(refusal.message) from refusal
    print(f"{count} differences." if count else "Everything is as it is at Stripe.")
    return 0


def open_shop(settings: Settings) -> None:
    """Put everything on sale at a Stripe that has just been started, and knows nobody."""
    stripe_api.connect(settings)
    queues.connect(settings.redis_url)
    shop.stock(catalogue.robots().values())
    for sentence in reconcile.run(clock.now()):
        logs.event("billing.reconciled", what=sentence)


def _connect(given: argparse.Namespace) -> None:
    settings = running.settings(given.home)
    logs.configure(settings.log_level)
    db.connect(settings.database_url, pool_size=2)
    queues.connect(settings.redis_url)
    stripe_api.connect(settings)
