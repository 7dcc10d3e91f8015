"""The end of permits under a travelling clock: reminded to apply for the renewal, told that nobody did, told of the
expiry; each once, whatever happens to the round."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.kit import clock, rounds
from services.kit.database import Database
from services.kit.pytest_plugin import MakeDatabase
from services.permits.radar import reminders
from services.permits.radar.rules_notices import RenewalSchedule
from tests.kit.feed_tools import settled
from tests.permits.applications.desk import PATH, applicant
from tests.permits.endings.bureau import end, execute
from tests.support.town import Caller, Holder, Town
from tests.support.years import years

pytestmark = pytest.mark.stack

PERMITS = "/v1/permits/permits"
START = datetime(2029, 6, 1, 1, tzinfo=UTC)
NO_REPORTS = {"quarterly": False, "annual": False}
LATER = {"valid_from": "2027-01-01", "valid_to": "2031-12-31", "issued_on": "2026-12-20"}
KINDS = ("permit_renewal_due_soon", "permit_renewal_overdue", "permit_expired")


async def told(town: Town, caller: Caller) -> list[tuple[str, str, str]]:
    """Kind, step and last day of all that the caller was told of ends, in order."""
    await settled(town)
    found = []
    for kind in KINDS:
        answer = await caller.get("/v1/permits/events", type=f"permits.{kind}.v1", limit=100)
        assert answer.status_code == 200, answer.text
        found += [(kind, each["data"]["step"], each["data"]["valid_to"]) for each in answer.json()]
    return found


class Round:
    """The round of a town, made on a day as often as it likes."""

    def __init__(self, town: Town, journey: clock.Journey) -> None:
        self.town, self.journey = town, journey
        self.work = reminders.notices(RenewalSchedule())
        self.database: Database = town.stack.apps["permits"].state.kit.database

    async def on(self, day: date, *callers: Caller) -> None:
        self.journey.to_day(day)
        await self.town.sign_in_anew(*callers)
        for _ in range(2):
            assert await rounds.make(self.database, self.work)
            assert self.work.progress.failed == 0


async def holder(town: Town, **changes: Any) -> Holder:
    return await town.holder(reporting=NO_REPORTS, **changes)


async def test_regulation_14_a_holder_is_reminded_of_the_renewal_told_that_it_did_not_apply_and_of_the_expiry(
    make_database: MakeDatabase,
) -> None:
    async with years(make_database, START) as (town, journey):
        idle, other = await holder(town), await holder(town, **LATER)
        clerk, made = await town.staff("clerk"), Round(town, journey)
        expected: list[tuple[str, str, str]] = []
        for day, kind, step in (
            (date(2029, 7, 3), None, None),
            (date(2029, 7, 4), "permit_renewal_due_soon", "ahead_180"),
            (date(2029, 8, 4), None, None),
            (date(2029, 10, 2), "permit_renewal_due_soon", "ahead_90"),
            (date(2029, 11, 1), "permit_renewal_due_soon", "ahead_60"),
            (date(2029, 11, 3), "permit_renewal_overdue", "unapplied"),
            (date(2029, 12, 31), None, None),
            (date(2030, 1, 2), "permit_expired", "over"),
            (date(2030, 6, 1), None, None),
        ):
            await made.on(day, idle, other, clerk)
            clock_of = (await idle.get(f"{PERMITS}/{idle.permit['permit_number']}")).json()["renewal"]
            assert (clock_of["due_on"], clock_of["days_left"]) == (
                "2029-11-01",
                (date(2029, 11, 1) - day).days,
            )
            if kind and step:
                expected.append((kind, step, "2029-12-31"))
            assert await told(town, idle) == expected
        assert await told(town, clerk) == expected
        assert await told(town, other) == []
        assert (clock_of["stage"], clock_of["gap"], clock_of["application"]) == ("expired", "unlawful", None)
        assert clock_of["basis"] == "排污许可管理条例 第三十三条"
        path = f"{PERMITS}/{idle.permit['permit_number']}"
        for answer in (await idle.get(path, as_of="2029-12-01"), await idle.get(f"{path}/versions/1")):
            assert answer.json()["renewal"] == clock_of
        facts = (await idle.get("/v1/permits/events", type="permits.permit_expired.v1")).json()
        assert {
            name: facts[0]["data"][name]
            for name in ("apply_by", "days_to_apply", "days_left", "days_expired")
        } == {"apply_by": "2029-11-01", "days_to_apply": 0, "days_left": 0, "days_expired": 2}
        assert facts[0]["data"]["basis"] == "排污许可管理条例 第三十三条"
        number = idle.permit["permit_number"]
        trail = "SELECT action FROM audit_log WHERE entity_id = $1 AND actor = 'system' ORDER BY id"
        rows = [row["action"] for row in await execute(town, trail, number)]
        assert rows == [f"permits.{kind}.v1" for kind, _, _ in expected]


async def test_a_renewal_under_way_is_not_reminded_of_and_one_that_was_withdrawn_is_again(
    make_database: MakeDatabase,
) -> None:
    async with years(make_database, START) as (town, journey):
        one, clerk, made = await applicant(town), await town.staff("clerk"), Round(town, journey)
        content = town.permit_content(one.uscc, management_class="simplified", reporting=NO_REPORTS)
        assert (await clerk.post(PERMITS, content)).status_code == 201
        application = await one.applied(kind="renewal", permit_number=one.number)
        await made.on(date(2029, 7, 5), one.caller)
        await made.on(date(2029, 11, 20), one.caller)
        assert await told(town, one.caller) == []
        seen = (await one.caller.get(f"{PERMITS}/{one.number}")).json()["renewal"]
        assert (seen["application"]["application_id"], seen["application"]["in_time"]) == (
            application["id"],
            True,
        )
        assert (seen["stage"], seen["days_left"]) == ("past_application_day", -19)
        path = f"{PATH}/{application['id']}"
        read = await one.caller.get(path)
        answer = await one.caller.post(
            f"{path}/withdrawal", {"reason": "另行申请"}, **{"If-Match": read.headers["etag"]}
        )
        assert answer.status_code == 201, answer.text
        await made.on(date(2029, 11, 21), one.caller)
        assert [step for _, step, _ in await told(town, one.caller)] == ["unapplied"]


async def test_what_was_ended_or_replaced_is_not_told_of_and_a_longer_term_starts_anew(
    make_database: MakeDatabase,
) -> None:
    async with years(make_database, START) as (town, journey):
        gone, replaced, renewed = await holder(town), await holder(town), await holder(town)
        clerk, made = await town.staff("clerk"), Round(town, journey)
        await made.on(date(2029, 7, 4), gone, replaced, renewed, clerk)
        for each in (gone, replaced, renewed):
            assert [step for _, step, _ in await told(town, each)] == ["ahead_180"]
        await town.sign_in_anew(await town.staff("reviewer"), await town.staff("approver"))
        await end(town, gone, kind="cancelled", ground="entity_ended")
        following = town.permit_content(
            replaced.uscc,
            permit_number=f"{replaced.uscc}001Q",
            reporting=NO_REPORTS,
            valid_from="2030-01-01",
            valid_to="2034-12-31",
            issued_on="2029-07-01",
        )
        assert (await clerk.post(PERMITS, following)).status_code == 201
        longer = town.version_content(
            renewed.uscc,
            valid_from="2030-01-01",
            valid_to="2034-12-31",
            issued_on="2029-07-04",
            reporting=NO_REPORTS,
            basis={"kind": "renewal", "effective_from": "2030-01-01"},
        )
        answer = await clerk.post(f"{PERMITS}/{renewed.permit['permit_number']}/versions", longer)
        assert answer.status_code == 201, answer.text
        cancelled = (await gone.get(f"{PERMITS}/{gone.permit['permit_number']}")).json()
        assert (cancelled["standing"], cancelled["renewal"]) == ("cancelled", None)
        extended = (await renewed.get(f"{PERMITS}/{renewed.permit['permit_number']}")).json()["renewal"]
        assert (extended["due_on"], extended["stage"]) == ("2034-11-01", "ahead")
        for day in (date(2029, 10, 2), date(2029, 11, 2), date(2030, 1, 5), date(2034, 7, 1)):
            await made.on(day, gone, replaced, renewed)
        for each in (gone, replaced, renewed):
            assert [step for _, step, _ in await told(town, each)] == ["ahead_180"]
        await made.on(date(2034, 7, 4), gone, replaced, renewed)
        assert [step for _, step, _ in await told(town, gone)] == ["ahead_180"]
        for each in (replaced, renewed):
            steps = [(step, last) for _, step, last in await told(town, each)]
            assert steps == [("ahead_180", "2029-12-31"), ("ahead_180", "2034-12-31")]


async def test_whatever_is_killed_when_it_is_told_once(make_database: MakeDatabase) -> None:
    async with years(make_database, START) as (town, journey):
        idle, made = await holder(town), Round(town, journey)
        journey.on(timedelta(days=150))
        await town.sign_in_anew(idle)
        async with made.database.transaction() as session:
            (found,) = await made.work.due(session)
        with suppress(RuntimeError):
            async with made.database.transaction() as session:
                await made.work.act(session, found)
                raise RuntimeError("killed before the commit")
        assert await told(town, idle) == []

        async def act() -> None:
            async with made.database.transaction() as session:
                await made.work.act(session, found)

        await asyncio.gather(*(act() for _ in range(5)))  # the round's lock was lost, more than once
        assert [step for _, step, _ in await told(town, idle)] == ["ahead_90"]
        await town.sign_in_anew(await town.staff("clerk"))
        ended = await holder(town)
        async with made.database.transaction() as session:
            (late,) = await made.work.due(session)
        for role in ("reviewer", "approver"):
            await town.staff(role)
        await end(town, ended, kind="cancelled", ground="entity_ended")
        async with made.database.transaction() as session:
            await made.work.act(session, late)
        await town.sign_in_anew(ended)
        assert await told(town, ended) == []
