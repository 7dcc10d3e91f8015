"""A draft may be the correction of a report."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_0003"
down_revision = "2026_11_26_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("draft", sa.Column("corrects_version", sa.Integer()))
    op.add_column("draft", sa.Column("reason", sa.String()))
    op.create_check_constraint("corrects_version", "draft", "corrects_version >= 1")
    op.create_check_constraint("reason", "draft", "(corrects_version IS NULL) = (reason IS NULL)")
    op.drop_constraint("uq_draft_report_id", "draft")
    op.create_index("ix_draft_report_id", "draft", ["report_id"])


def downgrade() -> None:
    # What was corrected by a draft stays in its report; a draft of before knows one report each.
    op.execute("DELETE FROM draft WHERE corrects_version IS NOT NULL")
    op.drop_index("ix_draft_report_id", "draft")
    op.create_unique_constraint("uq_draft_report_id", "draft", ["report_id"])
    op.drop_column("draft", "reason")
    op.drop_column("draft", "corrects_version")
