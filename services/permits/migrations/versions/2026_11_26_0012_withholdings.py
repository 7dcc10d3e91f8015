"""Requests to keep texts of a permit from the public."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "2026_11_26_0012"
down_revision = "2026_11_26_0011"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "withholding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("permit_number", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("places", JSONB(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("requested_at", _MOMENT, nullable=False),
        sa.Column("public_reason", sa.String()),
        sa.Column("comment", sa.String()),
        sa.Column("decided_by", sa.String()),
        sa.Column("decided_at", _MOMENT),
        sa.CheckConstraint("state IN ('requested', 'granted', 'refused', 'lifted')", name="state"),
        sa.CheckConstraint("(state = 'requested') = (decided_by IS NULL)", name="decided"),
        sa.CheckConstraint(
            "state NOT IN ('granted', 'lifted') OR public_reason IS NOT NULL", name="public_reason"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_withholding"),
    )
    op.create_index("ix_withholding_permit_number", "withholding", ["permit_number"])
    op.create_index("ix_withholding_uscc_id", "withholding", ["uscc", "id"])


def downgrade() -> None:
    op.drop_table("withholding")
