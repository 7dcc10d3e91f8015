"""The environmental management ledger, and files of many rows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services.kit import schema_v1

revision = "2026_11_26_0005"
down_revision = "2026_11_26_0004"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("permit_number", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("document_sha256", sa.String(), nullable=False),
        sa.Column("received_by", sa.String(), nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("receipt_jws", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('ledger', 'monitoring')", name="kind"),
        sa.CheckConstraint("accepted >= 0 AND repeated >= 0 AND refused >= 0", name="counts"),
        sa.CheckConstraint("rows = accepted + repeated + refused", name="rows"),
        sa.PrimaryKeyConstraint("id", name="pk_batch"),
        sa.UniqueConstraint("receipt_id", name="uq_batch_receipt_id"),
    )
    op.create_index("ix_batch_permit_number_id", "batch", ["permit_number", "kind", "id"])
    op.create_table(
        "ledger_entry",
        sa.Column("permit_number", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("facility_code", sa.String()),
        sa.Column("happened_at", _MOMENT, nullable=False),
        sa.Column("made_offline", sa.Boolean(), nullable=False),
        sa.Column("details", JSONB(), nullable=False),
        sa.Column("supersedes", sa.Uuid()),
        sa.Column("reason", sa.String()),
        sa.Column("batch_id", sa.Uuid()),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('basic', 'production', 'materials', 'treatment', 'abnormal', 'monitoring', 'other')",
            name="kind",
        ),
        sa.CheckConstraint("(supersedes IS NULL) = (reason IS NULL)", name="correction"),
        sa.CheckConstraint("supersedes <> id", name="itself"),
        sa.PrimaryKeyConstraint("permit_number", "id", name="pk_ledger_entry"),
        sa.ForeignKeyConstraint(
            ["permit_number", "supersedes"],
            ["ledger_entry.permit_number", "ledger_entry.id"],
            name="fk_ledger_entry_supersedes",
        ),
    )
    op.create_index(
        "uq_ledger_entry_supersedes",
        "ledger_entry",
        ["permit_number", "supersedes"],
        unique=True,
        postgresql_where=sa.text("supersedes IS NOT NULL"),
    )
    op.create_index("ix_ledger_entry_happened", "ledger_entry", ["permit_number", "happened_at", "id"])
    for table in ("batch", "ledger_entry"):
        schema_v1.append_only(table)


def downgrade() -> None:
    op.drop_table("ledger_entry")
    op.drop_table("batch")
