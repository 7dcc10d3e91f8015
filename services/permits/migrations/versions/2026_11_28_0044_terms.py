"""Who was told that a permit or a registration ends and that a key emitter's report is due; days that were provisional
are counted again."""

import sqlalchemy as sa
from alembic import op

from services.kit.schema_v1 import append_only

revision = "2026_11_28_0044"
down_revision = "2026_11_27_0042"
branch_labels = None
depends_on = None

_PERIODS = "period IN ('statement', 'hearing_request', 'hearing', 'replacement', 'feedback'{})"
_STEPS = r"step = 'over' OR step LIKE 'ahead\_%'"

# The only change that a request for a certificate ever sees: its last day, while a calendar on the way is not known.
_COUNTED_AGAIN = """
CREATE FUNCTION replacement_request_counted_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.provisional
       AND (to_jsonb(NEW) - 'due_on' - 'provisional') = (to_jsonb(OLD) - 'due_on' - 'provisional') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'replacement_request is append-only: UPDATE refused' USING ERRCODE = 'insufficient_privilege';
END $$
"""


def upgrade() -> None:
    _check("period", _PERIODS.format(", 'permit', 'registration'"))
    _check("step", f"step = 'unapplied' OR {_STEPS}")
    op.create_table(
        "emitter_notice",
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level IN ('enterprise', 'reviewer', 'inspector')", name="level"),
        sa.CheckConstraint(r"step LIKE 'ahead\_%' OR step LIKE 'late\_%'", name="step"),
        sa.ForeignKeyConstraint(
            ["uscc", "year"], ["greenhouse_unit.uscc", "greenhouse_unit.year"], name="fk_emitter_notice_unit"
        ),
        sa.PrimaryKeyConstraint("uscc", "year", "due_on", "step", name="pk_emitter_notice"),
    )
    append_only("emitter_notice")
    op.execute("DROP TRIGGER replacement_request_append_only ON replacement_request")
    op.execute(_COUNTED_AGAIN)
    op.execute(
        "CREATE TRIGGER replacement_request_counted_again BEFORE UPDATE ON replacement_request "
        "FOR EACH ROW EXECUTE FUNCTION replacement_request_counted_again()"
    )
    op.execute(
        "CREATE TRIGGER replacement_request_append_only BEFORE DELETE ON replacement_request "
        "FOR EACH ROW EXECUTE FUNCTION steppe_refuse_change()"
    )


def downgrade() -> None:
    """Refused while somebody was told of a term: what was told is never forgotten."""
    op.execute("DROP TRIGGER replacement_request_append_only ON replacement_request")
    op.execute("DROP TRIGGER replacement_request_counted_again ON replacement_request")
    op.execute("DROP FUNCTION replacement_request_counted_again()")
    op.execute(
        "CREATE TRIGGER replacement_request_append_only BEFORE UPDATE OR DELETE ON replacement_request "
        "FOR EACH ROW EXECUTE FUNCTION steppe_refuse_change()"
    )
    op.drop_table("emitter_notice")
    _check("step", _STEPS)
    _check("period", _PERIODS.format(""))


def _check(name: str, condition: str) -> None:
    op.drop_constraint(name, "deadline_notice", type_="check")
    op.create_check_constraint(name, "deadline_notice", condition)
