"""Reported figures carry qualifiers and volumes; what did not refuse a report is kept for the reviewer."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "2026_11_26_0016"
down_revision = "2026_11_26_0015"
branch_labels = None
depends_on = None

_QUALIFIERS = ("concentration_max_qualifier", "concentration_average_qualifier", "amount_qualifier")


def upgrade() -> None:
    for name in _QUALIFIERS:
        op.add_column("report_value", sa.Column(name, sa.String()))
    op.add_column("report_value", sa.Column("volume_m3", sa.Numeric()))
    op.add_column(
        "report_version", sa.Column("warnings", JSONB(), nullable=False, server_default=sa.text("'[]'"))
    )
    # ">300" against 300 is over it.
    op.drop_constraint("over", "exceedance_confirmation")
    op.create_check_constraint("over", "exceedance_confirmation", "value >= limit_value")


def downgrade() -> None:
    op.drop_constraint("over", "exceedance_confirmation")
    op.create_check_constraint("over", "exceedance_confirmation", "value > limit_value")
    op.drop_column("report_version", "warnings")
    for name in (*_QUALIFIERS, "volume_m3"):
        op.drop_column("report_value", name)
