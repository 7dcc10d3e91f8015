"""Who is told of samples that are due soon or missing (条例 art. 19), as the days go by."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from services.kit import rounds
from services.kit.database import Database
from services.kit.pytest_plugin import MakeDatabase
from services.permits.obligations import sampling_notices
from services.permits.settings import PermitsSettings
from tests.kit.feed_tools import settled
from tests.permits.monitoring.test_api import record
from tests.permits.obligations.test_samplings_api import plan_row, planned
from tests.support.town import Caller, Holder
from tests.support.years import years

pytestmark = pytest.mark.stack

PATH = "/v1/permits/obligations/samplings/notices"
SCHEDULE = PermitsSettings.model_fields["sampling_schedule"].default


async def events_of(caller: Caller) -> list[dict[str, Any]]:
    answer = await caller.get("/v1/permits/events", wait="5", limit="1000")
    assert answer.status_code == 200, answer.text
    return [each for each in answer.json() if ".samplings_" in each["type"]]


async def told(holder: Holder, **filters: str) -> list[tuple[str, str, str]]:
    answer = await holder.get(PATH, limit="500", **filters)
    assert answer.status_code == 200, answer.text
    return [(each["step"], each["pollutant_code"], each["last"]) for each in answer.json()["items"]]


async def test_article_19_samples_are_reminded_of_and_missing_ones_escalate_once(
    make_database: MakeDatabase,
) -> None:
    async with years(make_database, datetime(2026, 5, 11, 4, tzinfo=UTC)) as (town, journey):
        holder = await planned(town, plan_row("quarter"), plan_row("day", "a21002"))
        database = Database(town.stack.databases["permits"], pool_size=2)

        async def pass_to(day: str) -> None:
            journey.to(datetime.fromisoformat(f"{day}T04:00:00+00:00"))
            await town.sign_in_anew(holder)
            for _ in range(2):  # again: nothing more
                await rounds.make(database, sampling_notices.notices(SCHEDULE))

        try:
            await pass_to("2026-05-12")
            daily = await told(holder)
            assert {step for step, *_ in daily} == {"late_enterprise", "late_reviewer", "late_inspector"}
            assert {last for _, code, last in daily if code == "a21026"} == {"2026-03-31"}
            before = len(daily)
            await pass_to("2026-06-24")
            number = holder.permit["permit_number"]
            assert ("ahead_7", "a21026", "2026-06-30") in await told(holder)
            one = record(sampled_at="2026-06-25T08:00:00+08:00")
            await pass_to("2026-06-26")
            answer = await holder.post(f"/v1/permits/monitoring/{number}/records", one)
            assert answer.status_code == 201, answer.text
            await pass_to("2026-07-10")
            assert len(await told(holder)) > before
            rows = (await holder.get(PATH, level="enterprise", missing="true", limit="500")).json()["items"]
            quarter = [
                row for row in rows if (row["pollutant_code"], row["last"]) == ("a21026", "2026-06-30")
            ]
            assert [(row["step"], row["wanted"], row["taken"], row["taken_now"]) for row in quarter] == [
                ("late_enterprise", 2, 1, 1)
            ]
            late = record(sampled_at="2026-06-30T23:30:00+08:00")
            answer = await holder.post(f"/v1/permits/monitoring/{number}/records", late)
            assert answer.status_code == 201, answer.text
            missing = await told(holder, missing="true")
            assert {last for _, code, last in missing if code == "a21026"} == {"2026-03-31"}
            await pass_to("2026-08-15")
            assert ("late_inspector", "a21026", "2026-06-30") not in await told(holder)
        finally:
            await database.close()


async def test_only_its_own_are_shown_and_the_events_name_what_is_missing(
    make_database: MakeDatabase,
) -> None:
    async with years(make_database, datetime(2026, 7, 9, 4, tzinfo=UTC)) as (town, _):
        holder, other = await planned(town, plan_row("quarter")), await town.holder()
        database = Database(town.stack.databases["permits"], pool_size=2)
        try:
            await rounds.make(database, sampling_notices.notices(SCHEDULE))
        finally:
            await database.close()
        assert await told(other) == []
        reviewer = await town.staff("reviewer")
        answer = await reviewer.get(PATH, uscc=holder.uscc)
        items = answer.json()["items"]
        assert [(row["step"], row["level"], row["days"]) for row in items] == [
            ("late_enterprise", "enterprise", 8)
        ]
        await settled(town)
        [event] = await events_of(holder)
        assert event["type"] == "permits.samplings_missing.v1"
        assert event["data"]["samplings"][0]["last"] == "2026-06-30"
        assert event["data"]["article"] == "排污许可管理条例 第十九条、第三十六条第五项"
        assert await events_of(other) == []
