"""Medical waste bags, their scans, and statutory deadlines."""

import sqlalchemy as sa
from alembic import op

from services.kit import schema_v1

revision = "2026_11_23_0004"
down_revision = "2026_11_23_0003"
branch_labels = None
depends_on = None

# What is given once it was entered, signed or decided.
APPEND_ONLY = ("medical_scan",)


def upgrade() -> None:
    _medical_bag()
    _medical_scan()
    _deadline()
    for table in APPEND_ONLY:
        schema_v1.append_only(table)


def _medical_bag() -> None:
    op.create_table(
        "medical_bag",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("hospital_uscc", sa.String(), nullable=False),
        sa.Column("department", sa.String()),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("waste_code", sa.String(), nullable=False),
        sa.Column("mass_kg", sa.Numeric(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("carrier_uscc", sa.String()),
        sa.Column("plant_uscc", sa.String()),
        sa.Column("registered_by", sa.String(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('infectious', 'sharps', 'pathological', 'pharmaceutical', 'chemical')",
            name="ck_medical_bag_kind",
        ),
        sa.CheckConstraint(
            "state IN ('registered', 'stored', 'collected', 'delivered')", name="ck_medical_bag_state"
        ),
        sa.CheckConstraint("mass_kg > 0", name="ck_medical_bag_mass_kg"),
        sa.ForeignKeyConstraint(["hospital_uscc"], ["unit.uscc"], name="fk_medical_bag_hospital_uscc"),
        sa.PrimaryKeyConstraint("id", name="pk_medical_bag"),
        sa.UniqueConstraint("code", name="uq_medical_bag_code"),
    )
    op.create_index("ix_medical_bag_hospital", "medical_bag", ["hospital_uscc", "id"], unique=False)


def _medical_scan() -> None:
    op.create_table(
        "medical_scan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bag_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("plate", sa.String()),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scanner", sa.String(), nullable=False),
        sa.CheckConstraint("(place = 'vehicle') = (plate IS NOT NULL)", name="ck_medical_scan_plate"),
        sa.CheckConstraint("place IN ('clinic', 'vehicle', 'plant')", name="ck_medical_scan_place"),
        sa.ForeignKeyConstraint(["bag_id"], ["medical_bag.id"], name="fk_medical_scan_bag_id"),
        sa.ForeignKeyConstraint(["uscc"], ["unit.uscc"], name="fk_medical_scan_uscc"),
        sa.PrimaryKeyConstraint("id", name="pk_medical_scan"),
        sa.UniqueConstraint("bag_id", "place", name="uq_medical_scan_bag_id_place"),
    )


def _deadline() -> None:
    op.create_table(
        "deadline",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("manifest_id", sa.Uuid()),
        sa.Column("bag_id", sa.Uuid()),
        sa.Column("responsible_uscc", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("uncovered_years", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("calendar", sa.String(), nullable=False),
        sa.Column("met_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "(kind = 'manifest_confirmation' AND manifest_id IS NOT NULL AND bag_id IS NULL)"
            " OR (kind = 'medical_storage' AND bag_id IS NOT NULL AND manifest_id IS NULL)",
            name="ck_deadline_kind",
        ),
        sa.CheckConstraint("started_at <= due_at", name="ck_deadline_order"),
        sa.ForeignKeyConstraint(["bag_id"], ["medical_bag.id"], name="fk_deadline_bag_id"),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifest.id"], name="fk_deadline_manifest_id"),
        sa.PrimaryKeyConstraint("id", name="pk_deadline"),
        sa.UniqueConstraint("bag_id", "kind", name="uq_deadline_bag_id_kind"),
        sa.UniqueConstraint("manifest_id", "kind", name="uq_deadline_manifest_id_kind"),
    )
    op.create_index(
        "ix_deadline_open",
        "deadline",
        ["responsible_uscc", "due_at"],
        unique=False,
        postgresql_where=sa.text("met_at IS NULL"),
    )


def downgrade() -> None:
    for table in ("deadline", "medical_scan", "medical_bag"):
        op.drop_table(table)
