"""Take enquiries and tune robots

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mails", sa.Column("reply_to", sa.String(length=254), nullable=True))
    op.add_column(
        "bots",
        sa.Column(
            "robot_parameters",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
    )
    op.create_table(
        "enquiries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("plan_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["mail_id"],
            ["mails.id"],
            name=op.f("fk_enquiries_mail_id_mails"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_enquiries_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiries")),
    )
    op.create_index("ix_enquiries_created", "enquiries", ["created_at"], unique=False)
    op.create_index("ix_enquiries_email", "enquiries", ["email", "created_at"], unique=False)
    op.create_index(
        "ix_enquiries_unsent",
        "enquiries",
        ["created_at"],
        unique=False,
        postgresql_where="mailed_at IS NULL",
    )
    op.create_index(op.f("ix_enquiries_mail_id"), "enquiries", ["mail_id"], unique=False)
    op.create_index(op.f("ix_enquiries_user_id"), "enquiries", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_table("enquiries")
    op.drop_column("bots", "robot_parameters")
    op.drop_column("mails", "reply_to")
