"""The yearly report of a key emitter under a travelling clock: reminded of ahead, told when it is late, once each."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.kit import rounds
from services.kit.pytest_plugin import MakeDatabase
from services.permits.greenhouse import emitter_reminders, factors
from services.permits.obligations.rules_notices import Schedule
from tests.kit.feed_tools import settled
from tests.permits.endings.bureau import execute
from tests.support.emitters import key_emitter, reported
from tests.support.town import Caller, Town
from tests.support.years import years

pytestmark = pytest.mark.stack
SCHEDULE = Schedule(ahead=(30, 14, 1))


async def told(town: Town, caller: Caller, kind: str) -> list[dict[str, Any]]:
    await settled(town)
    found = await caller.get("/v1/permits/events", type=f"permits.greenhouse_report_{kind}.v1", limit=100)
    assert found.status_code == 200, found.text
    return [each["data"] for each in found.json()]


async def test_carbon_regulation_11_and_21_a_report_is_reminded_of_and_told_when_it_is_late(
    make_database: MakeDatabase,
) -> None:
    async with years(make_database, datetime(2026, 2, 2, 1, tzinfo=UTC)) as (town, journey):
        idle, prompt = await key_emitter(town), await key_emitter(town)
        clerk = await town.staff("clerk")
        database = town.stack.apps["permits"].state.kit.database
        work = emitter_reminders.notices(SCHEDULE, None)

        async def on(day: date) -> None:
            journey.to_day(day)
            await town.sign_in_anew(idle, prompt, clerk)
            for _ in range(2):
                assert await rounds.make(database, work)
                assert work.progress.failed == 0

        await on(date(2026, 2, 28))
        assert await told(town, clerk, "due_soon") == []
        await on(date(2026, 3, 1))
        for each in (idle, prompt):
            (soon,) = await told(town, each, "due_soon")
            assert (soon["uscc"], soon["step"], soon["due_on"]) == (each.uscc, "ahead_30", "2026-03-31")
            assert (soon["days_left"], soon["basis"]) == (30, "碳排放权交易管理暂行条例 第十一条")
        await reported(prompt)
        await on(date(2026, 3, 30))
        await on(date(2026, 3, 31))
        assert [each["step"] for each in await told(town, idle, "due_soon")] == ["ahead_30", "ahead_1"]
        await on(date(2026, 4, 1))
        await on(date(2026, 4, 8))
        await on(date(2026, 5, 20))
        late = await told(town, idle, "late")
        assert [(each["step"], each["level"], each["days_late"]) for each in late] == [
            ("late_enterprise", "enterprise", 1),
            ("late_reviewer", "reviewer", 8),
            ("late_inspector", "inspector", 50),
        ]
        assert {each["basis"] for each in late} == {"碳排放权交易管理暂行条例 第二十一条"}
        assert await told(town, prompt, "late") == []
        assert len(await told(town, prompt, "due_soon")) == 1
        trail = "SELECT action FROM audit_log WHERE entity_id = $1 AND actor = 'system'"
        assert len(await execute(town, trail, f"{idle.uscc}/2025")) == 5


async def test_what_was_reported_after_it_was_found_is_not_told(make_database: MakeDatabase) -> None:
    async with years(make_database, datetime(2026, 4, 2, 1, tzinfo=UTC)) as (town, _):
        holder = await key_emitter(town)
        database = town.stack.apps["permits"].state.kit.database
        work = emitter_reminders.notices(SCHEDULE, None)
        async with database.transaction() as session:
            (found,) = await work.due(session)
        await reported(holder)
        async with database.transaction() as session:
            await work.act(session, found)
        assert await told(town, holder, "late") == []


async def test_a_notice_of_the_year_that_gives_a_later_day_is_reminded_of_anew(
    make_database: MakeDatabase, tmp_path: Path
) -> None:
    file = tmp_path / "factors.toml"
    shipped = factors.SHIPPED.read_text(encoding="utf-8")
    later = shipped.replace("due_month = 3\ndue_day = 31", "due_month = 4\ndue_day = 30")
    assert later != shipped
    file.write_text(later, encoding="utf-8")
    async with years(make_database, datetime(2026, 3, 31, 1, tzinfo=UTC)) as (town, journey):
        holder = await key_emitter(town)
        database = town.stack.apps["permits"].state.kit.database
        for known in (None, file):
            assert await rounds.make(database, emitter_reminders.notices(SCHEDULE, known))
        soon = await told(town, holder, "due_soon")
        assert [(each["step"], each["due_on"]) for each in soon] == [
            ("ahead_1", "2026-03-31"),
            ("ahead_30", "2026-04-30"),
        ]
        journey.to_day(date(2026, 4, 2))
        await town.sign_in_anew(holder)
        assert await rounds.make(database, emitter_reminders.notices(SCHEDULE, file))
        assert await told(town, holder, "late") == []
