"""`trp site add`."""

import argparse

from .. import clock, db
from ..accounts import sites
from . import running


def add(given: argparse.Namespace) -> int:
    """Print a code that lets one WordPress site connect."""
    db.connect(running.settings(given.home).database_url)
    with db.transaction() as session:
        code = sites.make_code(session, clock.now())
    minutes = int(sites.CODE_LIFETIME.total_seconds() // 60)
    print(f"{code}  (paste it into the site's settings within {minutes} minutes)")
    return 0
