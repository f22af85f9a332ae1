"""Whose customer at Stripe is whose, and one piece of work at a time for each of them."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from .. import db
from ..db import transaction
from ..errors import Forbidden, Unavailable
from ..models import BillingCustomer, User
from . import pages

_WAIT = "20s"


@contextmanager
def turn(user_id: uuid.UUID) -> Iterator[None]:
    """Nobody else asks Stripe about this user and stores the answer meanwhile.

    So what is stored is never older than what was there. The lock is a database connection's and
    dies with it; no transaction is open. Unavailable `billing_busy` after 20 s.
    """
    key = func.hashtextextended(f"billing:{user_id}", 0)
    with db.engine().connect() as connection:
        try:
            connection.execute(text(f"SET lock_timeout = '{_WAIT}'"))
            connection.execute(select(func.pg_advisory_lock(key)))
            connection.commit()
        except OperationalError as error:
            raise Unavailable("billing_busy", "Your subscription is being changed.") from error
        try:
            yield
        finally:
            try:
                connection.execute(select(func.pg_advisory_unlock(key)))
                connection.execute(text("RESET lock_timeout"))
                connection.commit()
            except DBAPIError:
                connection.invalidate()  # the backend is gone, and the lock with it


def of_user(session: Session, user_id: uuid.UUID) -> BillingCustomer | None:
    """The user's customer; None before the first purchase, or if it was deleted at Stripe."""
    return session.scalar(
        select(BillingCustomer).where(
            BillingCustomer.user_id == user_id, BillingCustomer.deleted_at.is_(None)
        )
    )


def ensure(user_id: uuid.UUID, now: datetime) -> BillingCustomer:
    """The user's customer, made at Stripe at the first purchase. To be called in the user's turn.

    Forbidden `account_leaving`, `house_account`.
    """
    with transaction() as session:
        user = session.get_one(User, user_id)
        known = session.scalar(select(BillingCustomer).where(BillingCustomer.user_id == user_id))
    if user.leaving_at is not None:
        raise Forbidden("account_leaving", "This account is about to be deleted.")
    if user.is_house:
        raise Forbidden("house_account", "The account of the robots' public record buys nothing.")
    if known is not None and known.deleted_at is None and pages.is_known(known.stripe_id):
        return known
    before = known.stripe_id if known else None
    stripe_id = pages.create_customer(str(user_id), user.email, user.username, before)
    with transaction() as session:
        adopt(session, stripe_id, user_id, now)
        found = of_user(session, user_id)
        assert found is not None
        return found


def adopt(session: Session, stripe_id: str, user_id: uuid.UUID, now: datetime) -> None:
    """Take a customer at Stripe for the user's, in the place of one that is gone there."""
    session.execute(delete(BillingCustomer).where(BillingCustomer.user_id == user_id))
    session.execute(
        insert(BillingCustomer)
        .values(stripe_id=stripe_id, user_id=user_id, created_at=now)
        .on_conflict_do_nothing()
    )


def abandoned(session: Session) -> list[str]:
    """Customers at Stripe whose account here was erased: nothing may be charged any more."""
    return list(
        session.scalars(select(BillingCustomer.stripe_id).where(BillingCustomer.user_id.is_(None)))
    )


def forget(session: Session, stripe_id: str) -> None:
    """The customer is gone at Stripe, as the account is here."""
    session.execute(delete(BillingCustomer).where(BillingCustomer.stripe_id == stripe_id))
