"""Units, licences and management plans."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services.kit import schema_v1

revision = "2026_11_23_0002"
down_revision = "2026_11_23_0001"
branch_labels = None
depends_on = None

# What is given once it was entered, signed or decided.
APPEND_ONLY = ("licence_group", "plan", "plan_line")


def upgrade() -> None:
    _unit()
    _licence()
    _licence_group()
    _plan()
    _plan_line()
    for table in APPEND_ONLY:
        schema_v1.append_only(table)


def _unit() -> None:
    op.create_table(
        "unit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kinds", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("region_code", sa.String(length=6), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("emergency_phone", sa.String(), nullable=False),
        sa.Column("transport_licence", sa.String()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cardinality(kinds) > 0 AND kinds <@ ARRAY['generator', 'carrier', 'receiver', 'hospital']",
            name="ck_unit_kinds",
        ),
        sa.CheckConstraint(
            "transport_licence IS NOT NULL OR NOT 'carrier' = ANY (kinds)", name="ck_unit_transport_licence"
        ),
        sa.CheckConstraint("version >= 1", name="ck_unit_version"),
        sa.PrimaryKeyConstraint("id", name="pk_unit"),
        sa.UniqueConstraint("uscc", name="uq_unit_uscc"),
    )


def _licence() -> None:
    op.create_table(
        "licence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("licence_number", sa.String(length=30), nullable=False),
        sa.Column("holder_uscc", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("modes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cardinality(modes) > 0 AND modes <@ ARRAY['collect', 'store', 'recycle', 'dispose']",
            name="ck_licence_modes",
        ),
        sa.CheckConstraint("kind IN ('comprehensive', 'collection')", name="ck_licence_kind"),
        sa.CheckConstraint("valid_from <= valid_to", name="ck_licence_validity"),
        sa.ForeignKeyConstraint(["holder_uscc"], ["unit.uscc"], name="fk_licence_holder_uscc"),
        sa.PrimaryKeyConstraint("id", name="pk_licence"),
        sa.UniqueConstraint("licence_number", name="uq_licence_licence_number"),
    )
    op.create_index("ix_licence_holder_uscc", "licence", ["holder_uscc"], unique=False)


def _licence_group() -> None:
    op.create_table(
        "licence_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("codes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("yearly_scale_kg", sa.Numeric(), nullable=False),
        sa.CheckConstraint("cardinality(codes) > 0", name="ck_licence_group_codes"),
        sa.CheckConstraint("yearly_scale_kg > 0", name="ck_licence_group_yearly_scale_kg"),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name="fk_licence_group_licence_id"),
        sa.PrimaryKeyConstraint("id", name="pk_licence_group"),
        sa.UniqueConstraint("licence_id", "position", name="uq_licence_group_licence_id_position"),
    )


def _plan() -> None:
    op.create_table(
        "plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("site_code", sa.String(length=3), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("days_late", sa.Integer(), nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("document_sha256", sa.String(), nullable=False),
        sa.Column("submitted_by", sa.String(), nullable=False),
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("receipt_jws", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("days_late >= 0", name="ck_plan_days_late"),
        sa.ForeignKeyConstraint(["uscc"], ["unit.uscc"], name="fk_plan_uscc"),
        sa.PrimaryKeyConstraint("id", name="pk_plan"),
        sa.UniqueConstraint("receipt_id", name="uq_plan_receipt_id"),
        sa.UniqueConstraint("uscc", "site_code", "year", name="uq_plan_uscc_site_code_year"),
    )
    op.create_index("ix_plan_uscc", "plan", ["uscc"], unique=False)


def _plan_line() -> None:
    op.create_table(
        "plan_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("waste_code", sa.String(), nullable=False),
        sa.Column("receiver_uscc", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("planned_kg", sa.Numeric(), nullable=False),
        sa.CheckConstraint("mode IN ('collect', 'store', 'recycle', 'dispose')", name="ck_plan_line_mode"),
        sa.CheckConstraint("planned_kg > 0", name="ck_plan_line_planned_kg"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_plan_line_plan_id"),
        sa.ForeignKeyConstraint(["receiver_uscc"], ["unit.uscc"], name="fk_plan_line_receiver_uscc"),
        sa.PrimaryKeyConstraint("id", name="pk_plan_line"),
        sa.UniqueConstraint(
            "plan_id", "waste_code", "receiver_uscc", name="uq_plan_line_plan_id_waste_code_receiver_uscc"
        ),
    )


def downgrade() -> None:
    for table in ("plan_line", "plan", "licence_group", "licence", "unit"):
        op.drop_table(table)
