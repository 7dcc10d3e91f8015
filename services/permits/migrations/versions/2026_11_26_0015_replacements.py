"""Replacements of lost or damaged certificates."""

import sqlalchemy as sa
from alembic import op

from services.kit.schema_v1 import append_only

revision = "2026_11_26_0015"
down_revision = "2026_11_26_0014"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "replacement_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("permit_id", sa.Uuid(), nullable=False),
        sa.Column("permit_number", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("loss_statement", sa.String()),
        sa.Column("days_late", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("requested_at", _MOMENT, nullable=False),
        sa.CheckConstraint("cause IN ('lost', 'damaged')", name="cause"),
        sa.CheckConstraint("cause <> 'lost' OR loss_statement IS NOT NULL", name="loss_statement"),
        sa.CheckConstraint("days_late >= 0", name="days_late"),
        sa.ForeignKeyConstraint(["permit_id"], ["permit.id"], name="fk_replacement_request_permit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_replacement_request"),
    )
    op.create_index("ix_replacement_request_permit_id", "replacement_request", ["permit_id"])
    op.create_index("ix_replacement_request_uscc_id", "replacement_request", ["uscc", "id"])
    op.create_table(
        "certificate_copy",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("permit_id", sa.Uuid(), nullable=False),
        sa.Column("copy_number", sa.Integer(), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.Column("issued_at", _MOMENT, nullable=False),
        sa.CheckConstraint("copy_number >= 2", name="copy_number"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["replacement_request.id"], name="fk_certificate_copy_request_id"
        ),
        sa.ForeignKeyConstraint(["permit_id"], ["permit.id"], name="fk_certificate_copy_permit_id"),
        sa.PrimaryKeyConstraint("request_id", name="pk_certificate_copy"),
        sa.UniqueConstraint("permit_id", "copy_number", name="uq_certificate_copy_permit_id_copy_number"),
    )
    append_only("replacement_request")
    append_only("certificate_copy")


def downgrade() -> None:
    op.drop_table("certificate_copy")
    op.drop_table("replacement_request")
