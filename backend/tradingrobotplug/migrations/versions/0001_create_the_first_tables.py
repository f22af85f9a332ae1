"""Create the first tables

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_logs",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("object_id", sa.String(length=64), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_logs")),
    )
    op.create_index(op.f("ix_audit_logs_user_id"), "audit_logs", ["user_id"], unique=False)
    op.create_table(
        "login_attempts",
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("first_failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_login_attempts")),
    )
    op.create_table(
        "site_assertions",
        sa.Column("jti", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("jti", name=op.f("pk_site_assertions")),
    )
    op.create_index(
        op.f("ix_site_assertions_expires_at"), "site_assertions", ["expires_at"], unique=False
    )
    op.create_table(
        "site_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_site_codes")),
    )
    op.create_table(
        "sites",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("scopes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("is_house", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
    )
    op.create_table(
        "bots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("asset_type", sa.String(length=16), nullable=False),
        sa.Column("exchange", sa.String(length=16), nullable=False),
        sa.Column("trading_mode", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("signal_source", sa.String(length=16), nullable=False),
        sa.Column("plugin_id", sa.String(length=64), nullable=True),
        sa.Column("symbols", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("position_sizing", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("risk_management", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("execution", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("starting_cash", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("previous_secret_hash", sa.String(length=64), nullable=True),
        sa.Column("previous_secret_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_bots_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bots")),
    )
    op.create_index(op.f("ix_bots_plugin_id"), "bots", ["plugin_id"], unique=False)
    op.create_index(
        "ix_bots_user_open",
        "bots",
        ["user_id"],
        unique=False,
        postgresql_where="deleted_at IS NULL",
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("route", sa.String(length=255), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_idempotency_keys_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "key", "route", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(
        op.f("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"], unique=False
    )
    op.create_table(
        "site_links",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_site_links_site_id_sites"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_site_links_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("site_id", "subject", name=op.f("pk_site_links")),
    )
    op.create_index(op.f("ix_site_links_user_id"), "site_links", ["user_id"], unique=False)
    op.create_table(
        "subscriptions",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_subscriptions_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_subscriptions")),
    )
    op.create_table(
        "usage_counters",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_usage_counters_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "day", "kind", name=op.f("pk_usage_counters")),
    )
    op.create_table(
        "user_performance_metrics",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("plugin_id", sa.String(length=64), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("track", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("totals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("metrics", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("undefined", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_user_performance_metrics_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_performance_metrics")),
        sa.UniqueConstraint(
            "user_id",
            "plugin_id",
            "date",
            "period",
            "mode",
            name=op.f("uq_user_performance_metrics_user_id"),
        ),
    )
    op.create_index(
        "ix_user_performance_metrics_open",
        "user_performance_metrics",
        ["user_id", "mode", "plugin_id"],
        unique=False,
        postgresql_where="closed_at IS NULL",
    )
    op.create_table(
        "user_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("site_session", sa.String(length=128), nullable=True),
        sa.Column("refresh_hash", sa.String(length=64), nullable=True),
        sa.Column("device", sa.String(length=256), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["sites.id"],
            name=op.f("fk_user_sessions_site_id_sites"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_user_sessions_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_sessions")),
    )
    op.create_index(
        "ix_user_sessions_site", "user_sessions", ["site_id", "site_session"], unique=False
    )
    op.create_index(op.f("ix_user_sessions_user_id"), "user_sessions", ["user_id"], unique=False)
    op.create_table(
        "bot_performance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("totals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("metrics", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("undefined", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_bot_performance_bot_id_bots"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bot_performance")),
        sa.UniqueConstraint("bot_id", "date", name=op.f("uq_bot_performance_bot_id")),
    )
    op.create_table(
        "bot_sequence",
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_minute", sa.Integer(), nullable=False),
        sa.Column("in_minute_before", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_bot_sequence_bot_id_bots"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("bot_id", name=op.f("pk_bot_sequence")),
    )
    op.create_table(
        "equity_samples",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("plugin_id", sa.String(length=64), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=True),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("equity", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("growth", sa.Numeric(), nullable=False),
        sa.Column("fill_seq", sa.BigInteger(), nullable=True),
        sa.Column("marks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_equity_samples_bot_id_bots"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_equity_samples_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_equity_samples")),
    )
    op.create_index(
        "ix_equity_samples_bot", "equity_samples", ["bot_id", "kind", "seq"], unique=False
    )
    op.create_index(
        "ix_equity_samples_journal", "equity_samples", ["user_id", "mode", "seq"], unique=False
    )
    op.create_index(
        "ix_equity_samples_user",
        "equity_samples",
        ["user_id", "plugin_id", "mode", "kind", "seq"],
        unique=False,
        postgresql_where="bot_id IS NULL",
    )
    op.create_table(
        "lots",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("side", sa.String(length=5), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("remaining", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("price", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("fee", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fill_seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_lots_bot_id_bots"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_lots")),
    )
    op.create_index(
        "ix_lots_open",
        "lots",
        ["bot_id", "symbol", "seq"],
        unique=False,
        postgresql_where="remaining > 0",
    )
    op.create_table(
        "paper_accounts",
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("cash", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("positions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_paper_accounts_bot_id_bots"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("bot_id", name=op.f("pk_paper_accounts")),
    )
    op.create_table(
        "paper_orders",
        sa.Column("client_order_id", sa.String(length=64), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asset_type", sa.String(length=16), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("side", sa.String(length=4), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("time_in_force", sa.String(length=8), nullable=False),
        sa.Column("extended_hours", sa.Boolean(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("limit_price", sa.Numeric(precision=30, scale=12), nullable=True),
        sa.Column("stop_price", sa.Numeric(precision=30, scale=12), nullable=True),
        sa.Column("triggered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("oco_group", sa.String(length=64), nullable=True),
        sa.Column("filled_quantity", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("executions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_paper_orders_bot_id_bots"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("client_order_id", name=op.f("pk_paper_orders")),
    )
    op.create_index(op.f("ix_paper_orders_bot_id"), "paper_orders", ["bot_id"], unique=False)
    op.create_index(op.f("ix_paper_orders_oco_group"), "paper_orders", ["oco_group"], unique=False)
    op.create_index(
        "ix_paper_orders_open",
        "paper_orders",
        ["symbol"],
        unique=False,
        postgresql_where="state IN ('new', 'partial')",
    )
    op.create_table(
        "performance_cursors",
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("fill_seq", sa.BigInteger(), nullable=False),
        sa.Column("cash", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("equity", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("holdings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("track", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("totals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("metrics", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("undefined", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bot_id"],
            ["bots.id"],
            name=op.f("fk_performance_cursors_bot_id_bots"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("bot_id", name=op.f("pk_performance_cursors")),
    )
    op.create_table(
        "positions",
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("average_price", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_positions_bot_id_bots"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_positions_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("bot_id", "symbol", name=op.f("pk_positions")),
    )
    op.create_index(op.f("ix_positions_user_id"), "positions", ["user_id"], unique=False)
    op.create_table(
        "round_trips",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("plugin_id", sa.String(length=64), nullable=True),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("side", sa.String(length=5), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("entry_price", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("exit_price", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("entry_value", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("fees", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("pnl", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("exited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("exit_fill_seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_round_trips_bot_id_bots"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_round_trips_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_round_trips")),
        sa.UniqueConstraint("exit_fill_seq", name=op.f("uq_round_trips_exit_fill_seq")),
    )
    op.create_index("ix_round_trips_bot", "round_trips", ["bot_id", "seq"], unique=False)
    op.create_index("ix_round_trips_day", "round_trips", ["bot_id", "exited_at"], unique=False)
    op.create_index("ix_round_trips_user", "round_trips", ["user_id", "mode", "seq"], unique=False)
    op.create_table(
        "webhook_logs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("dedup_key", sa.String(length=80), nullable=True),
        sa.Column("dedup_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("replay_of", sa.Uuid(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("parser", sa.String(length=32), nullable=True),
        sa.Column("intent", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("log", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_webhook_logs_bot_id_bots"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_logs")),
        sa.UniqueConstraint("bot_id", "seq", name=op.f("uq_webhook_logs_bot_id")),
    )
    op.create_index(
        "ix_webhook_logs_dead",
        "webhook_logs",
        ["bot_id", "seq"],
        unique=False,
        postgresql_where="status = 'dead'",
    )
    op.create_index(
        "ix_webhook_logs_open",
        "webhook_logs",
        ["bot_id", "seq"],
        unique=False,
        postgresql_where="status IN ('received', 'processing', 'retrying')",
    )
    op.create_index("uq_webhook_logs_bot_key", "webhook_logs", ["bot_id", "dedup_key"], unique=True)
    op.create_table(
        "trades",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("signal_id", sa.Uuid(), nullable=False),
        sa.Column("leg", sa.String(length=24), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("oco_group", sa.String(length=64), nullable=True),
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("venue", sa.String(length=16), nullable=False),
        sa.Column("client_order_id", sa.String(length=64), nullable=False),
        sa.Column("broker_order_id", sa.String(length=80), nullable=True),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("side", sa.String(length=4), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("time_in_force", sa.String(length=8), nullable=False),
        sa.Column("extended_hours", sa.Boolean(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("limit_price", sa.Numeric(precision=30, scale=12), nullable=True),
        sa.Column("stop_price", sa.Numeric(precision=30, scale=12), nullable=True),
        sa.Column("reference_price", sa.Numeric(precision=30, scale=12), nullable=True),
        sa.Column("protection", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("filled_quantity", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("average_price", sa.Numeric(precision=30, scale=12), nullable=True),
        sa.Column("fees", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_trades_bot_id_bots"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["signal_id"],
            ["webhook_logs.id"],
            name=op.f("fk_trades_signal_id_webhook_logs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_trades_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trades")),
        sa.UniqueConstraint("client_order_id", name=op.f("uq_trades_client_order_id")),
        sa.UniqueConstraint("signal_id", "leg", name=op.f("uq_trades_signal_id")),
    )
    op.create_index("ix_trades_bot", "trades", ["bot_id", "id"], unique=False)
    op.create_index(
        "ix_trades_live",
        "trades",
        ["bot_id", "state"],
        unique=False,
        postgresql_where="state IN ('planned', 'submitting', 'accepted', 'partially_filled')",
    )
    op.create_index("ix_trades_user", "trades", ["user_id", "id"], unique=False)
    op.create_table(
        "fills",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("trade_id", sa.Uuid(), nullable=False),
        sa.Column("broker_fill_id", sa.String(length=80), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("side", sa.String(length=4), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("price", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("fee", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_fills_bot_id_bots"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["trade_id"], ["trades.id"], name=op.f("fk_fills_trade_id_trades"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_fills_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_fills")),
        sa.UniqueConstraint("trade_id", "broker_fill_id", name=op.f("uq_fills_trade_id")),
    )
    op.create_index("ix_fills_bot", "fills", ["bot_id", "seq"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_fills_bot", table_name="fills")
    op.drop_table("fills")
    op.drop_index("ix_trades_user", table_name="trades")
    op.drop_index(
        "ix_trades_live",
        table_name="trades",
        postgresql_where="state IN ('planned', 'submitting', 'accepted', 'partially_filled')",
    )
    op.drop_index("ix_trades_bot", table_name="trades")
    op.drop_table("trades")
    op.drop_index("uq_webhook_logs_bot_key", table_name="webhook_logs")
    op.drop_index(
        "ix_webhook_logs_open",
        table_name="webhook_logs",
        postgresql_where="status IN ('received', 'processing', 'retrying')",
    )
    op.drop_index(
        "ix_webhook_logs_dead", table_name="webhook_logs", postgresql_where="status = 'dead'"
    )
    op.drop_table("webhook_logs")
    op.drop_index("ix_round_trips_user", table_name="round_trips")
    op.drop_index("ix_round_trips_day", table_name="round_trips")
    op.drop_index("ix_round_trips_bot", table_name="round_trips")
    op.drop_table("round_trips")
    op.drop_index(op.f("ix_positions_user_id"), table_name="positions")
    op.drop_table("positions")
    op.drop_table("performance_cursors")
    op.drop_index(
        "ix_paper_orders_open",
        table_name="paper_orders",
        postgresql_where="state IN ('new', 'partial')",
    )
    op.drop_index(op.f("ix_paper_orders_oco_group"), table_name="paper_orders")
    op.drop_index(op.f("ix_paper_orders_bot_id"), table_name="paper_orders")
    op.drop_table("paper_orders")
    op.drop_table("paper_accounts")
    op.drop_index("ix_lots_open", table_name="lots", postgresql_where="remaining > 0")
    op.drop_table("lots")
    op.drop_index(
        "ix_equity_samples_user", table_name="equity_samples", postgresql_where="bot_id IS NULL"
    )
    op.drop_index("ix_equity_samples_journal", table_name="equity_samples")
    op.drop_index("ix_equity_samples_bot", table_name="equity_samples")
    op.drop_table("equity_samples")
    op.drop_table("bot_sequence")
    op.drop_table("bot_performance")
    op.drop_index(op.f("ix_user_sessions_user_id"), table_name="user_sessions")
    op.drop_index("ix_user_sessions_site", table_name="user_sessions")
    op.drop_table("user_sessions")
    op.drop_index(
        "ix_user_performance_metrics_open",
        table_name="user_performance_metrics",
        postgresql_where="closed_at IS NULL",
    )
    op.drop_table("user_performance_metrics")
    op.drop_table("usage_counters")
    op.drop_table("subscriptions")
    op.drop_index(op.f("ix_site_links_user_id"), table_name="site_links")
    op.drop_table("site_links")
    op.drop_index(op.f("ix_idempotency_keys_created_at"), table_name="idempotency_keys")
    op.drop_table("idempotency_keys")
    op.drop_index("ix_bots_user_open", table_name="bots", postgresql_where="deleted_at IS NULL")
    op.drop_index(op.f("ix_bots_plugin_id"), table_name="bots")
    op.drop_table("bots")
    op.drop_table("users")
    op.drop_table("sites")
    op.drop_table("site_codes")
    op.drop_index(op.f("ix_site_assertions_expires_at"), table_name="site_assertions")
    op.drop_table("site_assertions")
    op.drop_table("login_attempts")
    op.drop_index(op.f("ix_audit_logs_user_id"), table_name="audit_logs")
    op.drop_table("audit_logs")
