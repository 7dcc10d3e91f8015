"""Alerts that were raised or lowered, and those of whose end was told."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_0028"
down_revision = "2026_11_26_0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alert_period", sa.Column("followed_by", sa.Uuid()))
    op.add_column("alert_period", sa.Column("end_told_at", sa.DateTime(timezone=True)))
    op.create_foreign_key(
        "fk_alert_period_followed_by", "alert_period", "alert_period", ["followed_by"], ["id"]
    )
    op.create_unique_constraint("uq_alert_period_followed_by", "alert_period", ["followed_by"])
    op.create_check_constraint(
        "followed",
        "alert_period",
        "followed_by IS NULL OR (ends_at IS NOT NULL AND lifted_at IS NULL)",
    )
    # What ended before there was anybody to tell is not told now.
    op.execute("UPDATE alert_period SET end_told_at = now() WHERE ends_at <= now()")


def downgrade() -> None:
    op.drop_column("alert_period", "end_told_at")
    op.drop_column("alert_period", "followed_by")
