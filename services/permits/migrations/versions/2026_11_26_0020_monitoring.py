"""Self-monitoring records."""

import sqlalchemy as sa
from alembic import op

from services.kit import schema_v1

revision = "2026_11_26_0020"
down_revision = "2026_11_26_0019"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "monitoring_record",
        sa.Column("permit_number", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("outlet_code", sa.String()),
        sa.Column("point", sa.String()),
        sa.Column("pollutant_code", sa.String(), nullable=False),
        sa.Column("sampled_at", _MOMENT, nullable=False),
        sa.Column("qualifier", sa.String(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("standard_value", sa.Numeric(), nullable=False),
        sa.Column("standard_unit", sa.String(), nullable=False),
        sa.Column("means", sa.String(), nullable=False),
        sa.Column("averaging", sa.String(), nullable=False),
        sa.Column("method_standard", sa.String()),
        sa.Column("laboratory", sa.String()),
        sa.Column("report_number", sa.String()),
        sa.Column("note", sa.String()),
        sa.Column("plan_row_id", sa.Uuid()),
        sa.Column("made_offline", sa.Boolean(), nullable=False),
        sa.Column("supersedes", sa.Uuid()),
        sa.Column("reason", sa.String()),
        sa.Column("batch_id", sa.Uuid()),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.CheckConstraint("(outlet_code IS NULL) <> (point IS NULL)", name="place"),
        sa.CheckConstraint("qualifier IN ('=', '<', '>')", name="qualifier"),
        sa.CheckConstraint("means IN ('automatic', 'manual')", name="means"),
        sa.CheckConstraint("averaging IN ('instant', 'hour', 'day')", name="averaging"),
        sa.CheckConstraint("value >= 0 AND standard_value >= 0", name="value"),
        sa.CheckConstraint("(supersedes IS NULL) = (reason IS NULL)", name="correction"),
        sa.CheckConstraint("supersedes <> id", name="itself"),
        sa.PrimaryKeyConstraint("permit_number", "id", name="pk_monitoring_record"),
        sa.ForeignKeyConstraint(
            ["permit_number", "supersedes"],
            ["monitoring_record.permit_number", "monitoring_record.id"],
            name="fk_monitoring_record_supersedes",
        ),
    )
    op.create_index(
        "uq_monitoring_record_supersedes",
        "monitoring_record",
        ["permit_number", "supersedes"],
        unique=True,
        postgresql_where=sa.text("supersedes IS NOT NULL"),
    )
    op.create_index(
        "ix_monitoring_record_sampled", "monitoring_record", ["permit_number", "sampled_at", "id"]
    )
    schema_v1.append_only("monitoring_record")


def downgrade() -> None:
    op.drop_table("monitoring_record")
