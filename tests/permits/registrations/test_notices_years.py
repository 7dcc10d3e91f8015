"""The end of registrations under a travelling clock: reminded of ahead, told of the expiry, each once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.kit import rounds
from services.kit.pytest_plugin import MakeDatabase
from services.permits.deadlines.rules import TermSchedule
from services.permits.registrations import reminders
from tests.kit.feed_tools import settled
from tests.permits.endings.bureau import execute
from tests.permits.registrations.forms import REGISTRATIONS, form, registered
from tests.support.town import Caller, Town
from tests.support.years import years

pytestmark = pytest.mark.stack


async def told(town: Town, caller: Caller) -> list[dict[str, Any]]:
    await settled(town)
    found = []
    for kind in ("renewal_due_soon", "expired"):
        answer = await caller.get("/v1/permits/events", type=f"permits.registration_{kind}.v1", limit=100)
        assert answer.status_code == 200, answer.text
        found += [{**each["data"], "kind": kind} for each in answer.json()]
    return found


def short(facts: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(each["kind"], each["step"], each["valid_to"]) for each in facts]


async def test_regulation_24_reminded_before_the_five_years_end_told_of_the_expiry_and_anew_of_a_renewed_one(
    make_database: MakeDatabase,
) -> None:
    async with years(make_database, datetime(2026, 3, 2, 1, tzinfo=UTC)) as (town, journey):
        idle, filed = await registered(town)
        keen, kept = await registered(town)
        gone, over = await registered(town)
        moved, of_old = await registered(town)
        clerk = await town.staff("clerk")
        assert filed["valid_to"] == "2031-03-01"
        database = town.stack.apps["permits"].state.kit.database
        work = reminders.notices(TermSchedule())

        async def on(day: date) -> None:
            journey.to_day(day)
            await town.sign_in_anew(idle, keen, gone, moved, clerk)
            for _ in range(2):
                assert await rounds.make(database, work)
                assert work.progress.failed == 0

        await on(date(2030, 11, 30))
        assert await told(town, clerk) == []
        await on(date(2030, 12, 1))
        assert short(await told(town, idle)) == [("renewal_due_soon", "ahead_90", "2031-03-01")]
        cancel = {"version": 1, "changed_on": "2030-12-01", "reason": "停止经营"}
        answer = await gone.post(f"{REGISTRATIONS}/{over['receipt_number']}/cancellation", cancel)
        assert answer.status_code == 201, answer.text
        permit = town.permit_content(of_old["uscc"], site_name=of_old["site_name"], valid_from="2030-12-01")
        permit |= {"valid_to": "2035-11-30", "issued_on": "2030-12-01"}
        permit["permit_number"] = f"{of_old['uscc']}001P"
        assert (await clerk.post("/v1/permits/permits", permit)).status_code == 201
        await on(date(2031, 2, 20))
        seen = (await idle.get(f"{REGISTRATIONS}/{filed['receipt_number']}")).json()["renewal"]
        assert seen == {
            "opens_on": "2031-02-09",
            "due_on": "2031-03-01",
            "days_left": 9,
            "basis": "排污许可管理条例 第二十四条",
        }
        assert (await gone.get(f"{REGISTRATIONS}/{over['receipt_number']}")).json()["renewal"] is None
        (fact,) = (await told(town, idle))[1:]
        assert (fact["step"], fact["days_left"], fact["renewal_opens_on"]) == ("ahead_30", 9, "2031-02-09")
        renewed = await keen.post(f"{REGISTRATIONS}/{kept['receipt_number']}/renewals", form(version=1))
        assert renewed.status_code == 201, renewed.text
        await on(date(2031, 2, 25))
        await on(date(2031, 3, 1))
        assert [each["step"] for each in (await told(town, idle))] == ["ahead_90", "ahead_30", "ahead_7"]
        await on(date(2031, 3, 4))
        assert short(await told(town, idle))[3:] == [("expired", "over", "2031-03-01")]
        assert (await told(town, idle))[3]["days_expired"] == 3
        await on(date(2035, 12, 2))
        assert len(await told(town, idle)) == 4
        assert [each["step"] for each in await told(town, gone)] == ["ahead_90"]
        assert [each["step"] for each in await told(town, moved)] == [
            "ahead_90",
            "over",
        ]  # the permit is over too
        assert short(await told(town, keen)) == [
            ("renewal_due_soon", "ahead_90", "2031-03-01"),
            ("renewal_due_soon", "ahead_30", "2031-03-01"),
            ("renewal_due_soon", "ahead_90", "2036-03-01"),
        ]
        trail = "SELECT action FROM audit_log WHERE entity_id = $1 AND actor = 'system'"
        assert len(await execute(town, trail, filed["receipt_number"])) == 4


async def test_what_was_cancelled_after_it_was_found_is_not_told(make_database: MakeDatabase) -> None:
    async with years(make_database, datetime(2026, 3, 2, 1, tzinfo=UTC)) as (town, journey):
        caller, filed = await registered(town)
        work = reminders.notices(TermSchedule())
        database = town.stack.apps["permits"].state.kit.database
        journey.to_day(date(2031, 2, 25))
        await town.sign_in_anew(caller)
        async with database.transaction() as session:
            (found,) = await work.due(session)
        cancel = {"version": 1, "changed_on": "2031-02-25", "reason": "停止经营"}
        answer = await caller.post(f"{REGISTRATIONS}/{filed['receipt_number']}/cancellation", cancel)
        assert answer.status_code == 201, answer.text
        async with database.transaction() as session:
            await work.act(session, found)
        assert await told(town, caller) == []
