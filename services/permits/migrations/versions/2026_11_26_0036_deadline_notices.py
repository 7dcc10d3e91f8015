"""Who was told that a period of a hearing, a statement or a replacement ends, or is over."""

import sqlalchemy as sa
from alembic import op

from services.kit.schema_v1 import append_only

revision = "2026_11_26_0036"
down_revision = "2026_11_26_0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deadline_notice",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "period IN ('statement', 'hearing_request', 'hearing', 'replacement')", name="period"
        ),
        sa.CheckConstraint(r"step = 'over' OR step LIKE 'ahead\_%'", name="step"),
        sa.PrimaryKeyConstraint("subject_id", "period", "deadline", "step", name="pk_deadline_notice"),
    )
    append_only("deadline_notice")


def downgrade() -> None:
    op.drop_table("deadline_notice")
