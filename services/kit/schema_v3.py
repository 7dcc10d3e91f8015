"""Version 3 of the kit's tables: the trail lets go of what is older than a floor, from its oldest entry on.

DELETE is still refused, but for rows before the moment that the transaction declared (`steppe.forget_before`), where
that is older than the table's floor, and only where no older row stays: nobody takes single entries out. Called by a
migration of each service. Never edited: a change is a v4.
"""

from __future__ import annotations

from alembic import op

_FLOOR_YEARS = {"audit_log": 10, "read_log": 3}

_ROW = """
CREATE FUNCTION steppe_forget_only_old() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    declared timestamptz := nullif(current_setting('steppe.forget_before', true), '')::timestamptz;
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < declared
       AND declared <= now() - make_interval(years => TG_ARGV[0]::int) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$
"""

_WHOLE = """
CREATE FUNCTION steppe_forget_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    declared timestamptz := nullif(current_setting('steppe.forget_before', true), '')::timestamptz;
    left_over boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE at < $1)', TG_TABLE_NAME) INTO left_over USING declared;
    IF left_over THEN
        RAISE EXCEPTION '% is append-only: DELETE of a part refused', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.execute(_ROW)
    op.execute(_WHOLE)
    for table, years in _FLOOR_YEARS.items():
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION steppe_forget_only_old('{years}')"
        )
        op.execute(
            f"CREATE TRIGGER {table}_whole AFTER DELETE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION steppe_forget_whole()"
        )


def downgrade() -> None:
    for table in _FLOOR_YEARS:
        op.execute(f"DROP TRIGGER {table}_whole ON {table}")
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION steppe_refuse_change()"
        )
    op.execute("DROP FUNCTION steppe_forget_whole()")
    op.execute("DROP FUNCTION steppe_forget_only_old()")
