"""A page of a long list of reports is read from an index in its order, whatever year or delay is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa

from services.kit.auth import RowScope
from services.kit.database import Database
from services.kit.pages import PageQuery
from services.kit.pytest_plugin import MakeDatabase
from services.permits.disclosure import repository as disclosed
from services.permits.disclosure.filters import ReportFilter
from services.permits.reports import repository

LONG = 20_000
"""Reports of ten years, the newest last; one in a hundred came late, nearly all were accepted."""
FILL = f"""
    INSERT INTO report (id, obligation_id, permit_number, uscc, kind, period_start, period_end, state, version,
                        first_submitted_at, days_late, updated_at)
    SELECT lpad(to_hex(i), 32, '0')::uuid, lpad(to_hex(i), 32, '0')::uuid, 'P' || i % 500, 'U' || i % 400, 'quarterly',
           day, day, CASE WHEN i % 50 = 0 THEN 'submitted' ELSE 'accepted' END, 1, now(),
           CASE WHEN i % 100 = 0 THEN 3 ELSE 0 END, now()
    FROM (SELECT i, date '2016-01-01' + i * 3650 / {LONG} AS day FROM generate_series(1, {LONG}) i) AS each
"""  # noqa: S608


@pytest.fixture(scope="module")
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    made = Database(await asyncio.to_thread(make_database, "services.permits"), pool_size=1)
    async with made.engine.begin() as connection:
        # What a report answers does not matter to a list.
        await connection.exec_driver_sql("ALTER TABLE report DROP CONSTRAINT fk_report_obligation_id")
        await connection.exec_driver_sql(FILL)
        await connection.exec_driver_sql("ANALYZE report")
    yield made
    await made.close()


async def plan_of(database: Database, listing: Any) -> str:
    """How PostgreSQL reads the one statement of a page."""
    said: list[tuple[str, Any]] = []

    def note(_c: Any, _k: Any, statement: str, parameters: Any, *_: Any) -> None:
        said.append((statement, parameters))

    async with database.transaction() as session:
        sa.event.listen(database.engine.sync_engine, "before_cursor_execute", note)
        await listing(session)
        sa.event.remove(database.engine.sync_engine, "before_cursor_execute", note)
        (statement, parameters), connection = said[-1], await session.connection()
        rows = await connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        return "\n".join(row[0] for row in rows)


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        ({"year": 2016}, "ix_report_year_id"),
        ({"year": 2001}, "ix_report_year_id"),
        ({"year": 2016, "state": "accepted"}, "ix_report_year_id"),
        ({"is_late": True, "state": "submitted"}, "ix_report_late_id"),
        ({"is_late": True, "kind": "annual"}, "ix_report_late_id"),
    ],
)
async def test_staff_read_a_page_by_year_or_delay_from_its_index(
    database: Database, filters: dict[str, Any], index: str
) -> None:
    everything = RowScope(everything=True)
    plan = await plan_of(
        database,
        lambda session: repository.page_of(session, rows=everything, query=PageQuery(), **filters),
    )
    assert index in plan, plan
    assert "Sort" not in plan, plan


async def test_the_public_reads_a_page_of_an_old_year_from_its_index(database: Database) -> None:
    plan = await plan_of(
        database,
        lambda session: disclosed.accepted_page(session, query=PageQuery(), wanted=ReportFilter(year=2016)),
    )
    assert "ix_report_year_id" in plan, plan
    assert "Sort" not in plan, plan
