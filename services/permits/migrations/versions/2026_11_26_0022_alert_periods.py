"""Declared heavy-pollution alerts."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_0022"
down_revision = "2026_11_26_0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert_period",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("region_code", sa.String(length=6), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True)),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("declared_by", sa.String(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.String()),
        sa.Column("lifted_at", sa.DateTime(timezone=True)),
        sa.Column("lifted_why", sa.String()),
        sa.CheckConstraint("level IN ('yellow', 'orange', 'red')", name="ck_alert_period_level"),
        sa.CheckConstraint("ends_at >= begins_at", name="ck_alert_period_order"),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="ck_alert_period_lifted"),
        sa.CheckConstraint("lifted_at IS NULL OR ends_at IS NOT NULL", name="ck_alert_period_ended"),
        sa.PrimaryKeyConstraint("id", name="pk_alert_period"),
    )
    op.create_index("ix_alert_period_begins_at", "alert_period", ["begins_at", "id"])


def downgrade() -> None:
    op.drop_table("alert_period")
