"""Ends of permits: proposals and decisions."""

import sqlalchemy as sa
from alembic import op

from services.kit.schema_v1 import append_only

revision = "2026_11_26_0013"
down_revision = "2026_11_26_0012"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "ending_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("permit_id", sa.Uuid(), nullable=False),
        sa.Column("permit_number", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", _MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('annulled', 'withdrawn', 'revoked', 'cancelled')", name="kind"),
        sa.ForeignKeyConstraint(["permit_id"], ["permit.id"], name="fk_ending_proposal_permit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ending_proposal"),
    )
    op.create_index("ix_ending_proposal_permit_id", "ending_proposal", ["permit_id"])
    op.create_index("ix_ending_proposal_uscc_id", "ending_proposal", ["uscc", "id"])
    op.create_table(
        "ending_decision",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("document_number", sa.String()),
        sa.Column("effective_on", sa.Date()),
        sa.Column("barred_since", sa.Date()),
        sa.Column("barred_until", sa.Date()),
        sa.Column("comment", sa.String()),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", _MOMENT, nullable=False),
        sa.CheckConstraint("decision IN ('approve', 'reject')", name="decision"),
        sa.CheckConstraint(
            "(decision = 'approve') = (document_number IS NOT NULL AND effective_on IS NOT NULL)",
            name="approved",
        ),
        sa.CheckConstraint("(barred_since IS NULL) = (barred_until IS NULL)", name="barred"),
        sa.CheckConstraint("barred_since IS NULL OR decision = 'approve'", name="bar_of_approved"),
        sa.CheckConstraint("barred_since <= barred_until", name="bar_order"),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["ending_proposal.id"], name="fk_ending_decision_proposal_id"
        ),
        sa.PrimaryKeyConstraint("proposal_id", name="pk_ending_decision"),
    )
    append_only("ending_proposal")
    append_only("ending_decision")


def downgrade() -> None:
    op.drop_table("ending_decision")
    op.drop_table("ending_proposal")
