"""Draft applications that wait for the representative's signature."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "2026_11_26_0027"
down_revision = "2026_11_26_0026"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "application_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("permit_number", sa.String()),
        sa.Column("site_name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("corrects_version", sa.Integer()),
        sa.Column("application_id", sa.Uuid()),
        sa.Column("filed_by", sa.String(), nullable=False),
        sa.Column("filed_under", sa.String()),
        sa.Column("filed_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.Column("ended_by", sa.String()),
        sa.CheckConstraint("state IN ('open', 'signed', 'discarded')", name="state"),
        sa.CheckConstraint(
            "kind IN ('first', 'supplement', 'reapplication', 'change', 'renewal')", name="kind"
        ),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.CheckConstraint("corrects_version IS NULL OR application_id IS NOT NULL", name="corrects"),
        sa.CheckConstraint("state <> 'signed' OR application_id IS NOT NULL", name="signed"),
        sa.CheckConstraint("(state = 'open') = (ended_by IS NULL)", name="ended"),
        sa.ForeignKeyConstraint(["uscc"], ["enterprise.uscc"], name="fk_application_draft_uscc"),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name="fk_application_draft_application_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_application_draft"),
    )
    op.create_index(
        "uq_application_draft_open",
        "application_draft",
        ["uscc", "site_name"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_application_draft_uscc_id", "application_draft", ["uscc", "id"])
    op.create_index("ix_application_draft_application_id", "application_draft", ["application_id"])


def downgrade() -> None:
    op.drop_table("application_draft")
