"""Version 2 of the kit's tables: the read log, and an audit trail that says by which authority and duty.

Called by a migration of each service. Never edited: a change is a v3.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.kit.schema_v1 import append_only

_MOMENT = sa.DateTime(timezone=True)
_AUDIT_INDEXES = ("actor", "owner", "entity_id")
_READ_ARRAYS = ("enterprises", "records")


def upgrade() -> None:
    _audit_log()
    _read_log()


def _audit_log() -> None:
    op.add_column("audit_log", sa.Column("authority", sa.String()))
    op.add_column("audit_log", sa.Column("duty", sa.String()))
    op.add_column("audit_log", sa.Column("counterparts", sa.ARRAY(sa.Text())))
    op.add_column("audit_log", sa.Column("refusal", sa.String()))
    op.create_index("ix_audit_log_at_id", "audit_log", ["at", "id"])
    for column in _AUDIT_INDEXES:
        op.create_index(f"ix_audit_log_{column}_at_id", "audit_log", [column, "at", "id"])


def _read_log() -> None:
    op.create_table(
        "read_log",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("actor_roles", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("query", sa.String()),
        sa.Column("enterprises", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("records", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("request_id", sa.String()),
        sa.Column("traceparent", sa.String()),
        sa.PrimaryKeyConstraint("id", name="pk_read_log"),
    )
    op.create_index("ix_read_log_at_id", "read_log", ["at", "id"])
    op.create_index("ix_read_log_actor_at_id", "read_log", ["actor", "at", "id"])
    for column in _READ_ARRAYS:
        op.create_index(f"ix_read_log_{column}", "read_log", [column], postgresql_using="gin")
    append_only("read_log")


def downgrade() -> None:
    op.drop_table("read_log")
    op.drop_index("ix_audit_log_at_id", "audit_log")
    for column in _AUDIT_INDEXES:
        op.drop_index(f"ix_audit_log_{column}_at_id", "audit_log")
    for column in ("refusal", "counterparts", "duty", "authority"):
        op.drop_column("audit_log", column)
