"""Depots, items, the stock ledger and incidents."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services.kit import schema_v1

revision = "2026_11_23_0002"
down_revision = "2026_11_23_0001"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_LOCATION_KINDS = "'depot', 'transit', 'incident', 'supplier', 'consumed', 'lost', 'adjustment'"
_SINGLE = ("transit", "supplier", "consumed", "lost", "adjustment")
_APPEND_ONLY = ("location", "lot", "movement", "intake", "grading")
_TABLES = (
    "grading",
    "balance",
    "movement",
    "intake",
    "lot",
    "item",
    "incident",
    "incident_counter",
    "depot",
    "location",
)


def upgrade() -> None:
    _location()
    _depot()
    _incident()
    _grading()
    _item_and_lot()
    _intake()
    _movement()
    _balance()
    for table in _APPEND_ONLY:
        schema_v1.append_only(table)


def _location() -> None:
    op.create_table(
        "location",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.CheckConstraint(f"kind IN ({_LOCATION_KINDS})", name="ck_location_kind"),
        sa.PrimaryKeyConstraint("id", name="pk_location"),
        sa.UniqueConstraint("id", "kind", name="uq_location_id_kind"),
    )
    op.create_index(
        "ix_location_single",
        "location",
        ["kind"],
        unique=True,
        postgresql_where=sa.text("kind NOT IN ('depot', 'incident')"),
    )
    for number, kind in enumerate(_SINGLE, start=1):
        op.execute(
            f"INSERT INTO location (id, kind) VALUES ('00000000-0000-7000-8000-{number:012}', '{kind}')"  # noqa: S608
        )


def _place() -> list[sa.Column[object]]:
    return [
        sa.Column("region_code", sa.String(length=6), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("longitude", sa.Numeric(), nullable=False),
        sa.Column("latitude", sa.Numeric(), nullable=False),
        sa.Column("crs", sa.String(), nullable=False),
    ]


def _depot() -> None:
    op.create_table(
        "depot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("keeper_uscc", sa.String(length=18), nullable=False),
        *_place(),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('government', 'entrusted', 'agreement')", name="ck_depot_kind"),
        sa.CheckConstraint("crs = 'CGCS2000'", name="ck_depot_crs"),
        sa.ForeignKeyConstraint(["id"], ["location.id"], name="fk_depot_id"),
        sa.PrimaryKeyConstraint("id", name="pk_depot"),
        sa.UniqueConstraint("code", name="uq_depot_code"),
    )


def _incident() -> None:
    op.create_table(
        "incident_counter",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region_code", "year", name="pk_incident_counter"),
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("happened_at", _MOMENT, nullable=False),
        sa.Column("known_at", _MOMENT, nullable=False),
        *_place(),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("grade", sa.String()),
        sa.Column("grade_table", sa.String()),
        sa.Column("responsible_uscc", sa.String(length=18)),
        sa.Column("responsibility_basis", sa.String()),
        sa.Column("responsibility_recorded_at", _MOMENT),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.Column("closed_at", _MOMENT),
        sa.Column("closing_note", sa.String()),
        sa.CheckConstraint(
            "kind IN ('leak', 'fire_or_explosion', 'transport', 'illegal_discharge', 'natural_disaster', 'other')",
            name="ck_incident_kind",
        ),
        sa.CheckConstraint("crs = 'CGCS2000'", name="ck_incident_crs"),
        sa.CheckConstraint("happened_at <= known_at", name="ck_incident_known_at"),
        sa.CheckConstraint("state IN ('open', 'closed')", name="ck_incident_state"),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="ck_incident_closed_at"),
        sa.CheckConstraint("(grade IS NULL) = (grade_table IS NULL)", name="ck_incident_grade_table"),
        sa.CheckConstraint("grade IN ('I', 'II', 'III', 'IV')", name="ck_incident_grade"),
        sa.CheckConstraint(
            "(responsible_uscc IS NULL) = (responsibility_basis IS NULL) "
            "AND (responsible_uscc IS NULL) = (responsibility_recorded_at IS NULL)",
            name="ck_incident_responsibility",
        ),
        sa.ForeignKeyConstraint(["id"], ["location.id"], name="fk_incident_id"),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
        sa.UniqueConstraint("number", name="uq_incident_number"),
    )
    op.create_index("ix_incident_state", "incident", ["state", "id"])
    op.create_index("ix_incident_responsible_uscc", "incident", ["responsible_uscc", "id"])


def _grading() -> None:
    op.create_table(
        "grading",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("table", sa.String(), nullable=False),
        sa.Column("facts", JSONB(), nullable=False),
        sa.Column("fired", JSONB(), nullable=False),
        sa.Column("graded_by", sa.String(), nullable=False),
        sa.Column("graded_at", _MOMENT, nullable=False),
        sa.CheckConstraint("grade IN ('I', 'II', 'III', 'IV')", name="ck_grading_grade"),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name="fk_grading_incident_id"),
        sa.PrimaryKeyConstraint("id", name="pk_grading"),
    )
    op.create_index("ix_grading_incident_id", "grading", ["incident_id", "id"])


def _item_and_lot() -> None:
    op.create_table(
        "item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("specification", sa.String()),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("perishable", sa.Boolean(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "category IN ('source_cutoff', 'pollutant_control', 'pollutant_collection', "
            "'pollutant_degradation', 'safety_protection', 'communication_command', "
            "'environmental_monitoring')",
            name="ck_item_category",
        ),
        sa.CheckConstraint(
            "unit IN ('piece', 'set', 'machine', 'bag', 'roll', 'pair', 'vehicle', 'm', 'm2', 'L', 'kg')",
            name="ck_item_unit",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_item"),
        sa.UniqueConstraint("code", name="uq_item_code"),
    )
    op.create_table(
        "lot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("lot_number", sa.String(), nullable=False),
        sa.Column("manufactured_on", sa.Date()),
        sa.Column("expires_on", sa.Date()),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.CheckConstraint("manufactured_on <= expires_on", name="ck_lot_dates"),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_lot_item_id"),
        sa.PrimaryKeyConstraint("id", name="pk_lot"),
        sa.UniqueConstraint("item_id", "lot_number", name="uq_lot_item_id_lot_number"),
    )


def _intake() -> None:
    op.create_table(
        "intake",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("depot_id", sa.Uuid(), nullable=False),
        sa.Column("supplier", sa.String(), nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("received_by", sa.String(), nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name="fk_intake_depot_id"),
        sa.PrimaryKeyConstraint("id", name="pk_intake"),
    )


def _movement() -> None:
    op.create_table(
        "movement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("from_location_id", sa.Uuid(), nullable=False),
        sa.Column("from_kind", sa.String(), nullable=False),
        sa.Column("to_location_id", sa.Uuid(), nullable=False),
        sa.Column("to_kind", sa.String(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.CheckConstraint("quantity > 0", name="ck_movement_quantity"),
        sa.CheckConstraint("from_location_id <> to_location_id", name="ck_movement_two_legs"),
        sa.CheckConstraint(
            "(kind, from_kind, to_kind) IN (('intake', 'supplier', 'depot'), ('dispatch', 'depot', 'transit'), "
            "('arrival', 'transit', 'incident'), ('loss', 'transit', 'lost'), ('loss', 'incident', 'lost'), "
            "('use', 'incident', 'consumed'), ('return', 'incident', 'depot'))",
            name="ck_movement_kind",
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name="fk_movement_lot_id"),
        sa.ForeignKeyConstraint(
            ["from_location_id", "from_kind"], ["location.id", "location.kind"], name="fk_movement_from"
        ),
        sa.ForeignKeyConstraint(
            ["to_location_id", "to_kind"], ["location.id", "location.kind"], name="fk_movement_to"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_movement"),
        sa.UniqueConstraint("sequence", name="uq_movement_sequence"),
    )
    op.create_index("ix_movement_lot", "movement", ["lot_id", "sequence"])
    op.create_index("ix_movement_document", "movement", ["document_id"])


def _balance() -> None:
    op.create_table(
        "balance",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("on_hand", sa.Numeric(), nullable=False),
        sa.Column("reserved", sa.Numeric(), nullable=False),
        sa.CheckConstraint("0 <= reserved AND reserved <= on_hand", name="ck_balance_reserved"),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name="fk_balance_lot_id"),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name="fk_balance_location_id"),
        sa.PrimaryKeyConstraint("lot_id", "location_id", name="pk_balance"),
    )
    op.create_index("ix_balance_location", "balance", ["location_id", "lot_id"])


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
