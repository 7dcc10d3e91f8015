"""Fuel facts with their versions."""

import sqlalchemy as sa
from alembic import op

from services.kit import schema_v1

revision = "2026_11_26_0007"
down_revision = "2026_11_26_0006"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "fuel_fact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("permit_number", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("fuel", sa.String(), nullable=False),
        sa.Column("outlet_code", sa.String()),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.CheckConstraint("period_start <= period_end", name="period"),
        sa.ForeignKeyConstraint(
            ["permit_number"], ["permit.permit_number"], name="fk_fuel_fact_permit_number"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_fuel_fact"),
    )
    op.create_index("ix_fuel_fact_uscc", "fuel_fact", ["uscc", "period_end", "id"])
    op.create_index("ix_fuel_fact_permit_number", "fuel_fact", ["permit_number", "fuel", "period_end"])
    op.create_table(
        "fuel_fact_version",
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("sulphur_percent", sa.Numeric()),
        sa.Column("net_calorific_value", sa.Numeric()),
        sa.Column("carbon_content", sa.Numeric()),
        sa.Column("source_document", sa.String(), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.CheckConstraint("quantity >= 0", name="quantity"),
        sa.CheckConstraint("unit IN ('t', '10^4 m3', 'MWh', 'GJ')", name="unit"),
        sa.CheckConstraint("sulphur_percent >= 0", name="sulphur_percent"),
        sa.CheckConstraint("net_calorific_value > 0", name="net_calorific_value"),
        sa.CheckConstraint("carbon_content > 0", name="carbon_content"),
        sa.CheckConstraint("(version = 1) = (reason IS NULL)", name="reason"),
        sa.ForeignKeyConstraint(["fact_id"], ["fuel_fact.id"], name="fk_fuel_fact_version_fact_id"),
        sa.PrimaryKeyConstraint("fact_id", "version", name="pk_fuel_fact_version"),
    )
    schema_v1.append_only("fuel_fact_version")


def downgrade() -> None:
    op.drop_table("fuel_fact_version")
    op.drop_table("fuel_fact")
