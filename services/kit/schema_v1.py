"""Version 1 of the kit's tables, called by each service's first migration. Never edited: a change is a v2."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

_MOMENT = sa.DateTime(timezone=True)

_REFUSE = """
CREATE FUNCTION steppe_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$
"""

# The only change an event ever sees: its position, once.
_POSITION_ONCE = """
CREATE FUNCTION steppe_position_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.position IS NULL AND NEW.position IS NOT NULL
       AND (to_jsonb(NEW) - 'position') = (to_jsonb(OLD) - 'position') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'event_log is append-only: UPDATE refused' USING ERRCODE = 'insufficient_privilege';
END $$
"""


def append_only(table: str) -> None:
    """Makes PostgreSQL refuse UPDATE, DELETE and TRUNCATE of `table`."""
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION steppe_refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION steppe_refuse_change()"
    )


def upgrade() -> None:
    op.execute(_REFUSE)
    op.execute(_POSITION_ONCE)
    _event_log()
    _audit_log()
    _idempotency()
    _consumers()


def _event_log() -> None:
    op.create_table(
        "event_log",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("position", sa.BigInteger()),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("occurred_at", _MOMENT, nullable=False),
        sa.Column("owner", sa.String()),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("traceparent", sa.String()),
        sa.Column("data", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event_log"),
        sa.UniqueConstraint("position", name="uq_event_log_position"),
    )
    op.create_index(
        "ix_event_log_unsequenced", "event_log", ["sequence"], postgresql_where=sa.text("position IS NULL")
    )
    op.execute(
        "CREATE TRIGGER event_log_position_once BEFORE UPDATE ON event_log "
        "FOR EACH ROW EXECUTE FUNCTION steppe_position_once()"
    )
    op.execute(
        "CREATE TRIGGER event_log_append_only BEFORE DELETE ON event_log "
        "FOR EACH ROW EXECUTE FUNCTION steppe_refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER event_log_no_truncate BEFORE TRUNCATE ON event_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION steppe_refuse_change()"
    )


def _audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("actor_roles", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.Column("owner", sa.String()),
        sa.Column("before", JSONB()),
        sa.Column("after", JSONB()),
        sa.Column("request_id", sa.String()),
        sa.Column("traceparent", sa.String()),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_entity", "audit_log", ["entity", "entity_id", "id"])
    append_only("audit_log")


def _idempotency() -> None:
    op.create_table(
        "idempotency_key",
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("headers", JSONB()),
        sa.Column("body", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("caller", "key", name="pk_idempotency_key"),
    )
    op.create_index("ix_idempotency_key_created_at", "idempotency_key", ["created_at"])


def _consumers() -> None:
    op.create_table(
        "consumer_cursor",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_consumer_cursor"),
    )
    op.create_table(
        "parked_event",
        sa.Column("consumer", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("event", JSONB(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("parked_at", _MOMENT, nullable=False),
        sa.Column("resolved_at", _MOMENT),
        sa.PrimaryKeyConstraint("consumer", "position", name="pk_parked_event"),
    )


def downgrade() -> None:
    for table in ("parked_event", "consumer_cursor", "idempotency_key", "audit_log", "event_log"):
        op.drop_table(table)
    op.execute("DROP FUNCTION steppe_position_once()")
    op.execute("DROP FUNCTION steppe_refuse_change()")
