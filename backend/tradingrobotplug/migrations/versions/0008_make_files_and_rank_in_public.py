"""Make files and rank in public

Revision ID: 0008
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leaderboard_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("page_hashes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_leaderboard_days")),
    )
    op.create_table(
        "leaderboard_entries",
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("plugin_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_ranked", sa.Boolean(), nullable=False),
        sa.Column("is_delisted", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("trade_count", sa.Integer(), nullable=False),
        sa.Column("win_rate", sa.Double(), nullable=True),
        sa.Column("total_pnl", sa.Double(), nullable=True),
        sa.Column("total_return_pct", sa.Double(), nullable=True),
        sa.Column("profit_factor", sa.Double(), nullable=True),
        sa.Column("sharpe_ratio", sa.Double(), nullable=True),
        sa.Column("sortino_ratio", sa.Double(), nullable=True),
        sa.Column("max_drawdown", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_leaderboard_entries_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "mode", "period", "user_id", "plugin_id", name=op.f("pk_leaderboard_entries")
        ),
    )
    op.create_index(
        "ix_leaderboard_entries_max_drawdown",
        "leaderboard_entries",
        [
            "mode",
            "period",
            sa.literal_column("is_ranked DESC"),
            sa.literal_column("max_drawdown DESC NULLS LAST"),
            "position",
        ],
        unique=False,
    )
    op.create_index(
        "ix_leaderboard_entries_position",
        "leaderboard_entries",
        ["mode", "period", "position"],
        unique=False,
    )
    op.create_index(
        "ix_leaderboard_entries_robots",
        "leaderboard_entries",
        ["mode", "period", "position"],
        unique=False,
        postgresql_where="kind = 'robot'",
    )
    op.create_index(
        "ix_leaderboard_entries_profit_factor",
        "leaderboard_entries",
        [
            "mode",
            "period",
            sa.literal_column("is_ranked DESC"),
            sa.literal_column("profit_factor DESC NULLS LAST"),
            "position",
        ],
        unique=False,
    )
    op.create_index(
        "ix_leaderboard_entries_total_return_pct",
        "leaderboard_entries",
        [
            "mode",
            "period",
            sa.literal_column("is_ranked DESC"),
            sa.literal_column("total_return_pct DESC NULLS LAST"),
            "position",
        ],
        unique=False,
    )
    op.create_index(
        "ix_leaderboard_entries_trade_count",
        "leaderboard_entries",
        [
            "mode",
            "period",
            sa.literal_column("is_ranked DESC"),
            sa.literal_column("trade_count DESC NULLS LAST"),
            "position",
        ],
        unique=False,
    )
    op.create_index(
        op.f("ix_leaderboard_entries_user_id"), "leaderboard_entries", ["user_id"], unique=False
    )
    op.create_index(
        "ix_leaderboard_entries_win_rate",
        "leaderboard_entries",
        [
            "mode",
            "period",
            sa.literal_column("is_ranked DESC"),
            sa.literal_column("win_rate DESC NULLS LAST"),
            "position",
        ],
        unique=False,
    )
    op.create_table(
        "leaderboard_curves",
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("plugin_id", sa.String(length=64), nullable=False),
        sa.Column("points", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_leaderboard_curves_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("mode", "user_id", "plugin_id", name=op.f("pk_leaderboard_curves")),
    )
    op.create_table(
        "leaderboard_members",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("handle", sa.String(length=40), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_leaderboard_members_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_leaderboard_members")),
        sa.UniqueConstraint("handle", name=op.f("uq_leaderboard_members_handle")),
    )
    op.create_table(
        "leaderboard_pages",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["day"],
            ["leaderboard_days.day"],
            name=op.f("fk_leaderboard_pages_day_leaderboard_days"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("day", "number", name=op.f("pk_leaderboard_pages")),
    )
    op.create_table(
        "tax_methods",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_tax_methods_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "year", name=op.f("pk_tax_methods")),
    )
    op.create_table(
        "exports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=True),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("link_hash", sa.String(length=64), nullable=True),
        sa.Column("link_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_exports_bot_id_bots"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_exports_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
    )
    op.create_index(op.f("ix_exports_bot_id"), "exports", ["bot_id"], unique=False)
    op.create_index("ix_exports_expires_at", "exports", ["expires_at"], unique=False)
    op.create_index("ix_exports_link_hash", "exports", ["link_hash"], unique=True)
    op.create_index(
        "ix_exports_open",
        "exports",
        ["lease_until"],
        unique=False,
        postgresql_where="state IN ('queued', 'running')",
    )
    op.create_index("ix_exports_user", "exports", ["user_id", "id"], unique=False)
    op.create_table(
        "export_chunks",
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"],
            ["exports.id"],
            name=op.f("fk_export_chunks_export_id_exports"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("export_id", "attempt", "number", name=op.f("pk_export_chunks")),
    )


def downgrade() -> None:
    op.drop_table("export_chunks")
    op.drop_table("exports")
    op.drop_table("tax_methods")
    op.drop_table("leaderboard_pages")
    op.drop_table("leaderboard_members")
    op.drop_table("leaderboard_curves")
    op.drop_table("leaderboard_entries")
    op.drop_table("leaderboard_days")
