"""What signed reports are printed with, kept at their first print; and the files that are annexed to reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services.kit.schema_v1 import append_only

revision = "2026_11_28_0043"
down_revision = "2026_11_28_0044"  # which was there first
branch_labels = None
depends_on = None

_TABLES = ("report_print", "report_annex")


def upgrade() -> None:
    op.create_table(
        "report_print",
        sa.Column("report_version_id", sa.Uuid(), nullable=False),
        sa.Column("basis", JSONB(), nullable=False),
        sa.Column("gathered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("jsonb_typeof(basis) = 'object'", name="basis"),
        sa.ForeignKeyConstraint(
            ["report_version_id"], ["report_version.id"], name="fk_report_print_report_version_id"
        ),
        sa.PrimaryKeyConstraint("report_version_id", name="pk_report_print"),
    )
    op.create_table(
        "report_annex",
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("report_version_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name="fk_report_annex_attachment_id"),
        sa.ForeignKeyConstraint(
            ["report_version_id"], ["report_version.id"], name="fk_report_annex_report_version_id"
        ),
        sa.PrimaryKeyConstraint("attachment_id", "report_version_id", name="pk_report_annex"),
    )
    for table in _TABLES:
        append_only(table)


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
