"""Reservations, dispatches and what became of the goods."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services.kit import schema_v1

revision = "2026_11_23_0003"
down_revision = "2026_11_23_0002"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _reservation()
    _reservation_line()
    _dispatch()
    _dispatch_line()
    _handover()
    schema_v1.append_only("handover")


def _reservation() -> None:
    op.create_table(
        "reservation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("skipped", JSONB(), nullable=False),
        sa.Column("reserved_by", sa.String(), nullable=False),
        sa.Column("reserved_at", _MOMENT, nullable=False),
        sa.Column("cancelled_at", _MOMENT),
        sa.Column("reason", sa.String()),
        sa.CheckConstraint("state IN ('active', 'fulfilled', 'cancelled')", name="ck_reservation_state"),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="ck_reservation_cancelled_at"
        ),
        sa.CheckConstraint("reserved_at < expires_at", name="ck_reservation_expires_at"),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name="fk_reservation_incident_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reservation"),
    )
    op.create_index("ix_reservation_incident_id", "reservation", ["incident_id", "id"])
    op.create_index("ix_reservation_state", "reservation", ["state", "id"])


def _reservation_line() -> None:
    op.create_table(
        "reservation_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reservation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("asked_in", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("depot_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("dispatched", sa.Numeric(), nullable=False),
        sa.Column("released", sa.Numeric(), nullable=False),
        sa.CheckConstraint(
            "quantity > 0 AND dispatched >= 0 AND released >= 0 AND dispatched + released <= quantity",
            name="ck_reservation_line_quantity",
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"], ["reservation.id"], name="fk_reservation_line_reservation_id"
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name="fk_reservation_line_lot_id"),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name="fk_reservation_line_depot_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reservation_line"),
        sa.UniqueConstraint("reservation_id", "position", name="uq_reservation_line_reservation_id_position"),
    )
    op.create_index("ix_reservation_line_lot_id", "reservation_line", ["lot_id", "depot_id"])


def _dispatch() -> None:
    op.create_table(
        "dispatch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reservation_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("depot_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("vehicle", sa.String()),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("document_sha256", sa.String(), nullable=False),
        sa.Column("dispatched_by", sa.String(), nullable=False),
        sa.Column("dispatched_at", _MOMENT, nullable=False),
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("receipt_jws", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('in_transit', 'arrived')", name="ck_dispatch_state"),
        sa.ForeignKeyConstraint(["reservation_id"], ["reservation.id"], name="fk_dispatch_reservation_id"),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name="fk_dispatch_incident_id"),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name="fk_dispatch_depot_id"),
        sa.PrimaryKeyConstraint("id", name="pk_dispatch"),
        sa.UniqueConstraint("receipt_id", name="uq_dispatch_receipt_id"),
    )
    op.create_index("ix_dispatch_reservation_id", "dispatch", ["reservation_id"])
    op.create_index("ix_dispatch_incident_id", "dispatch", ["incident_id", "id"])


def _dispatch_line() -> None:
    op.create_table(
        "dispatch_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dispatch_id", sa.Uuid(), nullable=False),
        sa.Column("reservation_line_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("received", sa.Numeric(), nullable=False),
        sa.Column("lost", sa.Numeric(), nullable=False),
        sa.CheckConstraint(
            "quantity > 0 AND received >= 0 AND lost >= 0 AND received + lost <= quantity",
            name="ck_dispatch_line_quantity",
        ),
        sa.ForeignKeyConstraint(["dispatch_id"], ["dispatch.id"], name="fk_dispatch_line_dispatch_id"),
        sa.ForeignKeyConstraint(
            ["reservation_line_id"], ["reservation_line.id"], name="fk_dispatch_line_reservation_line_id"
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name="fk_dispatch_line_lot_id"),
        sa.PrimaryKeyConstraint("id", name="pk_dispatch_line"),
        sa.UniqueConstraint("dispatch_id", "position", name="uq_dispatch_line_dispatch_id_position"),
    )
    op.create_index("ix_dispatch_line_lot_id", "dispatch_line", ["lot_id"])


def _handover() -> None:
    op.create_table(
        "handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("dispatch_id", sa.Uuid()),
        sa.Column("depot_id", sa.Uuid()),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.Column("receipt_id", sa.String()),
        sa.Column("receipt_jws", sa.String()),
        sa.CheckConstraint("kind IN ('arrival', 'use', 'return')", name="ck_handover_kind"),
        sa.CheckConstraint("(kind = 'arrival') = (dispatch_id IS NOT NULL)", name="ck_handover_dispatch_id"),
        sa.CheckConstraint("(kind = 'return') = (depot_id IS NOT NULL)", name="ck_handover_depot_id"),
        sa.CheckConstraint("(kind = 'return') = (receipt_jws IS NOT NULL)", name="ck_handover_receipt_jws"),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name="fk_handover_incident_id"),
        sa.ForeignKeyConstraint(["dispatch_id"], ["dispatch.id"], name="fk_handover_dispatch_id"),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name="fk_handover_depot_id"),
        sa.PrimaryKeyConstraint("id", name="pk_handover"),
        sa.UniqueConstraint("receipt_id", name="uq_handover_receipt_id"),
    )
    op.create_index("ix_handover_incident_id", "handover", ["incident_id", "id"])


def downgrade() -> None:
    for table in ("handover", "dispatch_line", "dispatch", "reservation_line", "reservation"):
        op.drop_table(table)
