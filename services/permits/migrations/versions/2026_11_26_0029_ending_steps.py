"""What comes before the decision on an end: notice, statement, hearing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services.kit.schema_v1 import append_only

revision = "2026_11_26_0029"
down_revision = "2026_11_26_0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ending_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.String(), nullable=False),
        sa.Column("detail", JSONB(), nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("document_sha256", sa.String(), nullable=False),
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("receipt_jws", sa.String(), nullable=False),
        sa.CheckConstraint(
            "step IN ('notify', 'state', 'request_hearing', 'withdraw_request', 'call_hearing', "
            "'record_hearing')",
            name="step",
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'notified', 'hearing_requested', 'hearing_called', 'heard')", name="state"
        ),
        sa.ForeignKeyConstraint(["proposal_id"], ["ending_proposal.id"], name="fk_ending_step_proposal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ending_step"),
        sa.UniqueConstraint("proposal_id", "revision", name="uq_ending_step_proposal_id_revision"),
        sa.UniqueConstraint("receipt_id", name="uq_ending_step_receipt_id"),
    )
    append_only("ending_step")


def downgrade() -> None:
    op.drop_table("ending_step")
