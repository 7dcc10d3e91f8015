"""Total-emission control: the ledger of quotas, replacement statements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services.kit import schema_v1

revision = "2026_11_26_0006"
down_revision = "2026_11_26_0005"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "quota_book",
        sa.Column("pollutant", sa.String(), nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("pollutant", name="pk_quota_book"),
    )
    _entry()
    _statement()
    schema_v1.append_only("quota_entry")


def _entry() -> None:
    op.create_table(
        "quota_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("pollutant", sa.String(), nullable=False),
        sa.Column("from_kind", sa.String(), nullable=False),
        sa.Column("from_permit", sa.String()),
        sa.Column("from_uscc", sa.String()),
        sa.Column("to_kind", sa.String(), nullable=False),
        sa.Column("to_permit", sa.String()),
        sa.Column("to_uscc", sa.String()),
        sa.Column("tonnes", sa.Numeric(), nullable=False),
        sa.Column("from_year", sa.Integer(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.CheckConstraint("tonnes > 0", name="tonnes"),
        sa.CheckConstraint("from_year BETWEEN 2000 AND 2100", name="from_year"),
        sa.CheckConstraint(
            "(move, from_kind, to_kind) IN (('grant', 'league', 'pool'), ('recall', 'pool', 'league'), "
            "('allocation', 'pool', 'permit'), ('withdrawal', 'permit', 'pool'), "
            "('reduction', 'permit', 'retired'), ('reduction', 'pool', 'retired'), "
            "('replacement', 'permit', 'permit'), ('replacement', 'pool', 'permit'))",
            name="move",
        ),
        sa.CheckConstraint(
            "(from_kind = 'permit') = (from_permit IS NOT NULL) AND "
            "(from_permit IS NULL) = (from_uscc IS NULL)",
            name="from_account",
        ),
        sa.CheckConstraint(
            "(to_kind = 'permit') = (to_permit IS NOT NULL) AND (to_permit IS NULL) = (to_uscc IS NULL)",
            name="to_account",
        ),
        sa.CheckConstraint("from_permit IS NULL OR from_permit <> to_permit", name="two_legs"),
        sa.ForeignKeyConstraint(["pollutant"], ["quota_book.pollutant"], name="fk_quota_entry_pollutant"),
        sa.ForeignKeyConstraint(["from_permit"], ["permit.permit_number"], name="fk_quota_entry_from_permit"),
        sa.ForeignKeyConstraint(["to_permit"], ["permit.permit_number"], name="fk_quota_entry_to_permit"),
        sa.PrimaryKeyConstraint("id", name="pk_quota_entry"),
        sa.UniqueConstraint("sequence", name="uq_quota_entry_sequence"),
    )
    op.create_index("ix_quota_entry_pollutant", "quota_entry", ["pollutant", "sequence"])
    op.create_index("ix_quota_entry_from", "quota_entry", ["from_permit", "pollutant"])
    op.create_index("ix_quota_entry_to", "quota_entry", ["to_permit", "pollutant"])


def _statement() -> None:
    op.create_table(
        "offset_statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("permit_number", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("pollutant", sa.String(), nullable=False),
        sa.Column("needed_t", sa.Numeric(), nullable=False),
        sa.Column("ratio", sa.Numeric(), nullable=False),
        sa.Column("from_year", sa.Integer(), nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("document_sha256", sa.String(), nullable=False),
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("receipt_jws", sa.String(), nullable=False),
        sa.Column("submitted_by", sa.String(), nullable=False),
        sa.Column("submitted_at", _MOMENT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String()),
        sa.Column("decided_at", _MOMENT),
        sa.Column("opinion", sa.String()),
        sa.CheckConstraint("state IN ('submitted', 'approved', 'refused', 'withdrawn')", name="state"),
        sa.CheckConstraint("(state = 'submitted') = (decided_by IS NULL)", name="decided"),
        sa.CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_at"),
        sa.CheckConstraint("state NOT IN ('approved', 'refused') OR opinion IS NOT NULL", name="opinion"),
        sa.CheckConstraint("needed_t > 0 AND ratio >= 1", name="needed"),
        sa.ForeignKeyConstraint(
            ["permit_number"], ["permit.permit_number"], name="fk_offset_statement_permit_number"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_offset_statement"),
        sa.UniqueConstraint("receipt_id", name="uq_offset_statement_receipt_id"),
    )
    op.create_index("ix_offset_statement_uscc", "offset_statement", ["uscc", "id"])


def downgrade() -> None:
    for table in ("offset_statement", "quota_entry", "quota_book"):
        op.drop_table(table)
