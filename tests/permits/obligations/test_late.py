"""Reminders and escalation by rounds, and what a change or an end of a permit does, on a database of their own."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, rounds
from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.identifiers.make import make_uscc
from services.kit.ids import new_id
from services.kit.pytest_plugin import MakeDatabase
from services.kit.rounds import Round
from services.kit.tables import EventRow
from services.permits.enterprises import service as enterprises
from services.permits.enterprises.schemas import EnterpriseCreate
from services.permits.obligations import late, service
from services.permits.obligations.models import DueOverride, Obligation
from services.permits.obligations.rules_notices import Schedule
from services.permits.permits import service as permits
from services.permits.permits.models import Permit, PermitVersion
from services.permits.permits.schemas import PermitCreate
from tests.support.town import OUTLETS

CLERK = Principal("clerk", "clerk", roles=("clerk",), scopes=frozenset(), every_enterprise=True)
_serials = itertools.count(800_001)


@pytest.fixture(scope="module")
async def made(make_database: MakeDatabase) -> AsyncIterator[Database]:
    database = Database(await asyncio.to_thread(make_database, "services.permits"), pool_size=5)
    yield database
    await database.close()


@pytest.fixture
async def database(made: Database) -> Database:
    """Without obligations of the test before."""
    async with made.engine.begin() as connection:
        for table in ("obligation_notice", "due_override", "event_log"):
            await connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            await connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - names of ours
            await connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
        await connection.execute(text("DELETE FROM obligation"))
    return made


def on(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(4), UTC)  # noon in the city


async def permit(database: Database, **changes: Any) -> str:
    """An enterprise with a permit that owes one year's report, and three quarters' before it; its number."""
    uscc = make_uscc(region="152501", serial=next(_serials))
    enterprise = {"uscc": uscc, "name": "测试热力", "region_code": "152501", "industry_code": "4430"}
    about = {"address": "示例路1号", "management_class": "key", "legal_representative": "张某某"}
    content = {
        "permit_number": f"{uscc}001P",
        "site_name": "一号厂区",
        "management_class": "key",
        "industry_code": "4430",
        "valid_from": "2025-01-01",
        "valid_to": "2026-12-31",
        "issued_on": "2024-12-20",
        "reporting": {"quarterly": False, "annual": True},
        "outlets": OUTLETS,
        **changes,
    }
    with clock.at(on(max("2025-01-01", content["issued_on"]))):
        async with database.transaction() as session:
            await enterprises.register(session, CLERK, EnterpriseCreate.model_validate(enterprise | about))
            await permits.issue(session, CLERK, PermitCreate.model_validate(content))
    return str(content["permit_number"])


async def make(database: Database, day: str, each: Round | None = None) -> None:
    with clock.at(on(day)):
        assert await rounds.make(database, each or late.notices(Schedule()))


async def told(database: Database, kind: str = "permits.obligation_") -> list[tuple[str, str]]:
    """The events of obligations in the order in which they were told: type, and step or standing."""
    async with database.transaction() as session:
        found = await session.exec(select(EventRow).order_by(EventRow.sequence))  # type: ignore[arg-type]
        return [
            (row.type.split(".")[1], row.data.get("step") or row.data["standing"])
            for row in found
            if row.type.startswith(kind)
        ]


async def rows(database: Database) -> dict[tuple[str, str], Obligation]:
    async with database.transaction() as session:
        found = await session.exec(select(Obligation))
        return {(row.kind, row.period_start.isoformat()): row for row in found}


class TestNotices:
    async def test_each_step_is_told_exactly_once_on_its_day_or_after_it(self, database: Database) -> None:
        await permit(database)
        seen = []
        for day in ("2026-01-16", "2026-01-17", "2026-01-18", "2026-01-24", "2026-01-30", "2026-01-31"):
            await make(database, day)
            seen.append((day, len(await told(database))))
        counts = dict(seen)
        assert list(counts.values()) == [0, 1, 1, 2, 3, 3]
        for day in ("2026-02-01", "2026-02-08", "2026-02-09", "2026-03-03", "2026-03-04"):
            await make(database, day)
        assert await told(database) == [
            ("obligation_due_soon", "ahead_14"),
            ("obligation_due_soon", "ahead_7"),
            ("obligation_due_soon", "ahead_1"),
            ("obligation_late", "late_enterprise"),
            ("obligation_late", "late_reviewer"),
            ("obligation_late", "late_inspector"),
        ]

    async def test_an_obligation_tells_who_was_told_of_it(self, database: Database) -> None:
        await permit(database)
        await make(database, "2026-01-30")
        await make(database, "2026-02-10")
        obligation = (await rows(database))["annual", "2025-01-01"]
        async with database.transaction() as session:
            read = await service.read(session, CLERK.rows, obligation.id)
        assert [(each.step, each.level, each.days) for each in read.notices] == [
            ("ahead_1", "enterprise", -1),
            ("late_enterprise", "enterprise", 1),
            ("late_reviewer", "reviewer", 8),
        ]

    async def test_after_a_time_without_rounds_nothing_that_says_nothing_more_is_told(
        self, database: Database
    ) -> None:
        await permit(database)
        await make(database, "2026-01-30")
        assert await told(database) == [("obligation_due_soon", "ahead_1")]
        await make(database, "2026-03-20")
        assert [step for _, step in await told(database)][1:] == [
            "late_enterprise",
            "late_reviewer",
            "late_inspector",
        ]

    async def test_two_processes_at_once_tell_once(self, database: Database) -> None:
        await permit(database)
        other = Database(database.url, pool_size=2)
        try:
            with clock.at(on("2026-02-10")):
                await asyncio.gather(
                    *(rounds.make(own, late.notices(Schedule())) for own in (database, other))
                )
                each = late.notices(Schedule())
                ids = [row.id for row in (await rows(database)).values()]

                async def again(own: Database) -> None:  # as if the lock had been lost
                    async with own.transaction() as session:
                        await each.act(session, ids[0])

                await asyncio.gather(*(again(own) for own in (database, other)))
        finally:
            await other.close()
        assert sorted(step for _, step in await told(database)) == ["late_enterprise", "late_reviewer"]

    async def test_what_is_reported_waived_or_void_is_no_longer_told_of(self, database: Database) -> None:
        await permit(database, valid_from="2025-11-01", issued_on="2025-10-01")  # 2025: waived
        await make(database, "2026-03-20")
        assert await told(database) == []
        async with database.transaction() as session:
            for row in await session.exec(select(Obligation)):
                if row.standing == "owed":
                    row.report_id, row.reported_on = new_id(), date(2027, 1, 15)
        await make(database, "2027-03-20")
        assert await told(database) == []

    async def test_a_moved_due_day_has_reminders_of_its_own(self, database: Database) -> None:
        await permit(database)
        await make(database, "2026-01-31")
        await notice(database, "2026-03-31")
        with clock.at(on("2026-02-01")):
            async with database.transaction() as session:
                moved = await service.move_due_days(session, kind="annual", period_end=date(2025, 12, 31))
        assert moved == 1
        await make(database, "2026-02-10")
        await make(database, "2026-03-30")
        assert await told(database) == [
            ("obligation_due_soon", "ahead_1"),
            ("obligation_changed", "owed"),
            ("obligation_due_soon", "ahead_1"),
        ]


async def notice(database: Database, due_on: str) -> None:
    async with database.transaction() as session:
        session.add(
            DueOverride(
                id=new_id(),
                kind="annual",
                period_end=date(2025, 12, 31),
                industry_codes=[],
                due_on=date.fromisoformat(due_on),
                source="通知",
                noticed_on=date(2026, 1, 20),
                moved=0,
                added_by="clerk",
                added_at=clock.now(),
            )
        )


async def test_notices_that_ship_reach_what_was_entered_before_them(database: Database) -> None:
    await permit(database, valid_from="2023-01-01", issued_on="2022-12-01")
    async with database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE obligation SET due_on = '2024-01-31' WHERE period_start = '2023-01-01'")
        )
    each = late.shipped_overrides()
    await make(database, "2024-01-10", each)
    await make(database, "2024-01-10", each)
    assert (await rows(database))["annual", "2023-01-01"].due_on == date(2024, 2, 29)
    assert await told(database) == [("obligation_changed", "owed")]


class TestChangeAndEnd:
    async def versions(self, session: AsyncSession, number: str) -> tuple[Permit, PermitVersion]:
        found = (await session.exec(select(Permit).where(Permit.permit_number == number))).one()
        version = (await session.exec(select(PermitVersion).where(PermitVersion.permit_id == found.id))).one()
        return found, version

    async def amend(self, database: Database, number: str, day: str, reporting: dict[str, Any]) -> None:
        with clock.at(on(day)):
            async with database.transaction() as session:
                found, version = await self.versions(session, number)
                changes = {"id": new_id(), "version": 2, "created_at": clock.now(), "reporting": reporting}
                changes["effective_from"] = date.fromisoformat(day)
                second = PermitVersion(**{**version.model_dump(), **changes})
                session.add(second)
                await session.flush()
                await service.follow(session, found, second)
                await service.follow(session, found, second)  # again: nothing more

    async def test_an_amendment_holds_from_today_on_and_what_has_been_stays(self, database: Database) -> None:
        number = await permit(database, reporting={"quarterly": True, "annual": True})
        before = await rows(database)
        await self.amend(database, number, "2026-05-10", {"monthly": True, "annual": True})
        after = await rows(database)
        assert set(before) < set(after)
        assert min(start for kind, start in after if kind == "monthly") == "2026-05-01"
        quarters = {start: row for (kind, start), row in after.items() if kind == "quarterly"}
        assert {start for start, row in quarters.items() if row.standing == "void"} == {
            "2026-07-01",
            "2026-10-01",
        }
        assert quarters["2026-04-01"].standing == "owed"  # held for more than a month of it
        assert "第2版" in (quarters["2026-07-01"].reason or "")
        assert await told(database) == [("obligation_changed", "void")] * 2

    async def test_an_end_voids_what_comes_after_it(self, database: Database) -> None:
        number = await permit(database, reporting={"quarterly": True, "annual": True})
        with clock.at(on("2026-02-12")):
            async with database.transaction() as session:
                found, _ = await self.versions(session, number)
                await service.void_after(session, found, held_to=date(2026, 2, 10), basis="条例 第三十四条")
        after = await rows(database)
        standings = {key: row.standing for key, row in after.items() if key[1] >= "2025-10-01"}
        assert standings == {
            ("quarterly", "2025-10-01"): "owed",
            ("quarterly", "2026-01-01"): "owed",
            ("quarterly", "2026-04-01"): "void",
            ("quarterly", "2026-07-01"): "void",
            ("quarterly", "2026-10-01"): "void",
            ("annual", "2026-01-01"): "waived",
        }
        assert after["quarterly", "2026-04-01"].reason == "许可证自2026-02-11起失效（条例 第三十四条）"
