"""Who was told that the period for the feedback of a verification ends, or is over."""

from alembic import op

revision = "2026_11_27_0042"
down_revision = "2026_11_27_0041"
branch_labels = None
depends_on = None

_BEFORE = "period IN ('statement', 'hearing_request', 'hearing', 'replacement')"
_NOW = "period IN ('statement', 'hearing_request', 'hearing', 'replacement', 'feedback')"


def upgrade() -> None:
    op.drop_constraint("period", "deadline_notice", type_="check")
    op.create_check_constraint("period", "deadline_notice", _NOW)


def downgrade() -> None:
    """Refused while a feedback was told of: what was told is never forgotten."""
    op.drop_constraint("period", "deadline_notice", type_="check")
    op.create_check_constraint("period", "deadline_notice", _BEFORE)
