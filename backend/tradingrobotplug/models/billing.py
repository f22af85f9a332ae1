"""What is sold and used: subscriptions as Stripe last showed them, payments, access, counters."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Moment, new_id


class Subscription(Base):
    """Which plan a user has. No row: the plan that plans.json marks as default.

    Without a Stripe id it was given by the operator; else it is what Stripe showed last.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        UniqueConstraint("stripe_subscription_id"),
        Index("ix_subscriptions_grace", "grace_until", postgresql_where="lapsed_at IS NULL"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    plan_id: Mapped[str] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(32))  # Stripe's word
    stripe_subscription_id: Mapped[str | None] = mapped_column(String(64))
    stripe_item_id: Mapped[str | None] = mapped_column(String(64))
    price_id: Mapped[str | None] = mapped_column(String(64))
    schedule_id: Mapped[str | None] = mapped_column(String(64))
    period_start: Mapped[datetime | None] = mapped_column(Moment)
    period_end: Mapped[datetime | None] = mapped_column(Moment)
    trial_end: Mapped[datetime | None] = mapped_column(Moment)
    cancel_at: Mapped[datetime | None] = mapped_column(Moment)  # it ends then, unless resumed
    next_plan_id: Mapped[str | None] = mapped_column(String(32))  # from `next_plan_at` on
    next_plan_at: Mapped[datetime | None] = mapped_column(Moment)
    past_due_since: Mapped[datetime | None] = mapped_column(Moment)  # a payment failed
    grace_until: Mapped[datetime | None] = mapped_column(Moment)  # what the plan allows stays so
    lapsed_at: Mapped[datetime | None] = mapped_column(Moment)  # the grace ended unpaid
    updated_at: Mapped[datetime] = mapped_column(Moment)


class BillingCustomer(Base):
    """A user's customer at Stripe. Without a user: the account was erased, and so must this be."""

    __tablename__ = "billing_customers"
    __table_args__ = (
        UniqueConstraint("user_id"),
        Index("ix_billing_customers_left", "stripe_id", postgresql_where="user_id IS NULL"),
    )

    stripe_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    checkout_id: Mapped[str | None] = mapped_column(String(128))  # the page opened last
    created_at: Mapped[datetime] = mapped_column(Moment)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)  # at Stripe


class StripeEvent(Base):
    """The inbox: that Stripe told of something. What is true is then asked of Stripe itself."""

    __tablename__ = "stripe_events"
    __table_args__ = (
        CheckConstraint("status IN ('received', 'done', 'ignored', 'dead')", name="status"),
        Index("ix_stripe_events_open", "next_attempt_at", postgresql_where="status = 'received'"),
        Index("ix_stripe_events_received", "received_at"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # Stripe's: evt_…
    type: Mapped[str] = mapped_column(String(64))
    customer_id: Mapped[str | None] = mapped_column(String(64))
    object_id: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime] = mapped_column(Moment)
    status: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    last_error: Mapped[str | None] = mapped_column(Text)


class Transaction(Base):
    """An invoice, a payment without one (of a robot) or a refund, as Stripe showed it last.

    Amounts are cents; those of a refund are positive.
    """

    __tablename__ = "transactions"
    __table_args__ = (
        UniqueConstraint("stripe_id"),
        CheckConstraint("kind IN ('invoice', 'payment', 'refund')", name="kind"),
        Index("ix_transactions_user", "user_id", "created_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    stripe_id: Mapped[str] = mapped_column(String(64))  # in_…, pi_… or re_…
    number: Mapped[str | None] = mapped_column(String(64))  # as it stands on the invoice
    status: Mapped[str] = mapped_column(String(32))  # Stripe's word
    description: Mapped[str] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(String(3))
    total_cents: Mapped[int] = mapped_column(BigInteger)  # below 0: credited to the customer
    paid_cents: Mapped[int] = mapped_column(BigInteger)  # what really moved
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)


class PluginAccess(Base):
    """A robot that a user may run, whatever the plan: bought, or given by the operator."""

    __tablename__ = "user_plugin_access"
    __table_args__ = (
        CheckConstraint("level IN ('full', 'limited', 'demo')", name="level"),
        CheckConstraint("source IN ('purchase', 'grant')", name="source"),
        Index("ix_user_plugin_access_payment", "payment_id"),
        Index("ix_user_plugin_access_expiry", "expires_at", postgresql_where="ended_at IS NULL"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    plugin_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    level: Mapped[str] = mapped_column(String(8))
    source: Mapped[str] = mapped_column(String(8))
    payment_id: Mapped[str | None] = mapped_column(String(64))  # of Stripe: pi_…
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)  # expired, or refunded


class EntitlementChange(Base):
    """Whose bots must be fitted to what their user may do now; gone once they are."""

    __tablename__ = "entitlement_changes"

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    changed_at: Mapped[datetime] = mapped_column(Moment)


class UsageCounter(Base):
    """How much of a kind a user used on a day, and of which percentage they were told."""

    __tablename__ = "usage_counters"
    __table_args__ = (Index("ix_usage_counters_day", "day"),)

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    told_percent: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")


class UpgradePrompt(Base):
    """How often a user met a limit on a day: was refused there, was shown an offer, followed it."""

    __tablename__ = "upgrade_prompts"
    __table_args__ = (
        CheckConstraint("kind IN ('refused', 'shown', 'clicked')", name="kind"),
        Index("ix_upgrade_prompts_day", "day"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    limit: Mapped[str] = mapped_column(String(32), primary_key=True)
    place: Mapped[str] = mapped_column(String(128), primary_key=True)  # a route, or a page's name
    plan_id: Mapped[str] = mapped_column(String(32))
    next_plan_id: Mapped[str | None] = mapped_column(String(32))
    count: Mapped[int] = mapped_column(BigInteger)
