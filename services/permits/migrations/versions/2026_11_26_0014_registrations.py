"""Registrations of discharges."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services.kit.schema_v1 import append_only

revision = "2026_11_26_0014"
down_revision = "2026_11_26_0013"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "registration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("receipt_number", sa.String(length=22), nullable=False),
        sa.Column("uscc", sa.String(), nullable=False),
        sa.Column("site_serial", sa.Integer(), nullable=False),
        sa.Column("site_name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("for_review", sa.Boolean(), nullable=False),
        sa.Column("permit_needed", sa.Boolean(), nullable=False),
        sa.Column("filed_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.CheckConstraint("site_serial BETWEEN 1 AND 999", name="site_serial"),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.CheckConstraint("valid_from <= valid_to", name="validity"),
        sa.ForeignKeyConstraint(["uscc"], ["enterprise.uscc"], name="fk_registration_uscc"),
        sa.PrimaryKeyConstraint("id", name="pk_registration"),
        sa.UniqueConstraint("receipt_number", name="uq_registration_receipt_number"),
    )
    op.create_index(
        "uq_registration_site",
        "registration",
        ["uscc", "site_name"],
        unique=True,
        postgresql_where=sa.text("NOT cancelled"),
    )
    op.create_index("ix_registration_valid_to", "registration", ["valid_to", "receipt_number"])
    _version()
    op.create_table(
        "registration_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("reviewed_at", _MOMENT, nullable=False),
        sa.CheckConstraint("decision IN ('registration', 'permit')", name="decision"),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name="fk_registration_review_registration_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_registration_review"),
        sa.UniqueConstraint(
            "registration_id", "version", name="uq_registration_review_registration_id_version"
        ),
    )
    append_only("registration_version")
    append_only("registration_review")


def _version() -> None:
    op.create_table(
        "registration_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("changed_on", sa.Date()),
        sa.Column("days_late", sa.Integer(), nullable=False),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("document_sha256", sa.String(), nullable=False),
        sa.Column("classification", JSONB(), nullable=False),
        sa.Column("for_review", sa.Boolean(), nullable=False),
        sa.Column("submitted_by", sa.String(), nullable=False),
        sa.Column("submitted_at", _MOMENT, nullable=False),
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("receipt_jws", sa.String(), nullable=False),
        sa.CheckConstraint("step IN ('first', 'change', 'renewal', 'cancellation')", name="step"),
        sa.CheckConstraint("(version = 1) = (step = 'first')", name="first"),
        sa.CheckConstraint("valid_from <= valid_to", name="validity"),
        sa.CheckConstraint("days_late >= 0", name="days_late"),
        sa.CheckConstraint(
            "(step IN ('change', 'cancellation')) = (changed_on IS NOT NULL)", name="changed_on"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name="fk_registration_version_registration_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_registration_version"),
        sa.UniqueConstraint("receipt_id", name="uq_registration_version_receipt_id"),
        sa.UniqueConstraint(
            "registration_id", "version", name="uq_registration_version_registration_id_version"
        ),
    )


def downgrade() -> None:
    op.drop_table("registration_review")
    op.drop_table("registration_version")
    op.drop_table("registration")
