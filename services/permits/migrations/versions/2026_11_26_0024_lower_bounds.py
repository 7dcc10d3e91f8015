"""A confirmed exceedance may be one of a lower bound (pH): its value is below it."""

from alembic import op

revision = "2026_11_26_0024"
down_revision = "2026_11_26_0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("over", "exceedance_confirmation")
    op.create_check_constraint("over", "exceedance_confirmation", "multiple >= 0")


def downgrade() -> None:
    op.drop_constraint("over", "exceedance_confirmation")
    op.create_check_constraint("over", "exceedance_confirmation", "value >= limit_value")
