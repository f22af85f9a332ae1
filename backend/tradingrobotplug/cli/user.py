"""`trp user show` and `trp user role`."""

import argparse

from .. import clock, db
from ..accounts import admin, service
from ..errors import ServiceError
from . import running
from .problem import Problem


def show(given: argparse.Namespace) -> int:
    """Print what administrators see of a user."""
    db.connect(running.settings(given.home).database_url, pool_size=1)
    with db.transaction() as session:
        user = service.by_email(session, given.email)
        if user is None:
            raise Problem(f"There is no account with the address {given.email}.")
        shown = admin.accounts(session, [user])[0]
    for name in shown.__slots__:
        value = getattr(shown, name)
        print(f"{name:<15}{'-' if value is None else value}")
    return 0


def role(given: argparse.Namespace) -> int:
    """Make a user an administrator, or no longer."""
    db.connect(running.settings(given.home).database_url, pool_size=1)
    try:
        with db.transaction() as session:
            admin.set_role(session, given.email, given.role, clock.now())
    except ServiceError as error:
        raise Problem(error.message) from error
    print(f"{given.email} has the role {given.role} now.")
    return 0
