"""Self-monitoring records of outlets that the permit does not have."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_0038"
down_revision = "2026_11_26_0037"
branch_labels = None
depends_on = None

_TABLE = "monitoring_record"


def upgrade() -> None:
    op.add_column(
        _TABLE,
        sa.Column("unpermitted_outlet", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    op.create_check_constraint(
        "unpermitted_outlet", _TABLE, "NOT unpermitted_outlet OR outlet_code IS NOT NULL"
    )
    op.create_index(
        "ix_monitoring_record_unpermitted",
        _TABLE,
        ["permit_number"],
        postgresql_where=sa.text("unpermitted_outlet"),
    )


def downgrade() -> None:
    op.drop_index("ix_monitoring_record_unpermitted", _TABLE)
    op.drop_constraint("unpermitted_outlet", _TABLE)
    op.drop_column(_TABLE, "unpermitted_outlet")
