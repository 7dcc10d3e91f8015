"""Enterprises, permits, obligations and execution reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services.kit import schema_v1

revision = "2026_11_23_0001"
down_revision = None
branch_labels = None
depends_on = None

# What the law treats as given once it was issued, submitted or decided.
APPEND_ONLY = ("permit_version", "outlet", "emission_limit", "report_version", "report_value", "review")


def upgrade() -> None:
    schema_v1.upgrade()
    _enterprise()
    _permit()
    _obligation()
    _permit_version()
    _outlet()
    _report()
    _emission_limit()
    _report_version()
    _review()
    _report_value()
    for table in APPEND_ONLY:
        schema_v1.append_only(table)


def _enterprise() -> None:
    op.create_table(
        "enterprise",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("region_code", sa.String(length=6), nullable=False),
        sa.Column("industry_code", sa.String(length=5), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("longitude", sa.Numeric()),
        sa.Column("latitude", sa.Numeric()),
        sa.Column("crs", sa.String(), nullable=False),
        sa.Column("management_class", sa.String(), nullable=False),
        sa.Column("automatic_monitoring", sa.Boolean(), nullable=False),
        sa.Column("legal_representative", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("crs = 'CGCS2000'", name="ck_enterprise_crs"),
        sa.CheckConstraint(
            "management_class IN ('key', 'simplified', 'registration')", name="ck_enterprise_management_class"
        ),
        sa.CheckConstraint("version >= 1", name="ck_enterprise_version"),
        sa.PrimaryKeyConstraint("id", name="pk_enterprise"),
        sa.UniqueConstraint("uscc", name="uq_enterprise_uscc"),
    )


def _permit() -> None:
    op.create_table(
        "permit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("permit_number", sa.String(length=22), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("site_name", sa.String(), nullable=False),
        sa.Column("current_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["uscc"], ["enterprise.uscc"], name="fk_permit_uscc"),
        sa.PrimaryKeyConstraint("id", name="pk_permit"),
        sa.UniqueConstraint("permit_number", name="uq_permit_permit_number"),
    )
    op.create_index("ix_permit_uscc", "permit", ["uscc"], unique=False)


def _obligation() -> None:
    op.create_table(
        "obligation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("permit_id", sa.Uuid(), nullable=False),
        sa.Column("permit_number", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("report_id", sa.Uuid()),
        sa.Column("reported_on", sa.Date()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('quarterly', 'annual')", name="ck_obligation_kind"),
        sa.CheckConstraint("(report_id IS NULL) = (reported_on IS NULL)", name="ck_obligation_reported"),
        sa.CheckConstraint("period_start < period_end AND period_end < due_on", name="ck_obligation_order"),
        sa.ForeignKeyConstraint(["permit_id"], ["permit.id"], name="fk_obligation_permit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_obligation"),
        sa.UniqueConstraint(
            "permit_id", "kind", "period_start", name="uq_obligation_permit_id_kind_period_start"
        ),
        sa.UniqueConstraint("report_id", name="uq_obligation_report_id"),
    )
    op.create_index("ix_obligation_period_end", "obligation", ["period_end", "id"], unique=False)
    op.create_index("ix_obligation_uscc_period_end", "obligation", ["uscc", "period_end", "id"], unique=False)


def _permit_version() -> None:
    op.create_table(
        "permit_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("permit_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("management_class", sa.String(), nullable=False),
        sa.Column("industry_code", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("reporting", JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "management_class IN ('key', 'simplified')", name="ck_permit_version_management_class"
        ),
        sa.CheckConstraint("valid_from <= valid_to", name="ck_permit_version_validity"),
        sa.ForeignKeyConstraint(["permit_id"], ["permit.id"], name="fk_permit_version_permit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_permit_version"),
        sa.UniqueConstraint("permit_id", "version", name="uq_permit_version_permit_id_version"),
    )


def _outlet() -> None:
    op.create_table(
        "outlet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("permit_version_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("medium", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('main', 'general')", name="ck_outlet_kind"),
        sa.CheckConstraint("medium IN ('air', 'water')", name="ck_outlet_medium"),
        sa.ForeignKeyConstraint(
            ["permit_version_id"], ["permit_version.id"], name="fk_outlet_permit_version_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outlet"),
        sa.UniqueConstraint("permit_version_id", "code", name="uq_outlet_permit_version_id_code"),
    )


def _report() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("permit_number", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("first_submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("days_late", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('submitted', 'returned', 'accepted')", name="ck_report_state"),
        sa.CheckConstraint("days_late >= 0", name="ck_report_days_late"),
        sa.CheckConstraint("version >= 1", name="ck_report_version"),
        sa.ForeignKeyConstraint(["obligation_id"], ["obligation.id"], name="fk_report_obligation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
        sa.UniqueConstraint("obligation_id", name="uq_report_obligation_id"),
    )
    op.create_index("ix_report_permit_number", "report", ["permit_number"], unique=False)
    op.create_index("ix_report_state_id", "report", ["state", "id"], unique=False)
    op.create_index("ix_report_uscc_id", "report", ["uscc", "id"], unique=False)


def _emission_limit() -> None:
    op.create_table(
        "emission_limit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("outlet_id", sa.Uuid(), nullable=False),
        sa.Column("pollutant_code", sa.String(), nullable=False),
        sa.Column("pollutant_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("standard", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('hourly_concentration', 'daily_concentration', 'annual_amount')",
            name="ck_emission_limit_kind",
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="ck_emission_limit_validity"),
        sa.CheckConstraint("value >= 0", name="ck_emission_limit_value"),
        sa.ForeignKeyConstraint(["outlet_id"], ["outlet.id"], name="fk_emission_limit_outlet_id"),
        sa.PrimaryKeyConstraint("id", name="pk_emission_limit"),
        sa.UniqueConstraint(
            "outlet_id",
            "pollutant_code",
            "kind",
            "valid_from",
            name="uq_emission_limit_outlet_id_pollutant_code_kind_valid_from",
        ),
    )


def _report_version() -> None:
    op.create_table(
        "report_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("document_sha256", sa.String(), nullable=False),
        sa.Column("exceedances", JSONB(), nullable=False),
        sa.Column("submitted_by", sa.String(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("receipt_jws", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_report_version_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_report_version"),
        sa.UniqueConstraint("receipt_id", name="uq_report_version_receipt_id"),
        sa.UniqueConstraint("report_id", "version", name="uq_report_version_report_id_version"),
    )


def _review() -> None:
    op.create_table(
        "review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("comment", sa.String()),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("decision IN ('accept', 'return')", name="ck_review_decision"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_review_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_review"),
        sa.UniqueConstraint("report_id", "version", name="uq_review_report_id_version"),
    )


def _report_value() -> None:
    op.create_table(
        "report_value",
        sa.Column("report_version_id", sa.Uuid(), nullable=False),
        sa.Column("outlet_code", sa.String(), nullable=False),
        sa.Column("pollutant_code", sa.String(), nullable=False),
        sa.Column("concentration_max", sa.Numeric()),
        sa.Column("concentration_average", sa.Numeric()),
        sa.Column("amount_t", sa.Numeric()),
        sa.Column("method", sa.String()),
        sa.Column("no_data_code", sa.String()),
        sa.CheckConstraint(
            "(no_data_code IS NULL) <> (coalesce(concentration_max, concentration_average, amount_t) IS NULL)",
            name="ck_report_value_figure_or_reason",
        ),
        sa.CheckConstraint("amount_t >= 0", name="ck_report_value_amount_t"),
        sa.ForeignKeyConstraint(
            ["report_version_id"], ["report_version.id"], name="fk_report_value_report_version_id"
        ),
        sa.PrimaryKeyConstraint("report_version_id", "outlet_code", "pollutant_code", name="pk_report_value"),
    )


def downgrade() -> None:
    for table in (
        "report_value",
        "review",
        "report_version",
        "emission_limit",
        "report",
        "outlet",
        "permit_version",
        "obligation",
        "permit",
        "enterprise",
    ):
        op.drop_table(table)
    schema_v1.downgrade()
