"""What systems were registered to read unpublished data for.

Revision ID: 2026_11_26_0008
Revises: 2026_11_26_0007
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_0008"
down_revision = "2026_11_26_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("client", sa.Column("purposes", sa.ARRAY(sa.Text()), nullable=False, server_default="{}"))
    op.add_column(
        "client", sa.Column("of_installation", sa.Boolean(), nullable=False, server_default="false")
    )
    op.execute(
        "UPDATE client SET of_installation = true "
        "WHERE client_id IN ('permits', 'waste', 'credit', 'emergency')"
    )
    op.alter_column("client", "purposes", server_default=None)
    op.alter_column("client", "of_installation", server_default=None)


def downgrade() -> None:
    op.drop_column("client", "of_installation")
    op.drop_column("client", "purposes")
