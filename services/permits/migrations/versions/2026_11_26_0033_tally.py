"""Reports are counted by their days from an index alone."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_0033"
down_revision = "2026_11_26_0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_obligation_tally",
        "obligation",
        ["period_end", "kind", "due_on", "reported_on"],
        postgresql_where=sa.text("standing = 'owed'"),
    )


def downgrade() -> None:
    op.drop_index("ix_obligation_tally", "obligation")
