"""Delegations: who may act in an enterprise's name."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_0004"
down_revision = "2026_11_26_0003"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "delegation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("rights", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("sites", sa.ARRAY(sa.Text())),
        sa.Column("valid_until", sa.Date()),
        sa.Column("note", sa.String()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("invited_by", sa.String(), nullable=False),
        sa.Column("invited_at", _MOMENT, nullable=False),
        sa.Column("answer_until", sa.Date(), nullable=False),
        sa.Column("invited_login", sa.String()),
        sa.Column("agent_id", sa.Uuid()),
        sa.Column("code_sha256", sa.String()),
        sa.Column("answered_at", _MOMENT),
        sa.Column("ended_at", _MOMENT),
        sa.Column("ended_by", sa.String()),
        sa.Column("reason", sa.String()),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "state IN ('invited', 'active', 'declined', 'withdrawn', 'resigned')", name="state"
        ),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.CheckConstraint("cardinality(rights) > 0 AND cardinality(sites) > 0", name="extent"),
        sa.CheckConstraint("state <> 'active' OR agent_id IS NOT NULL", name="agent"),
        sa.CheckConstraint("(state IN ('invited', 'active')) = (ended_at IS NULL)", name="ended"),
        sa.CheckConstraint("state = 'invited' OR code_sha256 IS NULL", name="code"),
        sa.ForeignKeyConstraint(["agent_id"], ["account.id"], name="fk_delegation_agent_id"),
        sa.PrimaryKeyConstraint("id", name="pk_delegation"),
        sa.UniqueConstraint("code_sha256", name="uq_delegation_code_sha256"),
    )
    op.create_index("ix_delegation_agent_id", "delegation", ["agent_id"])
    op.create_index("ix_delegation_changed_at", "delegation", ["changed_at"])
    op.create_index("ix_delegation_uscc_id", "delegation", ["uscc", "id"])


def downgrade() -> None:
    op.drop_table("delegation")
