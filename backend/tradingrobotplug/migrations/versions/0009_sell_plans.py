"""Sell plans

Revision ID: 0009
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stripe_events",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("customer_id", sa.String(length=64), nullable=True),
        sa.Column("object_id", sa.String(length=128), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('received', 'done', 'ignored', 'dead')",
            name=op.f("ck_stripe_events_status"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_events")),
    )
    op.create_index(
        "ix_stripe_events_open",
        "stripe_events",
        ["next_attempt_at"],
        unique=False,
        postgresql_where="status = 'received'",
    )
    op.create_index("ix_stripe_events_received", "stripe_events", ["received_at"], unique=False)
    op.create_table(
        "billing_customers",
        sa.Column("stripe_id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("checkout_id", sa.String(length=128), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_billing_customers_user_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("stripe_id", name=op.f("pk_billing_customers")),
        sa.UniqueConstraint("user_id", name=op.f("uq_billing_customers_user_id")),
    )
    op.create_index(
        "ix_billing_customers_left",
        "billing_customers",
        ["stripe_id"],
        unique=False,
        postgresql_where="user_id IS NULL",
    )
    op.create_table(
        "entitlement_changes",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_entitlement_changes_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_entitlement_changes")),
    )
    op.create_table(
        "transactions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("stripe_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("paid_cents", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('invoice', 'payment', 'refund')", name=op.f("ck_transactions_kind")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_transactions_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transactions")),
        sa.UniqueConstraint("stripe_id", name=op.f("uq_transactions_stripe_id")),
    )
    op.create_index("ix_transactions_user", "transactions", ["user_id", "created_at"], unique=False)
    op.create_table(
        "upgrade_prompts",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("limit", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=128), nullable=False),
        sa.Column("plan_id", sa.String(length=32), nullable=False),
        sa.Column("next_plan_id", sa.String(length=32), nullable=True),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('refused', 'shown', 'clicked')", name=op.f("ck_upgrade_prompts_kind")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_upgrade_prompts_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "user_id", "day", "kind", "limit", "place", name=op.f("pk_upgrade_prompts")
        ),
    )
    op.create_index("ix_upgrade_prompts_day", "upgrade_prompts", ["day"], unique=False)
    op.create_table(
        "user_plugin_access",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("plugin_id", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("payment_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "level IN ('full', 'limited', 'demo')", name=op.f("ck_user_plugin_access_level")
        ),
        sa.CheckConstraint(
            "source IN ('purchase', 'grant')", name=op.f("ck_user_plugin_access_source")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_user_plugin_access_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "plugin_id", name=op.f("pk_user_plugin_access")),
    )
    op.create_index(
        "ix_user_plugin_access_expiry",
        "user_plugin_access",
        ["expires_at"],
        unique=False,
        postgresql_where="ended_at IS NULL",
    )
    op.create_index(
        "ix_user_plugin_access_payment", "user_plugin_access", ["payment_id"], unique=False
    )
    op.add_column("bots", sa.Column("held_from", sa.String(length=16), nullable=True))
    op.add_column(
        "subscriptions", sa.Column("stripe_subscription_id", sa.String(length=64), nullable=True)
    )
    op.add_column("subscriptions", sa.Column("stripe_item_id", sa.String(length=64), nullable=True))
    op.add_column("subscriptions", sa.Column("price_id", sa.String(length=64), nullable=True))
    op.add_column("subscriptions", sa.Column("schedule_id", sa.String(length=64), nullable=True))
    op.add_column(
        "subscriptions", sa.Column("period_start", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "subscriptions", sa.Column("period_end", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "subscriptions", sa.Column("trial_end", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "subscriptions", sa.Column("cancel_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("subscriptions", sa.Column("next_plan_id", sa.String(length=32), nullable=True))
    op.add_column(
        "subscriptions", sa.Column("next_plan_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "subscriptions", sa.Column("past_due_since", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "subscriptions", sa.Column("grace_until", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "subscriptions", sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index(
        "ix_subscriptions_grace",
        "subscriptions",
        ["grace_until"],
        unique=False,
        postgresql_where="lapsed_at IS NULL",
    )
    op.create_unique_constraint(
        op.f("uq_subscriptions_stripe_subscription_id"), "subscriptions", ["stripe_subscription_id"]
    )
    op.add_column(
        "usage_counters",
        sa.Column("told_percent", sa.SmallInteger(), server_default="0", nullable=False),
    )
    op.create_index("ix_usage_counters_day", "usage_counters", ["day"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_usage_counters_day", table_name="usage_counters")
    op.drop_column("usage_counters", "told_percent")
    op.drop_constraint(
        op.f("uq_subscriptions_stripe_subscription_id"), "subscriptions", type_="unique"
    )
    op.drop_index(
        "ix_subscriptions_grace", table_name="subscriptions", postgresql_where="lapsed_at IS NULL"
    )
    op.drop_column("subscriptions", "lapsed_at")
    op.drop_column("subscriptions", "grace_until")
    op.drop_column("subscriptions", "past_due_since")
    op.drop_column("subscriptions", "next_plan_at")
    op.drop_column("subscriptions", "next_plan_id")
    op.drop_column("subscriptions", "cancel_at")
    op.drop_column("subscriptions", "trial_end")
    op.drop_column("subscriptions", "period_end")
    op.drop_column("subscriptions", "period_start")
    op.drop_column("subscriptions", "schedule_id")
    op.drop_column("subscriptions", "price_id")
    op.drop_column("subscriptions", "stripe_item_id")
    op.drop_column("subscriptions", "stripe_subscription_id")
    op.drop_column("bots", "held_from")
    op.drop_index("ix_user_plugin_access_payment", table_name="user_plugin_access")
    op.drop_index(
        "ix_user_plugin_access_expiry",
        table_name="user_plugin_access",
        postgresql_where="ended_at IS NULL",
    )
    op.drop_table("user_plugin_access")
    op.drop_index("ix_upgrade_prompts_day", table_name="upgrade_prompts")
    op.drop_table("upgrade_prompts")
    op.drop_index("ix_transactions_user", table_name="transactions")
    op.drop_table("transactions")
    op.drop_table("entitlement_changes")
    op.drop_index(
        "ix_billing_customers_left",
        table_name="billing_customers",
        postgresql_where="user_id IS NULL",
    )
    op.drop_table("billing_customers")
    op.drop_index("ix_stripe_events_received", table_name="stripe_events")
    op.drop_index(
        "ix_stripe_events_open", table_name="stripe_events", postgresql_where="status = 'received'"
    )
    op.drop_table("stripe_events")
