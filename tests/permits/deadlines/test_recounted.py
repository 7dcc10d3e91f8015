"""Last days that were provisional, once the calendar of the year on the way is published (行政许可法 art. 82)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit import rounds
from services.kit.pytest_plugin import MakeDatabase
from services.kit.rounds import Round
from services.kit.working_days import Deadline, published_calendar
from services.permits.applications import reminders as of_applications
from services.permits.applications.rules_notices import DecisionSchedule
from services.permits.deadlines.rules import LastDay, PeriodSchedule
from services.permits.greenhouse import recounting as of_greenhouse
from services.permits.greenhouse import reminders as of_feedback
from services.permits.performance import editions
from services.permits.performance import recounting as of_performance
from services.permits.replacements import recounting as of_replacements
from tests.kit.feed_tools import settled
from tests.permits.applications.desk import PATH, applicant
from tests.permits.endings.bureau import execute
from tests.support.calendars import NEW_YEAR, WORKED
from tests.support.emitters import GREENHOUSE_REPORTS, key_emitter, reported, step
from tests.support.performance import DECLARATIONS, noticed, review
from tests.support.quotas import entered
from tests.support.town import Caller, Town
from tests.support.years import years

DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@given(stored=DAYS, counted=DAYS, was=st.booleans(), still=st.booleans())
def test_what_is_certain_stays_and_what_is_provisional_becomes_what_is_counted(
    stored: date, counted: date, was: bool, still: bool
) -> None:
    found = LastDay(stored, provisional=was).recounted(
        Deadline(on=counted, provisional=still, uncovered_years=(), calendar="")
    )
    if not was:
        assert found is None
    else:
        now = LastDay(stored, provisional=was) if found is None else found
        assert now == LastDay(counted, provisional=still)
        again = now.recounted(Deadline(on=counted, provisional=still, uncovered_years=(), calendar=""))
        assert again is None


@given(stored=DAYS, counted=DAYS)
def test_what_was_announced_is_never_cut_short(stored: date, counted: date) -> None:
    by = Deadline(on=counted, provisional=False, uncovered_years=(), calendar="")
    found = LastDay(stored, provisional=True).recounted(by, not_before=stored)
    assert found == LastDay(max(stored, counted), provisional=False)


class Bureau:
    """Makes rounds in a town, and reads what was told."""

    def __init__(self, town: Town) -> None:
        self.town, self.database = town, town.stack.apps["permits"].state.kit.database

    async def make(self, *work: Round) -> None:
        for each in work * 2:
            assert await rounds.make(self.database, each)
            assert each.progress.failed == 0

    async def told(self, caller: Caller, kind: str) -> list[dict[str, Any]]:
        await settled(self.town)
        found = await caller.get("/v1/permits/events", type=f"permits.{kind}.v1", limit=100)
        assert found.status_code == 200, found.text
        return [each["data"] for each in found.json()]


@pytest.mark.stack
async def test_a_feedback_is_due_by_the_published_days_and_no_longer_told_by_the_provisional_ones(
    make_database: MakeDatabase,
) -> None:
    async with years(make_database, datetime(2026, 12, 23, 1, tzinfo=UTC)) as (town, journey):
        holder, given = await key_emitter(town), await key_emitter(town)
        reviewer, bureau = await town.staff("reviewer"), Bureau(town)
        paths = []
        for each in (holder, given):
            report = await reported(each)
            paths.append(f"{GREENHOUSE_REPORTS}/{report['id']}")
            entered(await reviewer.post(f"{paths[-1]}/steps", step("forward", "2026-12-23")))
            result = {"conclusion": "conforms", "verified_t": report["total_t"]}
            verified = entered(
                await reviewer.post(f"{paths[-1]}/steps", step("verify", "2026-12-23", **result))
            )
            assert (verified["feedback"]["due_on"], verified["feedback"]["provisional"]) == (
                "2027-01-01",
                True,
            )
        entered(await reviewer.post(f"{paths[1]}/steps", step("feed_back", "2026-12-23")))
        before = of_greenhouse.feedback_days(None)
        await bureau.make(before)
        assert (before.progress.done, await bureau.told(holder, "greenhouse_feedback_recounted")) == (0, [])
        await bureau.make(of_greenhouse.feedback_days(None, calendar=lambda: NEW_YEAR))
        read = (await reviewer.get(paths[0])).json()
        assert (read["feedback_due_on"], read["feedback"]["provisional"]) == ("2027-01-04", False)
        assert (await reviewer.get(paths[1])).json()["feedback"]["due_on"] == "2027-01-01"
        (moved,) = await bureau.told(holder, "greenhouse_feedback_recounted")
        assert (moved["previous_due_on"], moved["feedback_due_on"], moved["provisional"]) == (
            "2027-01-01",
            "2027-01-04",
            False,
        )
        trail = "SELECT before FROM audit_log WHERE action = 'permits.greenhouse_feedback_recounted.v1'"
        assert len(await execute(town, trail)) == 1
        journey.to_day(date(2027, 1, 3))
        await town.sign_in_anew(holder, reviewer)
        await bureau.make(of_feedback.notices(PeriodSchedule()))
        assert await bureau.told(holder, "greenhouse_feedback_overdue") == []
        journey.to_day(date(2027, 1, 5))
        await town.sign_in_anew(holder, reviewer)
        # An older process, whose calendar is not that new, takes nothing back.
        await bureau.make(of_greenhouse.feedback_days(None), of_feedback.notices(PeriodSchedule()))
        (over,) = await bureau.told(holder, "greenhouse_feedback_overdue")
        assert over["feedback_due_on"] == "2027-01-04"


@pytest.mark.stack
async def test_a_certificate_is_due_by_the_published_days_and_its_request_is_else_never_changed(
    make_database: MakeDatabase,
) -> None:
    async with years(make_database, datetime(2026, 12, 21, 1, tzinfo=UTC)) as (town, _):
        holder, clerk, bureau = await town.holder(), await town.staff("clerk"), Bureau(town)
        path = "/v1/permits/certificate-replacements"
        lost = {
            "permit_number": holder.permit["permit_number"],
            "cause": "lost",
            "happened_on": "2026-12-20",
            "loss_statement": "排污许可证正本遗失，声明作废",
        }
        asked = (await holder.post(path, lost)).json()
        assert (asked["due_on"], asked["provisional"]) == ("2027-01-04", True)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await execute(town, "UPDATE replacement_request SET cause = 'damaged'")
        await bureau.make(of_replacements.last_days(), of_replacements.last_days(calendar=lambda: NEW_YEAR))
        read = (await clerk.get(f"{path}/{asked['id']}")).json()
        assert (read["due_on"], read["provisional"]) == ("2027-01-05", False)
        (moved,) = await bureau.told(holder, "replacement_recounted")
        assert (moved["previous_due_on"], moved["due_on"]) == ("2027-01-04", "2027-01-05")
        for refused in (
            "UPDATE replacement_request SET due_on = '2027-01-06'",
            "UPDATE replacement_request SET provisional = true",
            "DELETE FROM replacement_request",
            "TRUNCATE replacement_request CASCADE",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await execute(town, refused)


@pytest.mark.stack
async def test_a_public_notice_goes_on_to_its_published_last_day_and_is_never_cut_short(
    make_database: MakeDatabase,
) -> None:
    async with years(make_database, datetime(2026, 12, 24, 1, tzinfo=UTC)) as (town, journey):
        longer, bureau, reviewer = await town.holder(), Bureau(town), await town.staff("reviewer")
        made = await noticed(town, longer)
        assert (made["notice_until"], made["notice_provisional"]) == ("2027-01-04", True)
        work = partial(of_performance.notice_days, editions.load)
        await bureau.make(work())
        assert await bureau.told(longer, "performance_notice_recounted") == []
        shorter = await noticed(town, await town.holder())
        await execute(
            town,
            "UPDATE performance_declaration SET notice_provisional = false WHERE id = $1::uuid",
            shorter["id"],
        )
        await bureau.make(work(calendar=lambda: NEW_YEAR))
        path = f"{DECLARATIONS}/{made['id']}"
        read = (await reviewer.get(path)).json()
        assert (read["notice_until"], read["notice_provisional"]) == ("2027-01-05", False)
        notices = (await town.public.get("/v1/permits/disclosure/notices", params={"subject": path})).json()
        days = sorted((each["opens_on"], each["closes_on"]) for each in notices["items"])
        assert days == [("2026-12-24", "2027-01-04"), ("2027-01-05", "2027-01-05")]

        await execute(
            town,
            "UPDATE performance_declaration SET notice_provisional = true WHERE id = $1::uuid",
            shorter["id"],
        )
        await bureau.make(work(calendar=lambda: WORKED))
        read = (await reviewer.get(f"{DECLARATIONS}/{shorter['id']}")).json()
        assert (read["notice_until"], read["notice_provisional"]) == ("2027-01-04", False)

        journey.to_day(date(2027, 1, 5))
        reviewers = [await town.caller("reviewer.two", roles=["reviewer"], usccs=[])]
        await town.sign_in_anew(reviewer, *reviewers)
        early = await reviewers[0].post(f"{path}/steps", review("take_effect", date(2027, 1, 5)))
        assert [each["code"] for each in early.json()["errors"]] == ["notice_running"]
        journey.on(timedelta(days=1))
        await town.sign_in_anew(*reviewers)
        entered(await reviewers[0].post(f"{path}/steps", review("take_effect", date(2027, 1, 6))))


@pytest.mark.stack
async def test_regulation_9_what_waits_for_its_completeness_is_found_by_the_days_that_are_published_now(
    make_database: MakeDatabase,
) -> None:
    async with years(make_database, datetime(2026, 9, 29, 1, tzinfo=UTC)) as (town, journey):
        one, clerk, bureau = await applicant(town), await town.staff("clerk"), Bureau(town)
        application = await one.applied()
        published = published_calendar().deadline_after(date(2026, 9, 29), 3).on
        assert published > date(2026, 10, 2)
        # As it was counted where the notice for the year was not known: Monday to Friday.
        stale = "UPDATE application SET completeness_due = '2026-10-02', due_on = '2026-10-02'"
        await execute(town, stale)
        journey.to_day(date(2026, 10, 4))
        await town.sign_in_anew(one.caller, clerk)
        await bureau.make(of_applications.notices(DecisionSchedule()))
        listed = (await clerk.get(PATH, state="submitted")).json()["items"]
        assert [(each["id"], each["deadline"]) for each in listed] == [
            (application["id"], published.isoformat())
        ]
        assert (await clerk.get(PATH, state="accepted")).json()["items"] == []
