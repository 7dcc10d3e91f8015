"""Performance classes and the measures of 一厂一策."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services.kit import schema_v1

revision = "2026_11_26_0009"
down_revision = "2026_11_26_0008"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
APPEND_ONLY = ("performance_step", "performance_class", "measure")


def upgrade() -> None:
    _declaration()
    _step()
    _class()
    _plan()
    for table in APPEND_ONLY:
        schema_v1.append_only(table)


def _declaration() -> None:
    op.create_table(
        "performance_declaration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("permit_number", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("sector", sa.String(), nullable=False),
        sa.Column("declared_class", sa.String(), nullable=False),
        sa.Column("granted_class", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("stood_on", sa.Date(), nullable=False),
        sa.Column("notice_from", sa.Date()),
        sa.Column("notice_until", sa.Date()),
        sa.Column("notice_provisional", sa.Boolean(), nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("document_sha256", sa.String(), nullable=False),
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("receipt_jws", sa.String(), nullable=False),
        sa.Column("submitted_by", sa.String(), nullable=False),
        sa.Column("submitted_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "state IN ('declared', 'county_passed', 'league_passed', 'region_passed', 'noticed', "
            "'effective', 'refused', 'withdrawn')",
            name="state",
        ),
        sa.CheckConstraint("level IN ('county', 'league', 'region')", name="level"),
        sa.CheckConstraint("(notice_from IS NULL) = (notice_until IS NULL)", name="notice"),
        sa.CheckConstraint("notice_from < notice_until", name="notice_order"),
        sa.CheckConstraint("state <> 'effective' OR notice_until < stood_on", name="notice_over"),
        sa.ForeignKeyConstraint(
            ["permit_number"], ["permit.permit_number"], name="fk_performance_declaration_permit_number"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_performance_declaration"),
        sa.UniqueConstraint("receipt_id", name="uq_performance_declaration_receipt_id"),
    )
    op.create_index("ix_performance_declaration_uscc", "performance_declaration", ["uscc", "id"])
    op.create_index(
        "uq_performance_declaration_open",
        "performance_declaration",
        ["permit_number"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('effective', 'refused', 'withdrawn')"),
    )


def _step() -> None:
    op.create_table(
        "performance_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("declaration_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("granted_class", sa.String(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("opinion", sa.String()),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["declaration_id"], ["performance_declaration.id"], name="fk_performance_step_declaration_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_performance_step"),
    )
    op.create_index("ix_performance_step_declaration_id", "performance_step", ["declaration_id", "id"])


def _class() -> None:
    op.create_table(
        "performance_class",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("permit_number", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("sector", sa.String(), nullable=False),
        sa.Column("given_class", sa.String(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("declaration_id", sa.Uuid()),
        sa.Column("reason", sa.String()),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("given_at", _MOMENT, nullable=False),
        sa.CheckConstraint("ground IN ('rating', 'downgrade')", name="ground"),
        sa.CheckConstraint("(ground = 'rating') = (declaration_id IS NOT NULL)", name="declaration"),
        sa.CheckConstraint("(ground = 'downgrade') = (reason IS NOT NULL)", name="reason"),
        sa.ForeignKeyConstraint(
            ["permit_number"], ["permit.permit_number"], name="fk_performance_class_permit_number"
        ),
        sa.ForeignKeyConstraint(
            ["declaration_id"], ["performance_declaration.id"], name="fk_performance_class_declaration_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_performance_class"),
        sa.UniqueConstraint("sequence", name="uq_performance_class_sequence"),
    )
    op.create_index(
        "ix_performance_class_permit", "performance_class", ["permit_number", "effective_from", "sequence"]
    )


def _plan() -> None:
    op.create_table(
        "measure_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("permit_number", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("document_sha256", sa.String(), nullable=False),
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("receipt_jws", sa.String(), nullable=False),
        sa.Column("filed_by", sa.String(), nullable=False),
        sa.Column("filed_at", _MOMENT, nullable=False),
        sa.Column("decided_by", sa.String()),
        sa.Column("decided_at", _MOMENT),
        sa.Column("comment", sa.String()),
        sa.CheckConstraint("state IN ('filed', 'confirmed', 'returned')", name="state"),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.CheckConstraint("(state = 'filed') = (decided_by IS NULL)", name="decided"),
        sa.CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_at"),
        sa.CheckConstraint("state <> 'returned' OR comment IS NOT NULL", name="comment"),
        sa.ForeignKeyConstraint(
            ["permit_number"], ["permit.permit_number"], name="fk_measure_plan_permit_number"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_measure_plan"),
        sa.UniqueConstraint("receipt_id", name="uq_measure_plan_receipt_id"),
        sa.UniqueConstraint("permit_number", "version", name="uq_measure_plan_permit_number_version"),
    )
    op.create_index("ix_measure_plan_uscc", "measure_plan", ["uscc", "id"])
    op.create_table(
        "measure",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("alert_level", sa.String(), nullable=False),
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("outlet_code", sa.String()),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("reduction_percent", sa.Numeric()),
        sa.Column("quantity", sa.Numeric()),
        sa.Column("unit", sa.String()),
        sa.Column("check_method", sa.String(), nullable=False),
        sa.Column("responsible", sa.String(), nullable=False),
        sa.CheckConstraint("alert_level IN ('yellow', 'orange', 'red')", name="alert_level"),
        sa.CheckConstraint("action IN ('stop', 'limit', 'transport', 'other')", name="action"),
        sa.CheckConstraint("reduction_percent > 0 AND reduction_percent <= 100", name="reduction_percent"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("(quantity IS NULL) = (unit IS NULL)", name="unit"),
        sa.ForeignKeyConstraint(["plan_id"], ["measure_plan.id"], name="fk_measure_plan_id"),
        sa.PrimaryKeyConstraint("plan_id", "line", name="pk_measure"),
    )


def downgrade() -> None:
    for table in (
        "measure",
        "measure_plan",
        "performance_class",
        "performance_step",
        "performance_declaration",
    ):
        op.drop_table(table)
