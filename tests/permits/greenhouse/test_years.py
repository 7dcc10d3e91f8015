"""The feedback of a verification under a travelling clock: reminded of ahead, told when it is over, once each."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.kit import rounds
from services.kit.pytest_plugin import MakeDatabase
from services.permits.deadlines.rules import PeriodSchedule
from services.permits.greenhouse import reminders
from tests.kit.feed_tools import settled
from tests.support.emitters import GREENHOUSE_REPORTS, key_emitter, reported, step
from tests.support.quotas import entered
from tests.support.town import Caller, Town
from tests.support.years import years

pytestmark = pytest.mark.stack


async def told(town: Town, caller: Caller, kind: str) -> list[dict[str, Any]]:
    """The facts of that kind that the caller may see, once every one that is committed has its place in the feed."""
    await settled(town)
    found = await caller.get("/v1/permits/events", type=f"permits.{kind}.v1", limit=100)
    assert found.status_code == 200, found.text
    return [each["data"] for each in found.json()]


async def test_carbon_regulation_12_a_result_that_is_not_fed_back_in_seven_days_is_told_to_both(
    make_database: MakeDatabase,
) -> None:
    async with years(make_database, datetime(2026, 3, 2, 1, tzinfo=UTC)) as (town, journey):
        late, prompt = await key_emitter(town), await key_emitter(town)
        reviewer = await town.staff("reviewer")
        database = town.stack.apps["permits"].state.kit.database
        work = reminders.notices(PeriodSchedule())

        async def on(day: date) -> None:
            journey.to_day(day)
            await town.sign_in_anew(late, prompt, reviewer)
            for _ in range(2):
                assert await rounds.make(database, work)
                assert work.progress.failed == 0

        paths = []
        for holder in (late, prompt):
            report = await reported(holder)
            paths.append(f"{GREENHOUSE_REPORTS}/{report['id']}/steps")
            entered(await reviewer.post(paths[-1], step("forward", "2026-03-02")))
            result = {"conclusion": "conforms", "verified_t": report["total_t"]}
            verified = entered(await reviewer.post(paths[-1], step("verify", "2026-03-02", **result)))
            assert verified["feedback"]["due_on"] == "2026-03-11"

        await on(date(2026, 3, 5))
        assert await told(town, reviewer, "greenhouse_feedback_due_soon") == []
        await on(date(2026, 3, 6))
        soon = await told(town, reviewer, "greenhouse_feedback_due_soon")
        assert [(each["step"], each["days_left"]) for each in soon] == [("ahead_3", 3)] * 2
        assert {each["uscc"] for each in soon} == {late.uscc, prompt.uscc}
        entered(await reviewer.post(paths[1], step("feed_back", "2026-03-06")))
        await on(date(2026, 3, 10))
        soon = await told(town, reviewer, "greenhouse_feedback_due_soon")
        assert [(each["uscc"], each["step"]) for each in soon[2:]] == [(late.uscc, "ahead_1")]
        assert await told(town, late, "greenhouse_feedback_due_soon") == []
        await on(date(2026, 3, 11))
        assert await told(town, late, "greenhouse_feedback_overdue") == []
        await on(date(2026, 3, 13))
        (over,) = await told(town, late, "greenhouse_feedback_overdue")
        assert (over["uscc"], over["days_late"], over["feedback_due_on"]) == (late.uscc, 2, "2026-03-11")
        assert over["basis"] == "碳排放权交易管理暂行条例 第十二条"
        assert await told(town, prompt, "greenhouse_feedback_overdue") == []
        entered(await reviewer.post(paths[0], step("feed_back", "2026-03-13")))
        await on(date(2026, 4, 20))
        assert len(await told(town, reviewer, "greenhouse_feedback_overdue")) == 1
        assert len(await told(town, reviewer, "greenhouse_feedback_due_soon")) == 3


async def test_what_was_fed_back_after_it_was_found_is_not_told(make_database: MakeDatabase) -> None:
    async with years(make_database, datetime(2026, 3, 2, 1, tzinfo=UTC)) as (town, journey):
        holder, reviewer = await key_emitter(town), await town.staff("reviewer")
        database = town.stack.apps["permits"].state.kit.database
        work = reminders.notices(PeriodSchedule())
        report = await reported(holder)
        path = f"{GREENHOUSE_REPORTS}/{report['id']}/steps"
        entered(await reviewer.post(path, step("forward", "2026-03-02")))
        result = {"conclusion": "conforms", "verified_t": report["total_t"]}
        entered(await reviewer.post(path, step("verify", "2026-03-02", **result)))
        journey.to_day(date(2026, 3, 13))
        await town.sign_in_anew(holder, reviewer)
        async with database.transaction() as session:
            (found,) = await work.due(session)
        entered(await reviewer.post(path, step("feed_back", "2026-03-13")))
        async with database.transaction() as session:
            await work.act(session, found)
        assert await told(town, holder, "greenhouse_feedback_overdue") == []
