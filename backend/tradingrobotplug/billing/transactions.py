"""Invoices, payments for robots, and refunds, kept as Stripe shows them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..errors import NotFound
from ..models import Transaction
from .answers import CheckoutSeen, InvoiceSeen, RefundSeen


def keep_invoice(session: Session, user_id: uuid.UUID, seen: InvoiceSeen, now: datetime) -> None:
    """Store an invoice as it is now; a draft is none yet."""
    if seen.status == "draft":
        return
    _keep(
        session,
        now,
        user_id=user_id,
        kind="invoice",
        stripe_id=seen.id,
        number=seen.number,
        status=seen.status,
        description=seen.description,
        currency=seen.currency,
        total_cents=seen.total_cents,
        paid_cents=seen.paid_cents,
        created_at=seen.created_at,
    )


def keep_payment(session: Session, user_id: uuid.UUID, seen: CheckoutSeen, now: datetime) -> None:
    """Store what was paid on a page for a robot. Nothing moved where a code paid for all of it."""
    if seen.payment_id is None:
        return
    _keep(
        session,
        now,
        user_id=user_id,
        kind="payment",
        stripe_id=seen.payment_id,
        number=None,
        status="paid",
        description=f"Robot {seen.robot_id}",
        currency=seen.currency,
        total_cents=seen.cents,
        paid_cents=seen.cents,
        created_at=seen.created_at,
    )


def keep_refund(session: Session, user_id: uuid.UUID, seen: RefundSeen, now: datetime) -> None:
    """Store a refund as it is now; money moved once it has succeeded."""
    _keep(
        session,
        now,
        user_id=user_id,
        kind="refund",
        stripe_id=seen.id,
        number=None,
        status=seen.status,
        description="Refund",
        currency=seen.currency,
        total_cents=seen.cents,
        paid_cents=seen.cents if seen.status == "succeeded" else 0,
        created_at=seen.created_at,
    )


def transactions_of(user_id: uuid.UUID) -> Select[Transaction]:
    """The query for a user's invoices, payments and refunds, newest first."""
    mine = select(Transaction).where(Transaction.user_id == user_id)
    return mine.order_by(Transaction.created_at.desc(), Transaction.id.desc())


def receipted(session: Session, user_id: uuid.UUID, transaction_id: uuid.UUID) -> Transaction:
    """What the user paid, or is to pay. NotFound if it is someone else's, or a refund."""
    row = session.get(Transaction, transaction_id)
    if row is None or row.user_id != user_id or row.kind == "refund":
        raise NotFound("transaction_not_found", "There is no receipt for this.")
    return row


def _keep(session: Session, now: datetime, **columns: Any) -> None:
    row = insert(Transaction).values(columns | {"updated_at": now})
    fixed = ("user_id", "kind", "stripe_id", "created_at")
    fresh = {name: value for name, value in columns.items() if name not in fixed}
    session.execute(
        row.on_conflict_do_update(
            index_elements=[Transaction.stripe_id], set_=fresh | {"updated_at": now}
        )
    )
