"""Reports that did not come (排污许可管理条例 art. 37), found by rounds on a database of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date

import pytest
from sqlalchemy import text
from sqlmodel import select

from services.kit import clock, rounds
from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.pages import PageQuery
from services.kit.pytest_plugin import MakeDatabase
from services.kit.tables import EventRow
from services.permits.obligations.models import Obligation
from services.permits.violations import overdue, views
from services.permits.violations.models import Violation
from tests.permits.obligations.test_late import on, permit

BUREAU = Principal("i", "i", roles=("inspector",), scopes=frozenset(), every_enterprise=True)


@pytest.fixture(scope="module")
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    made = Database(await asyncio.to_thread(make_database, "services.permits"), pool_size=5)
    yield made
    await made.close()


async def found(database: Database, number: str) -> list[Violation]:
    async with database.transaction() as session:
        return list(await session.exec(select(Violation).where(Violation.permit_number == number)))


async def make(database: Database, day: str) -> None:
    with clock.at(on(day)):
        assert await rounds.make(database, overdue.late_reports())
        assert await rounds.make(database, overdue.no_longer_owed())


async def shown_as(database: Database, violation: Violation, day: str) -> tuple[bool, list[bool]]:
    """Whether it is shown as severe on a day, and under which values of the filter it is listed."""
    with clock.at(on(day)):
        async with database.transaction() as session:
            asked = {"permit_number": violation.permit_number, "period_from": None, "period_until": None}
            lists = [
                await views.listing(session, BUREAU, query=PageQuery(), severe=severe, **asked)
                for severe in (True, False)
            ]
        return views.view(violation).severe, [
            severe for severe, listed in zip((True, False), lists, strict=True) if listed.items
        ]


async def test_a_report_is_late_on_the_day_after_its_due_day_and_one_violation_however_often_it_is_looked(
    database: Database,
) -> None:
    number = await permit(database)
    await make(database, "2026-01-31")
    assert await found(database, number) == []
    for day in ("2026-02-01", "2026-02-02", "2026-03-10"):
        await make(database, day)
    (late,) = await found(database, number)
    assert (late.kind, late.state, late.due_on) == ("non_receipt", "open", date(2026, 1, 31))
    with clock.at(on("2026-03-10")):
        shown = views.view(late)
    assert (shown.days_late, shown.severe) == (38, True)
    for day, severe in (("2026-03-02", False), ("2026-03-03", True)):
        assert (await shown_as(database, late, day)) == (severe, [severe])
    async with database.transaction() as session:
        events = await session.exec(select(EventRow).where(EventRow.type == "permits.violation_opened.v1"))
        assert [row.data["permit_number"] for row in events] == [number]


async def test_two_processes_at_once_open_one(database: Database) -> None:
    number = await permit(database)
    other = Database(database.url, pool_size=2)
    with clock.at(on("2026-02-01")):
        await asyncio.gather(*(rounds.make(each, overdue.late_reports()) for each in (database, other)))
    await other.close()
    assert len(await found(database, number)) == 1


async def test_a_notice_that_moves_the_due_day_ends_it_and_a_later_delay_is_the_same_one_again(
    database: Database,
) -> None:
    number = await permit(database)
    await make(database, "2026-02-01")
    async with database.engine.begin() as connection:
        move = text(
            "UPDATE obligation SET due_on = '2026-02-28' WHERE permit_number = :number AND due_on < '2026-02-28'"
        )
        await connection.execute(move, {"number": number})
    await make(database, "2026-02-02")
    (late,) = await found(database, number)
    assert (late.state, late.resolution) == ("resolved", "not_owed")
    await make(database, "2026-03-01")
    (late,) = await found(database, number)
    assert (late.state, late.due_on) == ("open", date(2026, 2, 28))


async def test_what_is_not_owed_is_not_late(database: Database) -> None:
    number = await permit(database)
    async with database.engine.begin() as connection:
        waive = text("UPDATE obligation SET standing = 'void', reason = 'x' WHERE permit_number = :number")
        await connection.execute(waive, {"number": number})
    await make(database, "2026-02-01")
    assert await found(database, number) == []
    async with database.transaction() as session:
        assert (await session.exec(select(Obligation).where(Obligation.permit_number == number))).all()
