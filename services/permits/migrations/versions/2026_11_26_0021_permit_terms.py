"""What a permit says beside its limits: facilities, where outlets are, the self-monitoring plan, other requirements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services.kit import schema_v1

revision = "2026_11_26_0021"
down_revision = "2026_11_26_0020"
branch_labels = None
depends_on = None

PLACES = ("longitude", "latitude", "height_m")


def upgrade() -> None:
    op.add_column("permit_version", sa.Column("terms", JSONB(), nullable=False, server_default="{}"))
    op.alter_column("permit_version", "terms", server_default=None)
    for name in PLACES:
        op.add_column("outlet", sa.Column(name, sa.Numeric()))
    for name in ("mode", "destination"):
        op.add_column("outlet", sa.Column(name, sa.String()))
    op.create_check_constraint(
        op.f("ck_outlet_mode"), "outlet", "mode IN ('organised', 'direct', 'indirect', 'none')"
    )
    op.create_table(
        "monitoring_plan_row",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("permit_version_id", sa.Uuid(), nullable=False),
        sa.Column("outlet_code", sa.String()),
        sa.Column("point", sa.String()),
        sa.Column("pollutant_code", sa.String(), nullable=False),
        sa.Column("pollutant_name", sa.String(), nullable=False),
        sa.Column("means", sa.String(), nullable=False),
        sa.Column("frequency", JSONB()),
        sa.Column("fallback", JSONB()),
        sa.Column("sampling", sa.String()),
        sa.Column("instrument", sa.String()),
        sa.Column("method", sa.String()),
        sa.CheckConstraint("means IN ('automatic', 'manual')", name="ck_monitoring_plan_row_means"),
        sa.CheckConstraint("(outlet_code IS NULL) <> (point IS NULL)", name="ck_monitoring_plan_row_place"),
        sa.CheckConstraint(
            "(means = 'manual') = (frequency IS NOT NULL)", name="ck_monitoring_plan_row_frequency"
        ),
        sa.ForeignKeyConstraint(
            ["permit_version_id"], ["permit_version.id"], name="fk_monitoring_plan_row_permit_version_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_monitoring_plan_row"),
    )
    op.create_index("ix_monitoring_plan_row_permit_version_id", "monitoring_plan_row", ["permit_version_id"])
    schema_v1.append_only("monitoring_plan_row")


def downgrade() -> None:
    op.drop_table("monitoring_plan_row")
    op.drop_constraint(op.f("ck_outlet_mode"), "outlet")
    for name in ("destination", "mode", *reversed(PLACES)):
        op.drop_column("outlet", name)
    op.drop_column("permit_version", "terms")
