"""A period whose report was repudiated is owed again."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_0025"
down_revision = "2026_11_26_0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("obligation", sa.Column("repudiated_report_id", sa.Uuid(), nullable=True))
    op.create_check_constraint(
        "ck_obligation_repudiated", "obligation", "report_id IS NULL OR repudiated_report_id IS NULL"
    )
    op.execute(
        "UPDATE obligation SET repudiated_report_id = report_id, report_id = NULL, reported_on = NULL "
        "FROM report WHERE report.id = obligation.report_id AND report.state = 'repudiated'"
    )


def downgrade() -> None:
    op.execute(
        "UPDATE obligation SET report_id = report.id, reported_on = report.first_submitted_at::date FROM report "
        "WHERE report.id = obligation.repudiated_report_id AND standing = 'owed'"
    )
    op.drop_constraint("ck_obligation_repudiated", "obligation")
    op.drop_column("obligation", "repudiated_report_id")
