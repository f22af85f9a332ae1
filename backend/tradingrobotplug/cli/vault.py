"""`trp vault rotate` and `trp vault panic`."""

import argparse
import uuid

from .. import clock, db, logs, queues
from ..accounts import audit
from ..config import Settings
from ..errors import ServiceError
from ..notify import post
from ..trading_accounts import panic
from ..vault import keyring, rotation
from ..vault.local import LocalKeyring
from . import running
from .problem import Problem


def rotate(given: argparse.Namespace) -> int:
    """Put every data key under the newest master key; a local provider gets a new one first."""
    _connect(given)
    try:
        done = _rotate(keeps_newest=given.keep_newest)
    except (ServiceError, keyring.Tampered) as error:
        raise Problem(f"{error} Run it again: what is done stays done.") from error
    print(f"{done} data keys are under {keyring.connected().newest()} now.")
    return 0


def stop(given: argparse.Namespace) -> int:
    """Pause every bot, erase every broker key, and say what is to be revoked at the brokers.

    Their owners are told by mail.
    """
    _connect(given)
    with db.transaction() as session:
        outcome = panic.stop_everything(session, clock.now())
    print(f"{outcome.bots} bots are paused. {len(outcome.revoked)} accounts lost their keys here.")
    if outcome.revoked:
        print("Until they are revoked at the broker, too, whoever has a copy can use them:")
    for gone in outcome.revoked:
        print(
            f"  {gone.email}: {gone.broker} {gone.environment}, key …{gone.key_ending}"
            f' ("{gone.label}")'
        )
    return 0


def _connect(given: argparse.Namespace) -> Settings:
    settings = running.settings(given.home)
    logs.configure(settings.log_level)
    db.connect(settings.database_url, pool_size=1)
    queues.connect(settings.redis_url)
    post.connect(settings)
    keyring.connect(settings)
    return settings


def _rotate(*, keeps_newest: bool) -> int:
    keys = keyring.connected()
    if isinstance(keys, LocalKeyring) and not keeps_newest:
        keys.add_key()
    newest = keys.newest()
    with db.transaction() as session:
        audit.record(session, "vault.rotation_started", clock.now(), newest=newest)
    return sum(_rotate_kind(name, newest) for name in rotation.KINDS)


def _rotate_kind(name: str, newest: str) -> int:
    done = 0
    while True:
        with db.transaction() as session:
            waiting = rotation.outdated(session, rotation.KINDS[name], newest)
        if not waiting:
            return done
        for row_id in waiting:
            done += _rewrap(name, row_id)


def _rewrap(name: str, row_id: uuid.UUID) -> bool:
    """One row: read, re-wrap with no transaction open, store unless it has changed meanwhile."""
    kind = rotation.KINDS[name]
    with db.transaction() as session:
        found = rotation.found(session, kind, row_id)
    if found is None:
        return False
    fresh = rotation.rewrapped(found)
    with db.transaction() as session:
        is_stored = rotation.replace(session, kind, found, fresh)
        if is_stored:
            audit.record(
                session,
                f"{name}.rewrapped",
                clock.now(),
                user_id=found.binding.user_id,
                object_id=row_id,
            )
    return is_stored
