"""Candidates that their source contradicted since."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_0001"
down_revision = "2026_11_26_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("candidate", sa.Column("contradicted_by", sa.String()))
    op.add_column("candidate", sa.Column("contradicted_at", sa.DateTime(timezone=True)))
    op.create_check_constraint(
        "contradicted", "candidate", "(contradicted_by IS NULL) = (contradicted_at IS NULL)"
    )


def downgrade() -> None:
    op.drop_constraint("contradicted", "candidate")
    op.drop_column("candidate", "contradicted_at")
    op.drop_column("candidate", "contradicted_by")
