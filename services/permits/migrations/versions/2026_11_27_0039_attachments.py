"""Files that enterprises send, and which versions of applications name them."""

import sqlalchemy as sa
from alembic import op

from services.kit.schema_v1 import append_only

revision = "2026_11_27_0039"
down_revision = "2026_11_26_0038"
branch_labels = None
depends_on = None

_FILES = ("attachment", "attachment_piece")


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("permit_number", sa.String()),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("sent_by", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size_bytes > 0 AND pieces > 0", name="size"),
        sa.ForeignKeyConstraint(["uscc"], ["enterprise.uscc"], name="fk_attachment_uscc"),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
    )
    op.create_index("ix_attachment_uscc_id", "attachment", ["uscc", "id"])
    op.create_index("ix_attachment_sent_at", "attachment", ["sent_at"])
    op.create_table(
        "attachment_piece",
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name="fk_attachment_piece_attachment_id"
        ),
        sa.PrimaryKeyConstraint("attachment_id", "number", name="pk_attachment_piece"),
    )
    # Nearly all forms are compressed already: PostgreSQL would try in vain.
    op.execute("ALTER TABLE attachment_piece ALTER COLUMN content SET STORAGE EXTERNAL")
    op.create_table(
        "attachment_use",
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("application_version_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name="fk_attachment_use_attachment_id"),
        sa.ForeignKeyConstraint(
            ["application_version_id"],
            ["application_version.id"],
            name="fk_attachment_use_application_version_id",
        ),
        sa.PrimaryKeyConstraint("attachment_id", "application_version_id", name="pk_attachment_use"),
    )
    append_only("attachment_use")
    for table in _FILES:  # what is named is held by its uses; the rest is forgotten in time
        op.execute(
            f"CREATE TRIGGER {table}_never_changed BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION steppe_refuse_change()"
        )


def downgrade() -> None:
    for table in ("attachment_use", "attachment_piece", "attachment"):
        op.drop_table(table)
