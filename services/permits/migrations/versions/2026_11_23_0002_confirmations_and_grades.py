"""Confirmed exceedances, and credit grades as heard from credit."""

import sqlalchemy as sa
from alembic import op

from services.kit import schema_v1

revision = "2026_11_23_0002"
down_revision = "2026_11_23_0001"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "exceedance_confirmation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("report_version", sa.Integer(), nullable=False),
        sa.Column("permit_number", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("outlet_code", sa.String(), nullable=False),
        sa.Column("pollutant_code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("limit_value", sa.Numeric(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("multiple", sa.Numeric(), nullable=False),
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.Column("confirmed_at", _MOMENT, nullable=False),
        sa.CheckConstraint("value > limit_value", name="over"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_exceedance_confirmation_report_id"),
        sa.PrimaryKeyConstraint("id", name="pk_exceedance_confirmation"),
        sa.UniqueConstraint(
            "report_id",
            "outlet_code",
            "pollutant_code",
            "kind",
            name="uq_exceedance_confirmation_value",
        ),
    )
    op.create_index("ix_exceedance_confirmation_uscc", "exceedance_confirmation", ["uscc", "id"])
    schema_v1.append_only("exceedance_confirmation")
    op.create_table(
        "credit_grade",
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("grade_name", sa.String(), nullable=False),
        sa.Column("rule_pack", sa.String(), nullable=False),
        sa.Column("evaluated_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("uscc", name="pk_credit_grade"),
    )


def downgrade() -> None:
    op.drop_table("credit_grade")
    op.drop_table("exceedance_confirmation")
