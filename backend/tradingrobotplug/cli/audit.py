"""`trp audit verify`."""

import argparse

from .. import db
from ..accounts import audit
from . import running


def verify(given: argparse.Namespace) -> int:
    """Walk the audit trail; 1 and the first row that does not fit if it was tampered with."""
    db.connect(running.settings(given.home).database_url, pool_size=1)
    with db.transaction() as session:
        chain = audit.verify(session)
    if chain.broken_at is not None:
        print(f"BROKEN at row {chain.broken_at}: {chain.reason}. The rows before it are whole.")
        return 1
    print(f"{chain.rows} rows, none changed or missing. The last one's hash: {chain.head}")
    return 0
