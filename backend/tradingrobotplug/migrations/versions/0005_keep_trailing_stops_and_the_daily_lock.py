"""Keep trailing stops and the daily lock

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.add_column("bots", sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "paper_orders",
        sa.Column("trail_percent", sa.Numeric(precision=30, scale=12), nullable=True),
    )
    op.add_column(
        "paper_orders", sa.Column("trail_amount", sa.Numeric(precision=30, scale=12), nullable=True)
    )
    op.add_column(
        "paper_orders",
        sa.Column("extreme_price", sa.Numeric(precision=30, scale=12), nullable=True),
    )
    op.add_column(
        "trades", sa.Column("trail_percent", sa.Numeric(precision=30, scale=12), nullable=True)
    )
    op.add_column(
        "trades", sa.Column("trail_amount", sa.Numeric(precision=30, scale=12), nullable=True)
    )


def downgrade() -> None:

    op.drop_column("trades", "trail_amount")
    op.drop_column("trades", "trail_percent")
    op.drop_column("paper_orders", "extreme_price")
    op.drop_column("paper_orders", "trail_amount")
    op.drop_column("paper_orders", "trail_percent")
    op.drop_column("bots", "locked_until")
