"""Count capital flows, and add up round trips

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_MONEY = sa.Numeric(precision=30, scale=12)
_FIGURES = ("performance_cursors", "bot_performance", "user_performance_metrics")


def upgrade() -> None:
    op.create_table(
        "capital_flows",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("amount", _MONEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after_fill", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_capital_flows_bot_id_bots"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_capital_flows")),
    )
    op.create_index("ix_capital_flows_bot", "capital_flows", ["bot_id", "mode", "seq"])
    _create_sums()
    op.add_column(
        "performance_cursors",
        sa.Column("flow_seq", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.add_column("equity_samples", sa.Column("flow_seq", sa.BigInteger(), nullable=True))
    op.add_column("equity_samples", sa.Column("flow", _MONEY, nullable=True))
    op.execute(
        "UPDATE equity_samples SET flow = equity WHERE kind = 'start' AND bot_id IS NOT NULL"
    )
    op.create_index("ix_round_trips_bot_pnl", "round_trips", ["bot_id", "mode", "pnl", "seq"])
    op.create_index("ix_round_trips_user_pnl", "round_trips", ["user_id", "mode", "pnl", "seq"])
    for table in _FIGURES:
        op.execute(
            f"UPDATE {table} SET metrics = metrics"  # nosec B608  # names of ours
            " || jsonb_build_object('total_return', (totals->>'gain')::float8)"
        )


def _create_sums() -> None:
    op.create_table(
        "round_trip_sums",
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("side", sa.String(length=5), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("plugin_id", sa.String(length=64), nullable=False),
        sa.Column("trades", sa.Integer(), nullable=False),
        sa.Column("wins", sa.Integer(), nullable=False),
        sa.Column("losses", sa.Integer(), nullable=False),
        sa.Column("gross_profit", _MONEY, nullable=False),
        sa.Column("gross_loss", _MONEY, nullable=False),
        sa.Column("entry_value", _MONEY, nullable=False),
        sa.Column("hold_microseconds", sa.BigInteger(), nullable=False),
        sa.Column("returns", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("holds", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_round_trip_sums_bot_id_bots"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_round_trip_sums_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "bot_id", "mode", "day", "weekday", "hour", "symbol", "side",
            name=op.f("pk_round_trip_sums"),
        ),
    )  # fmt: skip
    op.create_index("ix_round_trip_sums_user", "round_trip_sums", ["user_id", "mode", "day"])


def downgrade() -> None:
    for table in _FIGURES:
        op.execute(f"UPDATE {table} SET metrics = metrics - 'total_return'")  # nosec B608  # ours
    op.drop_index("ix_round_trips_user_pnl", table_name="round_trips")
    op.drop_index("ix_round_trips_bot_pnl", table_name="round_trips")
    op.execute("DELETE FROM equity_samples WHERE kind = 'flow'")
    op.drop_column("equity_samples", "flow")
    op.drop_column("equity_samples", "flow_seq")
    op.drop_column("performance_cursors", "flow_seq")
    op.drop_table("round_trip_sums")
    op.drop_table("capital_flows")
