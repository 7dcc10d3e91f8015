"""What is over is found by an index: sign-ins are forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_27_0001"
down_revision = "2026_11_26_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_account_session_expires_at",
        "account_session",
        ["expires_at"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_account_session_expires_at", "account_session")
