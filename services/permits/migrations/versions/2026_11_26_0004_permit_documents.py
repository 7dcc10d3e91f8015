"""Signed documents of permits."""

import sqlalchemy as sa
from alembic import op

from services.kit import schema_v1

revision = "2026_11_26_0004"
down_revision = "2026_11_26_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "permit_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("permit_number", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("pdf_sha256", sa.String(), nullable=False),
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("receipt_jws", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('original', 'duplicate')", name="kind"),
        sa.CheckConstraint("audience IN ('holder', 'public')", name="audience"),
        sa.PrimaryKeyConstraint("id", name="pk_permit_document"),
        sa.UniqueConstraint("content_sha256", name="uq_permit_document_content_sha256"),
        sa.UniqueConstraint("receipt_id", name="uq_permit_document_receipt_id"),
    )
    op.create_index("ix_permit_document_permit_number", "permit_document", ["permit_number"])
    schema_v1.append_only("permit_document")


def downgrade() -> None:
    op.drop_table("permit_document")
