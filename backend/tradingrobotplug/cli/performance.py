"""`trp performance rebuild`."""

import argparse
import uuid

from .. import db
from ..accounts import service as accounts
from ..performance import jobs, service
from . import running
from .problem import Problem


def rebuild(given: argparse.Namespace) -> int:
    """Compute figures anew from the fills; 1 if that does not give what was stored."""
    db.connect(running.settings(given.home).database_url, pool_size=1)
    jobs.catch_up()
    rows, trips, replaced, doubted = 0, 0, 0, 0
    for user_id, mode in _traders(given.user):
        rebuilt, recounted = jobs.rebuild_figures(user_id, mode)
        rows, trips = rows + rebuilt.rows, trips + recounted.trips
        replaced, doubted = replaced + len(rebuilt.different), doubted + len(recounted.different)
        for what in (*rebuilt.different, *recounted.different):
            print(f"DIFFERENT: user {user_id}, {mode}: {what}")
    print(_rebuilt(rows, replaced))
    print(_recounted(trips, doubted))
    return 1 if replaced or doubted else 0


def _rebuilt(rows: int, replaced: int) -> str:
    if replaced:
        return (
            f"{rows} rows computed anew. What stood in {replaced} of the tables did not follow "
            "from the fills; the new rows took its place."
        )
    return f"{rows} rows computed anew, all identical to those before."


def _recounted(trips: int, doubted: int) -> str:
    if doubted:
        return (
            f"{trips} round trips counted again from their rows: {doubted} figures are others. "
            "Rows were lost or changed; restore them from a backup."
        )
    return f"{trips} round trips counted again from their rows: the same figures."


def _traders(email: str | None) -> list[tuple[uuid.UUID, str]]:
    with db.transaction() as session:
        traders = service.traders(session)
        if email is None:
            return traders
        user = accounts.by_email(session, email)
    if user is None:
        raise Problem(f"There is no account with the address {email}.")
    return [(user_id, mode) for user_id, mode in traders if user_id == user.id]
