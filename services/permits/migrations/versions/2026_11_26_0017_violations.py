"""Violations of permits and their history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services.kit.schema_v1 import append_only

revision = "2026_11_26_0017"
down_revision = "2026_11_26_0016"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "violation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("permit_number", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("obligation_id", sa.Uuid()),
        sa.Column("report_id", sa.Uuid()),
        sa.Column("outlet_code", sa.String()),
        sa.Column("pollutant_code", sa.String()),
        sa.Column("limit_kind", sa.String()),
        sa.Column("limit_value", sa.Numeric()),
        sa.Column("value", sa.Numeric()),
        sa.Column("multiple", sa.Numeric()),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("days_late", sa.Integer()),
        sa.Column("finding", sa.String()),
        sa.Column("severe", sa.Boolean(), nullable=False),
        sa.Column("chronic", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("resolution", sa.String()),
        sa.Column("resolved_on", sa.Date()),
        sa.Column("proposed_by", sa.String()),
        sa.Column("proposed_reason", sa.String()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('numeric', 'non_receipt', 'frequency', 'wrong_outlet', 'undisclosed')", name="kind"
        ),
        sa.CheckConstraint("state IN ('open', 'resolved', 'dismissed')", name="state"),
        sa.CheckConstraint("(state = 'open') = (resolution IS NULL)", name="resolution"),
        sa.CheckConstraint("(proposed_by IS NULL) = (proposed_reason IS NULL)", name="proposed"),
        sa.CheckConstraint("state <> 'dismissed' OR proposed_by IS NULL", name="dismissed"),
        sa.CheckConstraint(
            "kind <> 'numeric' OR (report_id IS NOT NULL AND outlet_code IS NOT NULL AND value IS NOT NULL "
            "AND limit_value IS NOT NULL AND multiple IS NOT NULL)",
            name="numeric",
        ),
        sa.CheckConstraint(
            "kind <> 'non_receipt' OR (obligation_id IS NOT NULL AND due_on IS NOT NULL)", name="non_receipt"
        ),
        sa.CheckConstraint("period_start <= period_end", name="period"),
        sa.ForeignKeyConstraint(["obligation_id"], ["obligation.id"], name="fk_violation_obligation_id"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_violation_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_violation"),
        sa.UniqueConstraint("cause", name="uq_violation_cause"),
    )
    op.create_index("ix_violation_report_id", "violation", ["report_id"])
    op.create_index("ix_violation_uscc_id", "violation", ["uscc", "id"])
    op.create_index("ix_violation_permit_number_period_end", "violation", ["permit_number", "period_end"])
    op.create_table(
        "violation_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("violation_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("note", sa.String()),
        sa.Column("figures", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["violation_id"], ["violation.id"], name="fk_violation_step_violation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_violation_step"),
        sa.UniqueConstraint("violation_id", "version", name="uq_violation_step_violation_id_version"),
    )
    append_only("violation_step")


def downgrade() -> None:
    op.drop_table("violation_step")
    op.drop_table("violation")
