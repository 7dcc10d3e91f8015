"""Reports that an enterprise says it did not submit."""

import sqlalchemy as sa
from alembic import op

from services.kit.schema_v1 import append_only

revision = "2026_11_26_0018"
down_revision = "2026_11_26_0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("ck_report_state", "report")
    op.create_check_constraint(
        "ck_report_state", "report", "state IN ('submitted', 'returned', 'accepted', 'repudiated')"
    )
    op.create_table(
        "repudiation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("repudiated_by", sa.String(), nullable=False),
        sa.Column("repudiated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_repudiation_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_repudiation"),
        sa.UniqueConstraint("report_id", "version", name="uq_repudiation_report_id_version"),
    )
    append_only("repudiation")


def downgrade() -> None:
    op.drop_table("repudiation")
    op.execute("UPDATE report SET state = 'returned' WHERE state = 'repudiated'")
    op.drop_constraint("ck_report_state", "report")
    op.create_check_constraint("ck_report_state", "report", "state IN ('submitted', 'returned', 'accepted')")
