"""Trade at brokers

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_LIVE = "state IN ('held', 'planned', 'submitting', 'accepted', 'partially_filled')"
_LIVE_BEFORE = "state IN ('planned', 'submitting', 'accepted', 'partially_filled')"


def upgrade() -> None:
    # Which brokers there are is said in one place, and that is not here.
    op.drop_constraint(
        op.f("ck_user_trading_accounts_broker"), "user_trading_accounts", type_="check"
    )
    op.add_column(
        "performance_cursors",
        sa.Column("mode", sa.String(8), nullable=False, server_default="paper"),
    )
    op.alter_column("performance_cursors", "mode", server_default=None)
    op.drop_constraint("pk_performance_cursors", "performance_cursors")
    op.create_primary_key("pk_performance_cursors", "performance_cursors", ["bot_id", "mode"])
    op.drop_constraint("uq_bot_performance_bot_id", "bot_performance")
    op.create_unique_constraint(
        "uq_bot_performance_bot_id", "bot_performance", ["bot_id", "date", "mode"]
    )
    op.create_table(
        "halts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ordered_by", sa.Uuid(), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("carried_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_up_to", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "level IN ('entries', 'cancel', 'flatten')", name=op.f("ck_halts_level")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_halts_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_halts")),
    )
    op.create_index(
        "uq_halts_in_force",
        "halts",
        ["user_id"],
        unique=True,
        postgresql_where="lifted_at IS NULL",
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "account_states",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("cash", sa.Numeric(precision=30, scale=12), nullable=True),
        sa.Column("buying_power", sa.Numeric(precision=30, scale=12), nullable=True),
        sa.Column("equity", sa.Numeric(precision=30, scale=12), nullable=True),
        sa.Column("fee_rate", sa.Numeric(precision=30, scale=12), nullable=True),
        sa.Column("positions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("outside", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "suspects", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("unsupported", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["user_trading_accounts.id"],
            name=op.f("fk_account_states_account_id_user_trading_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_states")),
    )
    op.create_table(
        "drifts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("ours", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("theirs", sa.Numeric(precision=30, scale=12), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["user_trading_accounts.id"],
            name=op.f("fk_drifts_account_id_user_trading_accounts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_drifts_bot_id_bots"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_drifts_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drifts")),
    )
    op.create_index("ix_drifts_user", "drifts", ["user_id", "id"], unique=False)
    op.create_index(
        "uq_drifts_open",
        "drifts",
        ["account_id", "kind", "subject"],
        unique=True,
        postgresql_where="resolved_at IS NULL",
    )
    op.add_column("bots", sa.Column("trading_account_id", sa.Uuid(), nullable=True))
    op.add_column("bots", sa.Column("went_live_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "bots",
        sa.Column(
            "warnings", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
    )
    op.add_column("bots", sa.Column("paper_of", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_bots_paper_of"), "bots", ["paper_of"], unique=False)
    op.create_foreign_key(
        op.f("fk_bots_paper_of_bots"), "bots", "bots", ["paper_of"], ["id"], ondelete="SET NULL"
    )
    op.create_index(
        op.f("ix_bots_trading_account_id"), "bots", ["trading_account_id"], unique=False
    )
    op.create_foreign_key(
        op.f("fk_bots_trading_account_id_user_trading_accounts"),
        "bots",
        "user_trading_accounts",
        ["trading_account_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.add_column("trades", sa.Column("account_id", sa.Uuid(), nullable=True))
    op.add_column(
        "trades", sa.Column("stop_limit_price", sa.Numeric(precision=30, scale=12), nullable=True)
    )
    op.add_column(
        "trades", sa.Column("extreme_price", sa.Numeric(precision=30, scale=12), nullable=True)
    )
    op.add_column("trades", sa.Column("attached_to", sa.String(length=80), nullable=True))
    op.create_index(
        "ix_trades_account_live",
        "trades",
        ["account_id"],
        unique=False,
        postgresql_where=_LIVE,
    )
    op.drop_index("ix_trades_live", table_name="trades")
    op.create_index(
        "ix_trades_live", "trades", ["bot_id", "state"], postgresql_where=sa.text(_LIVE)
    )
    op.create_foreign_key(
        op.f("fk_trades_account_id_user_trading_accounts"),
        "trades",
        "user_trading_accounts",
        ["account_id"],
        ["id"],
        ondelete="SET NULL",
    )


def downgrade() -> None:
    op.create_check_constraint(
        op.f("ck_user_trading_accounts_broker"),
        "user_trading_accounts",
        "broker IN ('alpaca', 'coinbase')",
    )
    op.execute("DELETE FROM performance_cursors WHERE mode <> 'paper'")
    op.execute("DELETE FROM bot_performance WHERE mode <> 'paper'")
    op.drop_constraint("uq_bot_performance_bot_id", "bot_performance")
    op.create_unique_constraint("uq_bot_performance_bot_id", "bot_performance", ["bot_id", "date"])
    op.drop_constraint("pk_performance_cursors", "performance_cursors")
    op.create_primary_key("pk_performance_cursors", "performance_cursors", ["bot_id"])
    op.drop_column("performance_cursors", "mode")
    op.drop_constraint(
        op.f("fk_trades_account_id_user_trading_accounts"), "trades", type_="foreignkey"
    )
    op.drop_index("ix_trades_live", table_name="trades")
    op.create_index(
        "ix_trades_live", "trades", ["bot_id", "state"], postgresql_where=sa.text(_LIVE_BEFORE)
    )
    op.drop_index(
        "ix_trades_account_live",
        table_name="trades",
        postgresql_where=_LIVE,
    )
    op.drop_column("trades", "attached_to")
    op.drop_column("trades", "extreme_price")
    op.drop_column("trades", "stop_limit_price")
    op.drop_column("trades", "account_id")
    op.drop_constraint(
        op.f("fk_bots_trading_account_id_user_trading_accounts"), "bots", type_="foreignkey"
    )
    op.drop_index(op.f("ix_bots_trading_account_id"), table_name="bots")
    op.drop_constraint(op.f("fk_bots_paper_of_bots"), "bots", type_="foreignkey")
    op.drop_index(op.f("ix_bots_paper_of"), table_name="bots")
    op.drop_column("bots", "paper_of")
    op.drop_column("bots", "warnings")
    op.drop_column("bots", "went_live_at")
    op.drop_column("bots", "trading_account_id")
    op.drop_index("uq_drifts_open", table_name="drifts", postgresql_where="resolved_at IS NULL")
    op.drop_index("ix_drifts_user", table_name="drifts")
    op.drop_table("drifts")
    op.drop_table("account_states")
    op.drop_index(
        "uq_halts_in_force",
        table_name="halts",
        postgresql_where="lifted_at IS NULL",
        postgresql_nulls_not_distinct=True,
    )
    op.drop_table("halts")
