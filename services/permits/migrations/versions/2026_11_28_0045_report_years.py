"""Reports are listed by the year in which their period ends, and those that came late, without reading all others."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_0045"
down_revision = "2026_11_28_0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_report_year_id", "report", [sa.text("EXTRACT(year FROM period_end)"), "id"])
    op.create_index("ix_report_late_id", "report", ["id"], postgresql_where=sa.text("days_late > 0"))


def downgrade() -> None:
    op.drop_index("ix_report_late_id", "report")
    op.drop_index("ix_report_year_id", "report")
