"""`trp performance verify`."""

import argparse

from .. import db
from ..performance import leaderboard_chain
from . import running


def run(given: argparse.Namespace) -> int:
    """Walk the published days; 1 and the first that does not fit if something was changed."""
    db.connect(running.settings(given.home).database_url, pool_size=1)
    with db.transaction() as session:
        walk = leaderboard_chain.verify(session)
    if walk.broken_on is not None:
        print(f"BROKEN on {walk.broken_on}: {walk.reason}. The days before it are whole.")
        return 1
    print(f"{walk.days} days, none changed or missing. The last one's hash: {walk.head}")
    return 0
