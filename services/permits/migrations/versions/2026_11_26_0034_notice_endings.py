"""Notices that were ended before their last day."""

import sqlalchemy as sa
from alembic import op

from services.kit import schema_v1

revision = "2026_11_26_0034"
down_revision = "2026_11_26_0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_ending",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_notice_ending_notice_id"),
        sa.PrimaryKeyConstraint("notice_id", name="pk_notice_ending"),
    )
    schema_v1.append_only("notice_ending")


def downgrade() -> None:
    op.drop_table("notice_ending")
