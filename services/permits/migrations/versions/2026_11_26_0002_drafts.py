"""Draft reports that wait for the representative's signature."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "2026_11_26_0002"
down_revision = "2026_11_26_0001"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("permit_number", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("filed_by", sa.String(), nullable=False),
        sa.Column("filed_under", sa.String()),
        sa.Column("filed_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.Column("ended_by", sa.String()),
        sa.Column("report_id", sa.Uuid()),
        sa.CheckConstraint("state IN ('open', 'signed', 'discarded')", name="state"),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.CheckConstraint("(state = 'signed') = (report_id IS NOT NULL)", name="signed"),
        sa.CheckConstraint("(state = 'open') = (ended_by IS NULL)", name="ended"),
        sa.ForeignKeyConstraint(["obligation_id"], ["obligation.id"], name="fk_draft_obligation_id"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_draft_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
        sa.UniqueConstraint("report_id", name="uq_draft_report_id"),
    )
    op.create_index(
        "uq_draft_open", "draft", ["obligation_id"], unique=True, postgresql_where=sa.text("state = 'open'")
    )
    op.create_index("ix_draft_uscc_id", "draft", ["uscc", "id"])


def downgrade() -> None:
    op.drop_table("draft")
