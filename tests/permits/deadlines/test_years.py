"""Hearings, statements and replacements under a travelling clock: reminded of ahead, told when over, once each."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.kit import rounds
from services.kit.pytest_plugin import MakeDatabase
from services.permits.deadlines.rules import PeriodSchedule
from services.permits.endings import reminders as of_endings
from services.permits.replacements import reminders as of_replacements
from tests.permits.endings.bureau import CALL, ENDINGS, NOTICE, RECORD, proposal
from tests.support.town import Caller
from tests.support.years import years

pytestmark = pytest.mark.stack
REPLACEMENTS = "/v1/permits/certificate-replacements"


async def told(caller: Caller, kind: str, count: int) -> list[dict[str, Any]]:
    """The facts of that kind, once there are so many: a round's are put in order a moment later."""
    for _ in range(100):
        found = await caller.get("/v1/permits/events", type=f"permits.{kind}.v1", limit=100)
        if len(found.json()) >= count:
            break
        await asyncio.sleep(0.1)
    return [each["data"] for each in found.json()]


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
        assert await told(holder, "ending_period_ends", 0) == []
        await on(date(2026, 3, 6))
        assert short(await told(holder, "ending_period_ends", 1)) == [
            ("hearing_request", "ahead_1", "2026-03-09")
        ]
        assert short(await told(idle, "ending_period_ends", 1)) == [("statement", "ahead_1", "2026-03-09")]
        await on(date(2026, 3, 9))
        assert (await holder.post(f"{path}/hearing-request", {"reason": "有异议"})).status_code == 201
        await on(date(2026, 3, 10))
        assert short(await told(idle, "ending_period_over", 1)) == [("statement", "over", "2026-03-09")]
        assert await told(holder, "ending_period_over", 0) == []

        called = await reviewer.post(f"{path}/hearing", {**CALL, "held_on": "2026-03-19"})
        assert called.status_code == 201, called.text
        await on(date(2026, 3, 16))
        await on(date(2026, 3, 18))
        ahead = short(await told(holder, "ending_period_ends", 3))
        assert ahead[1:] == [("hearing", "ahead_3", "2026-03-19"), ("hearing", "ahead_1", "2026-03-19")]
        await on(date(2026, 3, 20))
        (over,) = await told(reviewer, "ending_period_over", 2) and await told(
            holder, "ending_period_over", 1
        )
        assert (over["period"], over["days_over"]) == ("hearing", 1)
        record = {**RECORD, "held_on": "2026-03-19"}
        assert (await other.post(f"{path}/hearing-record", record)).status_code == 201
        await on(date(2026, 3, 30))
        assert len(await told(holder, "ending_period_over", 1)) == 1


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

        lost = {
            "permit_number": holder.permit["permit_number"],
            "cause": "lost",
            "happened_on": "2026-03-01",
            "loss_statement": "排污许可证正本遗失，声明作废",
        }
        request = (await holder.post(REPLACEMENTS, lost)).json()
        assert request["due_on"] == "2026-03-16"
        await on(date(2026, 3, 10))
        assert await told(clerk, "replacement_due_soon", 0) == []
        await on(date(2026, 3, 11))
        await on(date(2026, 3, 13))
        soon = await told(clerk, "replacement_due_soon", 2)
        assert [(each["step"], each["days_left"]) for each in soon] == [("ahead_3", 3), ("ahead_1", 1)]
        assert await told(holder, "replacement_due_soon", 0) == []
        assert (await clerk.get(REPLACEMENTS, overdue="true")).json()["items"] == []
        await on(date(2026, 3, 18))
        (late,) = await told(holder, "replacement_overdue", 1)
        listed = (await clerk.get(REPLACEMENTS, overdue="true")).json()["items"]
        assert [(each["id"], each["days_left"]) for each in listed] == [(request["id"], -2)]
        assert (late["replacement_id"], late["days_late"]) == (request["id"], 2)
        assert (await clerk.post(f"{REPLACEMENTS}/{request['id']}/issue", None)).status_code == 201
        assert (await clerk.get(REPLACEMENTS, overdue="true")).json()["items"] == []
        await on(date(2026, 3, 25))
        assert len(await told(holder, "replacement_overdue", 1)) == 1
