"""EIA documents, and applications for permits with their versions, steps and findings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services.kit.schema_v1 import append_only

revision = "2026_11_26_0023"
down_revision = "2026_11_26_0022"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_STATES = (
    "'submitted', 'correctable', 'incomplete', 'accepted', 'paused', 'reviewed', 'granted', 'delivered', "
    "'refused', 'not_required', 'not_competent', 'not_accepted', 'withdrawn'"
)
_OPEN = "state IN ('submitted', 'correctable', 'incomplete', 'accepted', 'paused', 'reviewed')"


def upgrade() -> None:
    _eia_document()
    _application()
    _application_version()
    _application_step()
    _application_finding()
    for table in ("application_version", "application_step", "application_finding"):
        append_only(table)


def _eia_document() -> None:
    op.create_table(
        "eia_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("eia_class", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("project_name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", _MOMENT, nullable=False),
        sa.Column("verified_by", sa.String()),
        sa.Column("verified_at", _MOMENT),
        sa.Column("comment", sa.String()),
        sa.CheckConstraint("eia_class IN ('report', 'form', 'registration')", name="eia_class"),
        sa.CheckConstraint("state IN ('stated', 'registered', 'confirmed', 'rejected')", name="state"),
        sa.CheckConstraint(
            "(state IN ('confirmed', 'rejected')) = (verified_by IS NOT NULL)", name="verified_by"
        ),
        sa.CheckConstraint("(verified_by IS NULL) = (verified_at IS NULL)", name="verified_at"),
        sa.CheckConstraint("state <> 'rejected' OR comment IS NOT NULL", name="comment"),
        sa.ForeignKeyConstraint(["uscc"], ["enterprise.uscc"], name="fk_eia_document_uscc"),
        sa.PrimaryKeyConstraint("id", name="pk_eia_document"),
    )
    op.create_index(
        "uq_eia_document_number",
        "eia_document",
        ["uscc", "number"],
        unique=True,
        postgresql_where=sa.text("state <> 'rejected'"),
    )
    op.create_index("ix_eia_document_uscc_id", "eia_document", ["uscc", "id"])


def _application() -> None:
    op.create_table(
        "application",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("permit_number", sa.String()),
        sa.Column("site_name", sa.String(), nullable=False),
        sa.Column("management_class", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("deemed_accepted", sa.Boolean(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("completeness_due", sa.Date(), nullable=False),
        sa.Column("accepted_on", sa.Date()),
        sa.Column("decided_on", sa.Date()),
        sa.Column("permit_version", sa.Integer()),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('first', 'supplement', 'reapplication', 'change', 'renewal')", name="kind"
        ),
        sa.CheckConstraint(f"state IN ({_STATES})", name="state"),
        sa.CheckConstraint("management_class IN ('key', 'simplified')", name="management_class"),
        sa.CheckConstraint("version >= 1 AND revision >= 1", name="version"),
        sa.CheckConstraint("kind = 'first' OR permit_number IS NOT NULL", name="permit_number"),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'paused', 'reviewed', 'granted', 'delivered', 'refused') "
            "OR accepted_on IS NOT NULL",
            name="accepted_on",
        ),
        sa.CheckConstraint(
            "(state IN ('granted', 'delivered', 'refused')) = (decided_on IS NOT NULL)", name="decided_on"
        ),
        sa.CheckConstraint(
            "(state IN ('granted', 'delivered')) = (permit_version IS NOT NULL)", name="permit_version"
        ),
        sa.ForeignKeyConstraint(["uscc"], ["enterprise.uscc"], name="fk_application_uscc"),
        sa.PrimaryKeyConstraint("id", name="pk_application"),
    )
    for name, columns in (
        ("uq_application_open", ["uscc", "site_name"]),
        ("uq_application_open_permit", ["permit_number"]),
    ):
        op.create_index(name, "application", columns, unique=True, postgresql_where=sa.text(_OPEN))
    op.create_index("ix_application_uscc_id", "application", ["uscc", "id"])
    op.create_index("ix_application_state_id", "application", ["state", "id"])


def _application_version() -> None:
    op.create_table(
        "application_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("document_sha256", sa.String(), nullable=False),
        sa.Column("submitted_by", sa.String(), nullable=False),
        sa.Column("submitted_at", _MOMENT, nullable=False),
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("receipt_jws", sa.String(), nullable=False),
        _of_application("application_version"),
        sa.PrimaryKeyConstraint("id", name="pk_application_version"),
        sa.UniqueConstraint(
            "application_id", "version", name="uq_application_version_application_id_version"
        ),
        sa.UniqueConstraint("receipt_id", name="uq_application_version_receipt_id"),
    )


def _application_step() -> None:
    op.create_table(
        "application_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("taken_at", _MOMENT, nullable=False),
        sa.Column("taken_by", sa.String(), nullable=False),
        sa.Column("detail", JSONB(), nullable=False),
        sa.Column("document", JSONB()),
        sa.Column("document_sha256", sa.String()),
        sa.Column("receipt_id", sa.String()),
        sa.Column("receipt_jws", sa.String()),
        sa.CheckConstraint(f"state IN ({_STATES})", name="state"),
        sa.CheckConstraint(
            "(document IS NULL) = (receipt_jws IS NULL) AND (receipt_id IS NULL) = (receipt_jws IS NULL) "
            "AND (document_sha256 IS NULL) = (receipt_jws IS NULL)",
            name="sealed",
        ),
        _of_application("application_step"),
        sa.PrimaryKeyConstraint("id", name="pk_application_step"),
        sa.UniqueConstraint("application_id", "revision", name="uq_application_step_application_id_revision"),
        sa.UniqueConstraint("receipt_id", name="uq_application_step_receipt_id"),
    )


def _application_finding() -> None:
    op.create_table(
        "application_finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("comment", sa.String()),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("found_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "item IN ('eia', 'standards', 'total_control', 'controls', 'monitoring')", name="item"
        ),
        sa.CheckConstraint("outcome IN ('met', 'not_met', 'unaffected')", name="outcome"),
        sa.CheckConstraint("outcome = 'met' OR comment IS NOT NULL", name="comment"),
        _of_application("application_finding"),
        sa.PrimaryKeyConstraint("id", name="pk_application_finding"),
        sa.UniqueConstraint(
            "application_id", "revision", "item", name="uq_application_finding_application_id_revision_item"
        ),
    )
    op.create_index("ix_application_finding_application_id", "application_finding", ["application_id"])


def _of_application(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=f"fk_{table}_application_id")


def downgrade() -> None:
    for table in ("application_finding", "application_step", "application_version", "application"):
        op.drop_table(table)
    op.drop_table("eia_document")
