"""A refresh token remembers the scopes of its sign-in. Those of before allow none: their holders sign in again."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_0002"
down_revision = "2026_11_23_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "refresh_token", sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False, server_default="{}")
    )
    op.alter_column("refresh_token", "scopes", server_default=None)


def downgrade() -> None:
    op.drop_column("refresh_token", "scopes")
