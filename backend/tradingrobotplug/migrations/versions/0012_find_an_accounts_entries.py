"""Find an account's entries by the time they were ordered

Revision ID: 0012
Revises: 0011
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_trades_account_entries",
        "trades",
        ["account_id", "created_at"],
        postgresql_where="leg = 'entry' AND account_id IS NOT NULL",
    )


def downgrade() -> None:
    op.drop_index("ix_trades_account_entries", table_name="trades")
