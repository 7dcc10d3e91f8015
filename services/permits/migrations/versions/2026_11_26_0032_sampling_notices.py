"""Who was told of samples that are due soon or missing."""

import sqlalchemy as sa
from alembic import op

from services.kit import schema_v1

revision = "2026_11_26_0032"
down_revision = "2026_11_26_0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sampling_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("permit_number", "uscc", "place", "pollutant_code")
        ),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sampling_notice"),
        sa.UniqueConstraint(
            *("permit_number", "place", "pollutant_code", "first", "last", "basis", "step"),
            name="uq_sampling_notice_window",
        ),
        sa.CheckConstraint(
            "level IN ('enterprise', 'reviewer', 'inspector')", name="ck_sampling_notice_level"
        ),
        sa.CheckConstraint("first <= last", name="ck_sampling_notice_order"),
        sa.CheckConstraint("0 <= taken AND taken < wanted", name="ck_sampling_notice_missing"),
    )
    op.create_index("ix_sampling_notice_uscc", "sampling_notice", ["uscc", "id"])
    schema_v1.append_only("sampling_notice")


def downgrade() -> None:
    op.drop_table("sampling_notice")
