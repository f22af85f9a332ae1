"""Give site codes scopes

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "site_codes",
        sa.Column(
            "scopes",
            postgresql.JSONB(astext_type=sa.Text()),
            # What the codes that were made before allow.
            server_default='["act_for_users"]',
            nullable=False,
        ),
    )
    op.alter_column("site_codes", "scopes", server_default=None)


def downgrade() -> None:
    op.drop_column("site_codes", "scopes")
