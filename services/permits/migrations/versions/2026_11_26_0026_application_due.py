"""When the authority owes an application what: its next last day, who was told, and refusals that were delivered."""

import sqlalchemy as sa
from alembic import op

from services.kit.schema_v1 import append_only

revision = "2026_11_26_0026"
down_revision = "2026_11_26_0025"
branch_labels = None
depends_on = None

_BEFORE = (
    "'submitted', 'correctable', 'incomplete', 'accepted', 'paused', 'reviewed', 'granted', 'delivered', "
    "'refused', 'not_required', 'not_competent', 'not_accepted', 'withdrawn'"
)
_AFTER = _BEFORE.replace("'refused', ", "'refused', 'refusal_delivered', ")


def upgrade() -> None:
    op.add_column("application", sa.Column("due_on", sa.Date()))
    op.create_index(
        "ix_application_due_on",
        "application",
        ["due_on", "id"],
        postgresql_where=sa.text("due_on IS NOT NULL"),
    )
    _check(_AFTER, "'refused', 'refusal_delivered'")
    op.create_table(
        "application_notice",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("clock IN ('completeness', 'decision', 'delivery')", name="clock"),
        sa.CheckConstraint(r"step = 'overdue' OR step LIKE 'ahead\_%'", name="step"),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name="fk_application_notice_application_id"
        ),
        sa.PrimaryKeyConstraint("application_id", "clock", "deadline", "step", name="pk_application_notice"),
    )
    append_only("application_notice")


def _check(states: str, refused: str) -> None:
    for table in ("application", "application_step"):
        op.drop_constraint("state", table)
        op.create_check_constraint("state", table, f"state IN ({states})")
    op.drop_constraint("accepted_on", "application")
    op.create_check_constraint(
        "accepted_on",
        "application",
        f"state NOT IN ('accepted', 'paused', 'reviewed', 'granted', 'delivered', {refused}) "
        "OR accepted_on IS NOT NULL",
    )
    op.drop_constraint("decided_on", "application")
    op.create_check_constraint(
        "decided_on",
        "application",
        f"(state IN ('granted', 'delivered', {refused})) = (decided_on IS NOT NULL)",
    )


def downgrade() -> None:
    op.drop_table("application_notice")
    op.execute("UPDATE application SET state = 'refused' WHERE state = 'refusal_delivered'")
    _check(_BEFORE, "'refused'")
    op.drop_index("ix_application_due_on", "application")
    op.drop_column("application", "due_on")
