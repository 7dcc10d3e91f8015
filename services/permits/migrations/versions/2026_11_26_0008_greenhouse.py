"""Key emitters and greenhouse-gas reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services.kit import schema_v1

revision = "2026_11_26_0008"
down_revision = "2026_11_26_0007"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
APPEND_ONLY = ("greenhouse_version", "greenhouse_fact", "greenhouse_step")


def upgrade() -> None:
    op.create_table(
        "greenhouse_unit",
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sector", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("listed_by", sa.String(), nullable=False),
        sa.Column("listed_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["uscc"], ["enterprise.uscc"], name="fk_greenhouse_unit_uscc"),
        sa.PrimaryKeyConstraint("uscc", "year", name="pk_greenhouse_unit"),
    )
    _report()
    _version()
    _step()
    for table in APPEND_ONLY:
        schema_v1.append_only(table)


def _report() -> None:
    op.create_table(
        "greenhouse_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("total_t", sa.Numeric(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("days_late", sa.Integer(), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("first_submitted_on", sa.Date(), nullable=False),
        sa.Column("stood_on", sa.Date(), nullable=False),
        sa.Column("forwarded_on", sa.Date()),
        sa.Column("verification_ended_on", sa.Date()),
        sa.Column("conclusion", sa.String()),
        sa.Column("verified_t", sa.Numeric()),
        sa.Column("feedback_due_on", sa.Date()),
        sa.Column("feedback_provisional", sa.Boolean(), nullable=False),
        sa.Column("fed_back_on", sa.Date()),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "state IN ('submitted', 'returned', 'forwarded', 'verified', 'fed_back')", name="state"
        ),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.CheckConstraint(
            "(state IN ('verified', 'fed_back')) = (verification_ended_on IS NOT NULL)", name="verified"
        ),
        sa.CheckConstraint(
            "(verification_ended_on IS NULL) = (feedback_due_on IS NULL) AND "
            "(verification_ended_on IS NULL) = (verified_t IS NULL) AND "
            "(verification_ended_on IS NULL) = (conclusion IS NULL)",
            name="verification",
        ),
        sa.CheckConstraint("conclusion IN ('conforms', 'corrected')", name="conclusion"),
        sa.CheckConstraint("(state = 'fed_back') = (fed_back_on IS NOT NULL)", name="fed_back"),
        sa.CheckConstraint("forwarded_on <= verification_ended_on", name="forwarded_first"),
        sa.CheckConstraint("verification_ended_on <= fed_back_on", name="verified_first"),
        sa.ForeignKeyConstraint(
            ["uscc", "year"],
            ["greenhouse_unit.uscc", "greenhouse_unit.year"],
            name="fk_greenhouse_report_uscc_year",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_greenhouse_report"),
        sa.UniqueConstraint("uscc", "year", name="uq_greenhouse_report_uscc_year"),
    )


def _version() -> None:
    op.create_table(
        "greenhouse_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("document_sha256", sa.String(), nullable=False),
        sa.Column("sheet", JSONB(), nullable=False),
        sa.Column("total_t", sa.Numeric(), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("submitted_by", sa.String(), nullable=False),
        sa.Column("submitted_at", _MOMENT, nullable=False),
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("receipt_jws", sa.String(), nullable=False),
        sa.CheckConstraint("(version = 1) = (reason IS NULL)", name="reason"),
        sa.ForeignKeyConstraint(
            ["report_id"], ["greenhouse_report.id"], name="fk_greenhouse_version_report_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_greenhouse_version"),
        sa.UniqueConstraint("receipt_id", name="uq_greenhouse_version_receipt_id"),
        sa.UniqueConstraint("report_id", "version", name="uq_greenhouse_version_report_id_version"),
    )
    op.create_table(
        "greenhouse_fact",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.Column("fact_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["greenhouse_version.id"], name="fk_greenhouse_fact_version_id"
        ),
        sa.ForeignKeyConstraint(
            ["fact_id", "fact_version"],
            ["fuel_fact_version.fact_id", "fuel_fact_version.version"],
            name="fk_greenhouse_fact_fact_id_fact_version",
        ),
        sa.PrimaryKeyConstraint("version_id", "fact_id", name="pk_greenhouse_fact"),
    )
    op.create_index("ix_greenhouse_fact_fact_id", "greenhouse_fact", ["fact_id"])


def _step() -> None:
    op.create_table(
        "greenhouse_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("note", sa.String()),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", _MOMENT, nullable=False),
        sa.CheckConstraint("step IN ('return', 'forward', 'verify', 'feed_back')", name="step"),
        sa.ForeignKeyConstraint(["report_id"], ["greenhouse_report.id"], name="fk_greenhouse_step_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_greenhouse_step"),
    )
    op.create_index("ix_greenhouse_step_report_id", "greenhouse_step", ["report_id", "id"])


def downgrade() -> None:
    for table in (
        "greenhouse_step",
        "greenhouse_fact",
        "greenhouse_version",
        "greenhouse_report",
        "greenhouse_unit",
    ):
        op.drop_table(table)
