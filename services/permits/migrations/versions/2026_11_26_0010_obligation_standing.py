"""Obligations of every kind, with why they stand as they do; notices that move due days; who was told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from services.kit import schema_v1

revision = "2026_11_26_0010"
down_revision = "2026_11_26_0009"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('monthly', 'quarterly', 'half_yearly', 'annual')"
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("obligation", sa.Column("due_basis", sa.String()))
    op.execute("UPDATE obligation SET due_basis = '排污许可证载明'")
    op.alter_column("obligation", "due_basis", nullable=False)
    op.add_column("obligation", sa.Column("standing", sa.String(), nullable=False, server_default="owed"))
    op.alter_column("obligation", "standing", server_default=None)
    op.add_column("obligation", sa.Column("reason", sa.String()))
    op.add_column("obligation", sa.Column("covered_by", sa.Uuid()))
    op.create_foreign_key("fk_obligation_covered_by", "obligation", "obligation", ["covered_by"], ["id"])
    op.drop_constraint("ck_obligation_kind", "obligation")
    for name, rule in (
        ("kind", _KINDS),
        ("standing", "standing IN ('owed', 'waived', 'merged', 'void')"),
        ("reason", "(standing = 'owed') = (reason IS NULL)"),
        ("covered_by", "covered_by IS NULL OR standing IN ('waived', 'merged')"),
        ("reported_standing", "report_id IS NULL OR standing = 'owed'"),
    ):
        op.create_check_constraint(f"ck_obligation_{name}", "obligation", rule)
    op.create_index(
        "ix_obligation_unreported",
        "obligation",
        ["due_on", "uscc"],
        postgresql_where=sa.text("report_id IS NULL AND standing = 'owed'"),
    )
    _due_override()
    _obligation_notice()


def _due_override() -> None:
    op.create_table(
        "due_override",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("industry_codes", ARRAY(sa.String()), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.CheckConstraint(_KINDS, name="ck_due_override_kind"),
        sa.CheckConstraint("period_end < due_on", name="ck_due_override_order"),
        sa.PrimaryKeyConstraint("id", name="pk_due_override"),
    )
    op.create_index("ix_due_override_kind_period_end", "due_override", ["kind", "period_end"])
    schema_v1.append_only("due_override")


def _obligation_notice() -> None:
    op.create_table(
        "obligation_notice",
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("noticed_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "level IN ('enterprise', 'reviewer', 'inspector')", name="ck_obligation_notice_level"
        ),
        sa.CheckConstraint("days < 0 OR step LIKE 'late%'", name="ck_obligation_notice_days"),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligation.id"], name="fk_obligation_notice_obligation_id"
        ),
        sa.PrimaryKeyConstraint("obligation_id", "step", "due_on", name="pk_obligation_notice"),
    )
    schema_v1.append_only("obligation_notice")


def downgrade() -> None:
    op.drop_table("obligation_notice")
    op.drop_table("due_override")
    # What was never owed, and kinds that were not known before, are not kept.
    op.execute("UPDATE obligation SET covered_by = NULL")
    op.execute(
        "DELETE FROM obligation WHERE report_id IS NULL "
        "AND (standing <> 'owed' OR kind IN ('monthly', 'half_yearly'))"
    )
    op.drop_index("ix_obligation_unreported", "obligation")
    for name in ("kind", "standing", "reason", "covered_by", "reported_standing"):
        op.drop_constraint(f"ck_obligation_{name}", "obligation")
    op.create_check_constraint("ck_obligation_kind", "obligation", "kind IN ('quarterly', 'annual')")
    op.drop_constraint("fk_obligation_covered_by", "obligation")
    for name in ("due_basis", "standing", "reason", "covered_by"):
        op.drop_column("obligation", name)
