"""Hearings, statements and replacements under a travelling clock: reminded of ahead, told when over, once each."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.kit import rounds
from services.kit.pytest_plugin import MakeDatabase
from services.permits.deadlines.rules import PeriodSchedule
from services.permits.endings import reminders as of_endings
from services.permits.replacements import reminders as of_replacements
from tests.kit.feed_tools import settled
from tests.permits.endings.bureau import CALL, ENDINGS, NOTICE, RECORD, end, proposal
from tests.support.town import Caller, Holder, Town
from tests.support.years import years

pytestmark = pytest.mark.stack
REPLACEMENTS = "/v1/permits/certificate-replacements"


async def told(town: Town, caller: Caller, kind: str) -> list[dict[str, Any]]:
    """The facts of that kind that the caller may see, once every one that is committed has its place in the feed."""
    await settled(town)
    found = await caller.get("/v1/permits/events", type=f"permits.{kind}.v1", limit=100)
    assert found.status_code == 200, found.text
    return [each["data"] for each in found.json()]


def lost(holder: Holder) -> dict[str, Any]:
    return {
        "permit_number": holder.permit["permit_number"],
        "cause": "lost",
        "happened_on": "2026-03-01",
        "loss_statement": "排污许可证正本遗失，声明作废",
    }


def short(facts: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(each["period"], each["step"], each["deadline"]) for each in facts]


async def test_the_holder_is_reminded_that_it_may_be_heard_and_both_of_the_hearing(
    make_database: MakeDatabase,
) -> None:
    async with years(make_database, datetime(2026, 3, 2, 1, tzinfo=UTC)) as (town, journey):
        holder, idle = await town.holder(), await town.holder()
        reviewer = await town.staff("reviewer")
        other = await town.caller("reviewer.two", roles=["reviewer"], usccs=[])
        database = town.stack.apps["permits"].state.kit.database
        work = of_endings.notices(PeriodSchedule())

        async def on(day: date) -> None:
            journey.to_day(day)
            await town.sign_in_anew(holder, idle, reviewer, other)
            for _ in range(2):
                assert await rounds.make(database, work)
                assert work.progress.failed == 0

        async def proposed(number: str, until: dict[str, str | None], **changes: Any) -> str:
            ending = (await reviewer.post(ENDINGS, proposal(number, **changes))).json()
            path = f"{ENDINGS}/{ending['id']}"
            notified = (await reviewer.post(f"{path}/notice", NOTICE)).json()
            assert {name: notified[name] for name in until} == until
            return path

        breach = {"kind": "revoked", "ground": "serious_breach"}
        heard = {"hearing_until": "2026-03-09", "statement_until": None}
        path = await proposed(holder.permit["permit_number"], heard, **breach)
        withdrawal = {"kind": "withdrawn", "ground": "law_changed"}
        stated = {"hearing_until": None, "statement_until": "2026-03-09"}
        await proposed(idle.permit["permit_number"], stated, **withdrawal)
        await on(date(2026, 3, 4))
        assert await told(town, holder, "ending_period_ends") == []
        await on(date(2026, 3, 6))
        assert short(await told(town, holder, "ending_period_ends")) == [
            ("hearing_request", "ahead_1", "2026-03-09")
        ]
        assert short(await told(town, idle, "ending_period_ends")) == [("statement", "ahead_1", "2026-03-09")]
        await on(date(2026, 3, 9))
        assert (await holder.post(f"{path}/hearing-request", {"reason": "有异议"})).status_code == 201
        await on(date(2026, 3, 10))
        assert short(await told(town, idle, "ending_period_over")) == [("statement", "over", "2026-03-09")]
        assert await told(town, holder, "ending_period_over") == []

        called = await reviewer.post(f"{path}/hearing", {**CALL, "held_on": "2026-03-19"})
        assert called.status_code == 201, called.text
        await on(date(2026, 3, 16))
        await on(date(2026, 3, 18))
        ahead = short(await told(town, holder, "ending_period_ends"))
        assert ahead[1:] == [("hearing", "ahead_3", "2026-03-19"), ("hearing", "ahead_1", "2026-03-19")]
        await on(date(2026, 3, 20))
        assert len(await told(town, reviewer, "ending_period_over")) == 2
        (over,) = await told(town, holder, "ending_period_over")
        assert (over["period"], over["days_over"]) == ("hearing", 1)
        record = {**RECORD, "held_on": "2026-03-19"}
        assert (await other.post(f"{path}/hearing-record", record)).status_code == 201
        await on(date(2026, 3, 30))
        assert len(await told(town, holder, "ending_period_over")) == 1


async def test_a_certificate_that_is_not_given_again_in_ten_days_is_told_to_both(
    make_database: MakeDatabase,
) -> None:
    async with years(make_database, datetime(2026, 3, 2, 1, tzinfo=UTC)) as (town, journey):
        holder, clerk = await town.holder(), await town.staff("clerk")
        database = town.stack.apps["permits"].state.kit.database
        work = of_replacements.notices(PeriodSchedule())

        async def on(day: date) -> None:
            journey.to_day(day)
            await town.sign_in_anew(holder, clerk)
            for _ in range(2):
                assert await rounds.make(database, work)
                assert work.progress.failed == 0

        request = (await holder.post(REPLACEMENTS, lost(holder))).json()
        assert request["due_on"] == "2026-03-16"
        await on(date(2026, 3, 10))
        assert await told(town, clerk, "replacement_due_soon") == []
        await on(date(2026, 3, 11))
        await on(date(2026, 3, 13))
        soon = await told(town, clerk, "replacement_due_soon")
        assert [(each["step"], each["days_left"]) for each in soon] == [("ahead_3", 3), ("ahead_1", 1)]
        assert await told(town, holder, "replacement_due_soon") == []
        assert (await clerk.get(REPLACEMENTS, overdue="true")).json()["items"] == []
        await on(date(2026, 3, 18))
        (late,) = await told(town, holder, "replacement_overdue")
        listed = (await clerk.get(REPLACEMENTS, overdue="true")).json()["items"]
        assert [(each["id"], each["days_left"]) for each in listed] == [(request["id"], -2)]
        assert (late["replacement_id"], late["days_late"]) == (request["id"], 2)
        assert (await clerk.post(f"{REPLACEMENTS}/{request['id']}/issue", None)).status_code == 201
        assert (await clerk.get(REPLACEMENTS, overdue="true")).json()["items"] == []
        await on(date(2026, 3, 25))
        assert len(await told(town, holder, "replacement_overdue")) == 1


async def test_a_request_of_a_permit_that_has_ended_is_never_overdue(make_database: MakeDatabase) -> None:
    async with years(make_database, datetime(2026, 3, 2, 1, tzinfo=UTC)) as (town, journey):
        gone, expired, clerk = (
            await town.holder(),
            await town.holder(valid_to="2026-03-05"),
            await town.staff("clerk"),
        )
        ending = await town.holder()
        database = town.stack.apps["permits"].state.kit.database
        work = of_replacements.notices(PeriodSchedule())
        requests = [
            (await holder.post(REPLACEMENTS, lost(holder))).json() for holder in (gone, expired, ending)
        ]
        assert {each["due_on"] for each in requests} == {"2026-03-16"}
        await end(town, gone, kind="cancelled", ground="entity_ended")
        journey.to_day(date(2026, 3, 18))
        await town.sign_in_anew(gone, expired, ending, clerk)
        async with database.transaction() as session:
            due = [str(each) for each in await work.due(session)]
        assert due == [requests[2]["id"]]
        listed = (await clerk.get(REPLACEMENTS, overdue="true")).json()["items"]
        assert [each["id"] for each in listed] == due
        # Found while its permit was in force, dealt with when it was not any more.
        async with database.transaction() as session:
            await work.act(session, uuid.UUID(requests[0]["id"]))
        assert await rounds.make(database, work)
        assert work.progress.failed == 0
        for holder, count in ((gone, 0), (expired, 0), (ending, 1)):
            assert len(await told(town, holder, "replacement_overdue")) == count
        assert await told(town, clerk, "replacement_due_soon") == []
